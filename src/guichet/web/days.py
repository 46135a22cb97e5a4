"""Days as those who use the site live them."""

from datetime import date, datetime, time

from django.utils import timezone


def midnight(day: date) -> datetime:
    """The instant at which a day begins, in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
