"""Personal data of certificates."""

from typing import Final

from guichet.authority.models import SigningRequest
from guichet.authority.queue_models import QueueAct
from guichet.database.personal import Fate, Holding, Part

HOLDINGS: Final = (
    Holding(
        model=SigningRequest,
        texts=("subject", "sans"),
        fate=Fate.KEPT,
        why="certificates in their name: relying parties hold them, revocation must find them",
    ),
    Holding(model=QueueAct, texts=("asked_by",)),
)
PART: Final = Part(HOLDINGS)
