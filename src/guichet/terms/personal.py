"""Personal data of terms and policies: the staff who wrote them."""

from typing import Final

from guichet.database.personal import Holding, Part
from guichet.terms.models import TermsVersion

PART: Final = Part(
    (Holding(model=TermsVersion, texts=("author_label", "enforced_by"), accounts=("author",)),)
)
