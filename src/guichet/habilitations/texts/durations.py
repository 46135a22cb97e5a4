"""How long something took, in words."""

from datetime import timedelta

from django.utils.translation import gettext as _


def lasting(span: timedelta) -> str:
    """A span rounded to minutes, hours or days, whichever people would say."""
    hours = span.total_seconds() / 3600
    if hours < 1:
        return _("%(n)s min") % {"n": max(1, round(hours * 60))}
    if hours < 48:
        return _("%(n)s h") % {"n": round(hours)}
    return _("%(n)s jours") % {"n": round(hours / 24)}
