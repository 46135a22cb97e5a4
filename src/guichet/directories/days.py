"""Dates as the national files write them."""

import re
from datetime import date
from typing import Final

# 2022-03-15, 20220315 or 15/03/2022; an hour may follow.
ISO_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[ T].*)?", re.ASCII)
FRENCH_DAY: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})(?: .*)?", re.ASCII)


def parse_day(text: str) -> date | None:
    """Read a date in any of the forms the extractions use; None where there is none."""
    if found := ISO_DAY.fullmatch(text):
        year, month, day = found.groups()
    elif found := FRENCH_DAY.fullmatch(text):
        day, month, year = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def number_of_day(day: date) -> int:
    """20260512 for 12 May 2026: small to store, and it sorts."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_of_number(number: int) -> date:
    """The day that `number_of_day` wrote."""
    return date(number // 10_000, number // 100 % 100, number % 100)
