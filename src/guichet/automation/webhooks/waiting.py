"""What webhooks have not delivered yet, as figures of the whole counter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.db.models import Count, Min

from guichet.automation.models import Webhook
from guichet.domain.webhooks import DeliveryState, HookState

SHOWN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A hook whose receiver does not take what it is sent; `host` is all that is told of it."""

    structure_id: str
    host: str
    failures: int
    since: datetime | None
    rests_until: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries that wait, since when the oldest does, and how many hooks fail."""

    count: int
    oldest: datetime | None
    failing: int


def waiting() -> Waiting:
    """Of the hooks that are served, each by its index of deliveries: two queries."""
    served = Webhook.objects.filter(state=HookState.ACTIVE.value)
    found = served.filter(deliveries__state=DeliveryState.WAITING.value).aggregate(
        count=Count("deliveries"), oldest=Min("deliveries__created_at")
    )
    return Waiting(found["count"], found["oldest"], served.filter(failures__gt=0).count())


def failing() -> tuple[Failing, ...]:
    """The hooks that fail, those that have failed most first."""
    rows = Webhook.objects.filter(state=HookState.ACTIVE.value, failures__gt=0)
    return tuple(
        Failing(
            structure_id=row.structure_id,
            host=urlsplit(row.url).hostname or "",
            failures=row.failures,
            since=row.failing_since,
            rests_until=row.rests_until,
        )
        for row in rows.order_by("-failures", "pk")[:SHOWN]
    )
