"""Personal data of samples: who asked for them."""

from typing import Final

from guichet.database.personal import Fate, Holding, Part
from guichet.samples.models import Sample

PART: Final = Part((Holding(model=Sample, texts=("asked_by",), fate=Fate.DELETED),))
