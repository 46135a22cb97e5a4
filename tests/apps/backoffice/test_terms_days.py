"""The day a text takes effect is one of the site's time zone, whose midnight is not that of UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.backoffice.test_terms import WRITTEN, publish
from guichet.domain.refusals import Code
from guichet.terms.models import TermsVersion
from guichet.web.days import midnight
from kit.refusals import assert_refused

PARIS = ZoneInfo("Europe/Paris")
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("day", [date(2027, 1, 10), date(2027, 7, 10), date(2028, 2, 29)])
def test_a_text_of_today_is_published_today(day: date) -> None:
    """Written and published in the afternoon, it is in force since midnight."""
    at = datetime(day.year, day.month, day.day, 15, tzinfo=PARIS).astimezone(UTC)
    publish(replace(WRITTEN, in_force_from=midnight(day)), at=at)
    assert TermsVersion.objects.get().enforced_at == at


@pytest.mark.parametrize("day", [date(2027, 1, 9), date(2027, 7, 9), date(2028, 2, 28)])
def test_yesterday_is_past_from_midnight_on(day: date) -> None:
    """REFUSED half an hour after midnight, when UTC has yesterday's date still."""
    morrow = day + timedelta(days=1)
    at = datetime(morrow.year, morrow.month, morrow.day, 0, 30, tzinfo=PARIS).astimezone(UTC)
    with assert_refused(Code.DATE_PAST):
        publish(replace(WRITTEN, in_force_from=midnight(day)), at=at)
