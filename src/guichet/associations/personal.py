"""Personal data of associated services."""

from typing import Final

from guichet.associations.models import Attachment, Service
from guichet.database.personal import Holding, Part

HOLDINGS: Final = (
    Holding(model=Service, texts=("contact_email", "created_by")),
    Holding(model=Attachment, texts=("attached_by", "ended_by")),
)
PART: Final = Part(HOLDINGS)
