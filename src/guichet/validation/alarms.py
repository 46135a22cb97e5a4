"""Raising and clearing alarms, and writing to the operators about them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from guichet.domain.alarms import ALARMS, AlarmAct, AlarmState, Key
from guichet.domain.freshness import UNTESTED_AFTER, Finding, Rule
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications import operations as notifications
from guichet.notifications.mails import Mail
from guichet.validation.models import Alarm
from guichet.validation.queries import last_tested_at
from guichet.validation.texts import grouped

AGAIN: Final = timedelta(days=1)
ABOUT: Final = "alarms"
WATCHDOG: Final = "watchdog"


def opened() -> frozenset[Key]:
    """The alarms that are raised."""
    rows = Alarm.objects.filter(state=AlarmState.RAISED.value).values_list("rule", "subject")
    return frozenset((Rule(rule), subject) for rule, subject in rows)


@transaction.atomic
def raise_alarm(finding: Finding, at: datetime) -> bool:
    """Raise the alarm of a finding; False when it is raised already."""
    row, is_new = Alarm.objects.get_or_create(
        rule=finding.rule.value,
        subject=finding.subject,
        state=AlarmState.RAISED.value,
        defaults={"facts": dict(finding.facts), "raised_at": at},
    )
    if is_new:
        _record(Event.ALARM_RAISED, row, at)
    return is_new


@transaction.atomic
def clear_alarm(key: Key, at: datetime) -> bool:
    """Clear an alarm; False when it is not raised."""
    rule, subject = key
    rows = Alarm.objects.select_for_update().filter(rule=rule.value, subject=subject)
    row = rows.filter(state=AlarmState.RAISED.value).first()
    if row is None:
        return False
    row.state = ALARMS.next(AlarmState(row.state), AlarmAct.CLEAR).value
    row.cleared_at = at
    row.save(update_fields=["state", "cleared_at"])
    _record(Event.ALARM_CLEARED, row, at)
    return True


def _record(event: Event, row: Alarm, at: datetime) -> None:
    facts = {"rule": row.rule, **row.facts}
    journal.record(event, subject=f"alarm:{row.subject}", actor=WATCHDOG, at=at, facts=facts)


def guarding() -> Callable[[datetime], bool]:
    """A step for a process that is not the watchdog's: it raises the alarm when that is silent.

    The watchdog clears it by its next rounds. Silence counts from the step's own first call, so
    that a start after a long stop raises nothing; before any reading there is nothing to miss.
    """
    begun: datetime | None = None

    def guard(at: datetime) -> bool:
        nonlocal begun
        begun, last = begun or at, last_tested_at()
        if last is None or at - max(last, begun) <= UNTESTED_AFTER:
            return False
        is_new = raise_alarm(Finding(Rule.SILENT, WATCHDOG, {"since": last.isoformat()}), at)
        tell(at)
        return is_new

    return guard


@transaction.atomic
def tell(at: datetime) -> int:
    """Write to the operators: what is raised, again each day, and what is over; how many e-mails.

    One e-mail tells of all that has the same news; without an operator's address, none.
    """
    operators: tuple[str, ...] = settings.GUICHET.operator_emails
    if not operators:
        return 0
    rows = Alarm.objects.select_for_update().order_by("pk")
    raised = rows.filter(state=AlarmState.RAISED.value)
    news = list(raised.filter(Q(told_at=None) | Q(told_at__lte=at - AGAIN)))
    over = list(rows.filter(state=AlarmState.CLEARED.value, end_told=False, told_at__isnull=False))
    if news:
        _write(operators, "raised", news, at)
        Alarm.objects.filter(pk__in=[row.pk for row in news]).update(told_at=at)
    if over:
        _write(operators, "cleared", over, at)
        Alarm.objects.filter(pk__in=[row.pk for row in over]).update(end_told=True)
    return bool(news) + bool(over)


def _write(operators: Sequence[str], news: str, rows: Iterable[Alarm], at: datetime) -> None:
    alarms = list(rows)
    first = alarms[0]
    notifications.enqueue(
        mail=Mail(
            to=tuple(operators),
            template=f"validation/mail/alarms_{news}",
            context={
                "alarms": grouped((row.rule, row.subject, row.facts) for row in alarms),
                "count": len(alarms),
                "at": at,
            },
            about=ABOUT,
            dedupe_key=f"alarms:{news}:{first.pk}:{at:%Y%m%d%H%M%S}",
        ),
        at=at,
    )
