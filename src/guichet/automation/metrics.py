"""Prometheus figures of webhooks."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min

from guichet.automation.models import Webhook
from guichet.domain.webhooks import DeliveryState, HookState
from guichet.web.metrics import Gauge, age, one


def read(at: datetime) -> Iterator[Gauge]:
    """Deliveries that wait, since when the oldest does, hooks whose receiver fails."""
    served = Webhook.objects.filter(state=HookState.ACTIVE.value)
    found = served.filter(deliveries__state=DeliveryState.WAITING.value).aggregate(
        count=Count("deliveries"), oldest=Min("deliveries__created_at")
    )
    yield one("webhook_deliveries_waiting", "Deliveries of webhooks that wait", found["count"])
    yield one("webhook_oldest_seconds", "Since when the oldest waits", age(found["oldest"], at))
    failing = served.filter(failures__gt=0).count()
    yield one("webhooks_failing", "Webhooks whose receiver does not take them", failing)
