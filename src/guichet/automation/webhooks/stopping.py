"""How a hook ends: its receiver says that it is gone, or fails for so long that it is paused."""

from datetime import datetime, timedelta

from guichet.automation.models import Webhook
from guichet.automation.webhooks.facts import facts_of
from guichet.domain.webhooks import (
    DELIVERIES,
    HOOKS,
    DeliveryAct,
    DeliveryState,
    HookAct,
    HookState,
    is_over,
)
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications import operations as notifications

CLERK = "clerk"


def leave(hook: Webhook, at: datetime) -> None:
    """End a locked hook whose receiver answered 410: nothing more is sent to it."""
    state = HookState(hook.state)
    if not HOOKS.allows(state, HookAct.LEAVE):
        return
    hook.state = HOOKS.next(state, HookAct.LEAVE).value
    hook.save(update_fields=["state"])
    abandoned = DELIVERIES.next(DeliveryState.WAITING, DeliveryAct.ABANDON).value
    waiting = hook.deliveries.filter(state=DeliveryState.WAITING.value)
    waiting.update(state=abandoned, settled_at=at, lease_until=None)
    journal.record(Event.WEBHOOK_GONE, subject=str(hook), actor=CLERK, at=at)
    _tell(hook, at)


def count_success(hook: Webhook, at: datetime) -> None:
    """Note that a receiver took something; a hook paused for its failures stays so."""
    hook.delivered_at = at
    if hook.state != HookState.FAILING.value:
        hook.failures, hook.failing_since, hook.rests_until = 0, None, None
    hook.save(update_fields=["delivered_at", "failures", "failing_since", "rests_until"])


def count_failure(hook: Webhook, rest: timedelta, at: datetime) -> bool:
    """Count a failure of a locked hook, and pause one that failed for long.

    Returns whether it is paused for that: what waits then waits on. Its contact is told once.
    """
    hook.failures += 1
    hook.failing_since = hook.failing_since or at
    hook.rests_until = at + rest
    state = HookState(hook.state)
    is_given_up = is_over(hook.failing_since, at) and HOOKS.allows(state, HookAct.GIVE_UP)
    if is_given_up:
        hook.state = HOOKS.next(state, HookAct.GIVE_UP).value
    hook.save(update_fields=["failures", "failing_since", "rests_until", "state"])
    if is_given_up:
        facts = {"failures": hook.failures}
        journal.record(Event.WEBHOOK_GIVEN_UP, subject=str(hook), actor=CLERK, at=at, facts=facts)
        _tell(hook, at)
    return hook.state == HookState.FAILING.value


def _tell(hook: Webhook, at: datetime) -> None:
    mail = notifications.Mail(
        to=(hook.contact_email,),
        template="automation/mail/webhook-stopped",
        context={
            "hook": facts_of(hook),
            "is_gone": hook.state == HookState.GONE.value,
            "waiting": hook.deliveries.filter(state=DeliveryState.WAITING.value).count(),
        },
        language=hook.language,
        about=str(hook),
        dedupe_key=f"{hook}:{hook.state}:{at.isoformat()}",
    )
    notifications.enqueue(mail=mail, at=at)
