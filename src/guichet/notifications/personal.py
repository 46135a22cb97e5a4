"""Personal data of e-mails."""

from typing import Final

from guichet.database.personal import Fate, Holding, Part
from guichet.notifications.models import MailText, OutboxMail

HOLDINGS: Final = (
    Holding(
        model=OutboxMail,
        texts=("to", "subject", "text", "unsubscribe", "last_error"),
        fate=Fate.DELETED,
        hidden=frozenset({"key", "dedupe_key"}),
    ),
    Holding(model=MailText, texts=("author_label", "enforced_by", "note"), accounts=("author",)),
)
PART: Final = Part(HOLDINGS)
