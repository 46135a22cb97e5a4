"""Personal data of certificates."""

from typing import Final

from guichet.authority.models import SigningRequest
from guichet.database.personal import Fate, Holding, Part

HOLDINGS: Final = (
    Holding(
        model=SigningRequest,
        texts=("subject", "sans"),
        fate=Fate.KEPT,
        why="certificates in their name: relying parties hold them, revocation must find them",
    ),
)
PART: Final = Part(HOLDINGS)
