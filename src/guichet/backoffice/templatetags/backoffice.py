"""Filters of the back office's templates: {% load backoffice %}."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.timezone import localtime

register = template.Library()


@register.filter
def written(facts: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Terms and values for {% description_list %}: instants in the site's time zone."""
    return [
        (term, date_format(localtime(value), "j F Y H:i") if isinstance(value, datetime) else value)
        for term, value in facts
    ]
