"""How many calls a credential makes: counted in the database, for all processes together.

A process takes calls by the handful and gives them out from memory, so that most calls write
nothing. What a process does not give out in a window is lost to it: never more are made.
"""

import threading
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.http import HttpResponse

from guichet.automation.models import CallWindow
from guichet.automation.policy import policy
from guichet.domain.refusals import Code, Refusal

HANDFUL: Final = 20
NAME: Final = "calls"
HELD_AT_MOST: Final = 10_000


@dataclass(slots=True)
class _Held:
    number: int
    left: int
    given: int
    is_exceeded: bool = False


_HELD: Final[dict[str, _Held]] = {}
_LOCK: Final = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Where a credential stands: `remaining` calls until `resets_in` seconds have passed."""

    limit: int
    window: int
    remaining: int
    resets_in: int
    is_exceeded: bool

    def tell(self, response: HttpResponse) -> None:
        """Write the headers of draft-ietf-httpapi-ratelimit-headers, and Retry-After on a 429."""
        response["RateLimit-Policy"] = f'"{NAME}";q={self.limit};w={self.window}'
        response["RateLimit"] = f'"{NAME}";r={self.remaining};t={self.resets_in}'
        if self.is_exceeded:
            response["Retry-After"] = str(self.resets_in)


def require(pace: Pace) -> None:
    """Raises Refusal(TOO_MANY_CALLS) where there were too many."""
    if pace.is_exceeded:
        raise Refusal(Code.TOO_MANY_CALLS, seconds=pace.window)


def count(bucket: str, at: datetime) -> Pace:
    """Count one call of a credential, and tell where it stands."""
    window = int(policy().window.total_seconds())
    number, elapsed = divmod(int(at.timestamp()), window)
    held = _spent(bucket, number) or _spent_of_more(bucket, number)
    return Pace(
        limit=policy().calls,
        window=window,
        remaining=max(0, policy().calls - held.given + held.left),
        resets_in=window - elapsed,
        is_exceeded=held.is_exceeded,
    )


def forget() -> None:
    """Give back nothing and hold nothing: for a process that starts again."""
    with _LOCK:
        _HELD.clear()


def _spent(bucket: str, number: int) -> _Held | None:
    """What is held once a call is given out of it; None when more is to be taken first."""
    with _LOCK:
        held = _HELD.get(bucket)
        if held is None or held.number != number:
            return None
        if held.left:
            held.left -= 1
            return replace(held)
        return replace(held, is_exceeded=True) if held.given >= policy().calls else None


def _spent_of_more(bucket: str, number: int) -> _Held:
    """As `_spent`, of a handful just taken; the database is not waited for under the lock."""
    taken = _taken(bucket, number)
    with _LOCK:
        _forget_past(number)
        held = _HELD.get(bucket)
        if held is not None and held.number == number:
            taken.left += held.left
            taken.given = max(taken.given, held.given)
        if taken.left:
            taken.left -= 1
        else:
            taken.is_exceeded = True
        _HELD[bucket] = replace(taken, is_exceeded=False)
    return taken


def _forget_past(number: int) -> None:
    """Windows that ended, once there are many."""
    if len(_HELD) > HELD_AT_MOST:
        for bucket in [name for name, held in _HELD.items() if held.number != number]:
            del _HELD[bucket]


@transaction.atomic
def _taken(bucket: str, number: int) -> _Held:
    rows = CallWindow.objects.select_for_update()
    row, _is_new = rows.get_or_create(bucket=bucket, defaults={"number": number, "given": 0})
    if row.number != number:
        row.number, row.given = number, 0
    handful = max(0, min(HANDFUL, policy().calls - row.given))
    row.given += handful
    row.save(update_fields=["number", "given"])
    return _Held(number, handful, row.given)
