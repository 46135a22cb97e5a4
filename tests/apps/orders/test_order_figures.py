"""Days counted once are what counting them anew gives, and pages add what was not counted yet."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.orders.counter import Person, Sign, withdrawn
from guichet.domain.orders import delays
from guichet.orders import figures
from guichet.orders.models import Order, OrderDay, Product
from guichet.orders.operations.counting import OVER_FOR, count_days

DAY = timedelta(days=1)
COUNTED = {"placed": 2, "available": 2, "withdrawn": 1, "ended": 1, "renewed": 1}


@pytest.mark.parametrize("seconds", [0, 1, 2, 3, 59, 3600, 86_400 * 400, 2**40])
def test_a_step_holds_its_delay_within_a_fifth(seconds: int) -> None:
    """No delay is told shorter than it was, up to what no order takes."""
    told = delays.longest_of(delays.step_of(timedelta(seconds=seconds))).total_seconds()
    bounded = min(max(seconds, 1), 2**30)
    assert bounded <= told + 0.5 < 1.2 * bounded + 1


def test_percentiles_are_of_nearest_rank() -> None:
    """Of none there is none."""
    counts = {delays.step_of(timedelta(seconds=2)): 19, delays.step_of(timedelta(seconds=64)): 1}
    assert delays.percentile(counts, 50) == delays.percentile(counts, 95) == timedelta(seconds=2)
    assert delays.percentile(counts, 96) == timedelta(seconds=64)
    assert delays.percentile({}, 50) is None


def test_days_that_are_over_are_counted_once(
    sophie: Person, sign: Sign, django_assert_num_queries: Any
) -> None:
    """What the clerk counted and what a page counts are the same; a later round adds nothing."""
    before = timezone.now() - 3 * DAY
    product = withdrawn(sophie, sign)
    renewal = sophie.orders()
    sign()
    Order.objects.filter(number=renewal).update(renewal_of=product)
    Order.objects.update(placed_at=before, available_at=before)
    Order.objects.filter(withdrawn_at__isnull=False).update(withdrawn_at=before)
    Product.objects.update(not_after=before + DAY)
    today = timezone.localdate()
    alone = figures.between(today - 5 * DAY, today)
    assert _total(alone) == COUNTED
    assert count_days(timezone.now() + OVER_FOR) == 3
    assert count_days(timezone.now() + OVER_FOR) == 0
    with django_assert_num_queries(11):
        assert figures.between(today - 5 * DAY, today) == alone
    with django_assert_num_queries(2):
        figures.between(today - 5 * DAY, today - DAY)
    Product.objects.update(revoked_at=timezone.now())
    assert _total(figures.between(today, today)) == {"revoked": 1}
    assert OrderDay.objects.count() == 2


def _total(found: figures.Counted) -> Counter[str]:
    return figures.added(found.values()).counts
