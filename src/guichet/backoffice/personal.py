"""Personal data of announcements: the staff who wrote them."""

from typing import Final

from guichet.backoffice.models import AnnouncementRow
from guichet.database.personal import Holding, Part

PART: Final = Part((Holding(model=AnnouncementRow, texts=("author_label",)),))
