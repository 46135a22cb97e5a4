"""The e-mails of alarms, with the samples that the back office shows them by."""

from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from guichet.notifications.wording.catalogue import MailKind

ALARM: Final = {
    "title": "Point injoignable",
    "detail": "Il ne répond plus depuis 9 h.",
    "remedy": "Relancez le serveur de publication.",
}


def _alarms(news: str, when: Any) -> MailKind:
    return MailKind(
        template=f"validation/mail/alarms_{news}",
        when=when,
        sample={
            "alarms": [(ALARM, ["pki.example", "ocsp.example"])],
            "count": 3,
            "at": datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
        },
        others=({"count": 1}, {"count": 2}),
    )


KINDS: Final = (
    _alarms("raised", _("La surveillance signale un défaut, puis chaque jour qu’il dure.")),
    _alarms("cleared", _("Un défaut signalé est fini.")),
)
