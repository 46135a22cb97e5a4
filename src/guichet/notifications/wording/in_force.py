"""What e-mails say now. A version that fails on real values never stops an e-mail.

The text that came with the counter is sent instead, the version keeps how it failed, the journal
tells of it, and the watchdog raises an alarm as long as that version is in force.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import CharField
from django.utils import timezone

from guichet.database.prepared import Given, Prepared
from guichet.domain.wording import VersionState
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications.lengths import FAULT_AT_MOST
from guichet.notifications.models import MailText
from guichet.notifications.rendering import Rendered, parted
from guichet.notifications.wording import grammar
from guichet.notifications.wording.catalogue import find

logger = logging.getLogger(__name__)
Reader = Callable[[str, str], MailText | None]
_IN_FORCE: Final = Prepared(
    lambda: MailText.objects.filter(
        template=Given(0, CharField()),
        language=Given(1, CharField()),
        state=VersionState.IN_FORCE.value,
    )
)


def read(template: str, language: str) -> MailText | None:
    """The version in force of an e-mail in a language, if staff wrote one."""
    return _IN_FORCE.first(template, language)


def rendered(
    template: str, language: str, values: Mapping[str, Any], reader: Reader = read
) -> Rendered | None:
    """What the version in force says of these values; None without one, or when it fails.

    `reader` finds it, as `read` does.
    """
    kind = find(template)
    row = reader(template, language) if kind else None
    if kind is None or row is None:
        return None
    try:
        return parted(grammar.render(kind, language, row.text, values))
    except Exception as fault:
        logger.exception("a text of e-mail written by staff fails: %s", row)
        _keep_fault(row, fault)
        return None


def broken() -> tuple[tuple[str, str], ...]:
    """Versions in force that failed: their e-mail ("orders/mail/taken.fr") and how."""
    rows = MailText.objects.filter(state=VersionState.IN_FORCE.value).exclude(fault="")
    found = rows.order_by("template", "language").values_list("template", "language", "fault")
    return tuple((f"{template}.{language}", fault) for template, language, fault in found)


@transaction.atomic
def _keep_fault(row: MailText, fault: Exception) -> None:
    at, told = timezone.now(), f"{type(fault).__name__}: {fault}"[:FAULT_AT_MOST]
    if MailText.objects.filter(pk=row.pk, fault="").update(fault=told, broken_at=at):
        facts = {"fault": type(fault).__name__}
        journal.record(
            Event.MAIL_TEXT_BROKEN, subject=str(row), actor="counter", at=at, facts=facts
        )
