"""Spans of time as people say them, to two units."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86_400


def span(found: timedelta | None) -> str:
    """ "12 s", "4 min", "3 h 20", "6 j 4 h"; a dash for none."""
    if found is None:
        return "—"
    seconds = max(round(found.total_seconds()), 0)
    if seconds < MINUTE:
        return _("%(n)d s") % {"n": seconds}
    if seconds < HOUR:
        return _("%(n)d min") % {"n": seconds // MINUTE}
    hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
    if seconds < DAY:
        return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": minutes}
    days, left = divmod(hours, 24)
    return _("%(days)d j %(hours)d h") % {"days": days, "hours": left}
