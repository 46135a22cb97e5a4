"""How a certificate stands, without asking anybody but for the plan of its renewal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from guichet_client import renewal
from guichet_client.clock import Clock
from guichet_client.errors import Exit
from guichet_client.keeping import Keeper
from guichet_client.outcomes import Outcome
from guichet_client.settings import Settings
from guichet_client.store import Version
from guichet_client.wording import Say


def status(settings: Settings, keeper: Keeper, clock: Clock) -> Outcome:
    """The state: absent, waiting, good, late, expired, revoked or hook-failed."""
    held, kept = keeper.store.current(), keeper.store.state()
    if held is None:
        found = keeper.absent()
        if keeper.store.pending.exists():
            found = Outcome(settings.name, "waiting", Say.PENDING.text(), Exit.WAITING)
        return replace(found, words=found.words + _last_error(kept), facts=_facts(None, kept))
    state, say = _state(settings, held, kept, clock)
    ends = held.leaf.not_valid_after_utc
    plan = renewal.from_json(kept.get("plan"))
    when = plan.chosen if plan else ends - timedelta(days=settings.before_days)
    words = say.text(ends=f"{ends:%Y-%m-%d}", when=f"{when:%Y-%m-%d}", name=settings.name)
    words += _last_error(kept)
    code = Exit.DONE if state == "good" else Exit.ATTENTION
    facts = _facts(held, kept) | {"renewal": when.isoformat(), "folder": str(keeper.store.live)}
    return Outcome(settings.name, state, words, code, facts)


def _last_error(kept: dict[str, Any]) -> str:
    """A line about the run before, when it failed."""
    if not kept.get("last_error"):
        return ""
    return "\n" + Say.LAST_ERROR.text(error=kept["last_error"], at=kept.get("last_run"))


def _state(
    settings: Settings, held: Version, kept: dict[str, Any], clock: Clock
) -> tuple[str, Say]:
    left = held.leaf.not_valid_after_utc - clock.now()
    if kept.get("revoked_at"):
        return "revoked", Say.IS_REVOKED
    if left <= timedelta():
        return "expired", Say.IS_EXPIRED
    if kept.get("hooks_due"):
        return "hook-failed", Say.HOOKS_DUE
    # By half of its lead a renewal has long been tried: somebody should look.
    if left < timedelta(days=settings.before_days) / 2:
        return "late", Say.IS_LATE
    return "good", Say.IS_GOOD


def _facts(held: Version | None, kept: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        key: kept[key] for key in ("last_run", "last_error", "revoked_at") if key in kept
    }
    if held is None:
        return told
    leaf = held.leaf
    return told | {
        "subject": leaf.subject.rfc4514_string(),
        "issuer": leaf.issuer.rfc4514_string(),
        "serial": f"{leaf.serial_number:x}",
        "not_before": leaf.not_valid_before_utc.isoformat(),
        "not_after": leaf.not_valid_after_utc.isoformat(),
        "version": held.number,
        "key": held.key_uri or str(held.key),
    }
