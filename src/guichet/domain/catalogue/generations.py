"""Generations of an authority: one name, one key after another, each with its own code.

The first generation bears the declared code, "ACI-EL-ORG-TEST"; the next ones follow it with their
number, "ACI-EL-ORG-TEST-G2", so that each has addresses of its own.
"""

import re
from functools import lru_cache
from typing import Final

FIRST: Final = 1
GENERATION: Final = re.compile(r"(?P<series>.+)-G(?P<number>[2-9]|[1-9][0-9]+)", re.ASCII)
HELD_AT_MOST: Final = 256


@lru_cache(maxsize=HELD_AT_MOST)
def series_of(code: str) -> str:
    """The code that all generations of an authority share: that of the first."""
    found = GENERATION.fullmatch(code)
    return found["series"] if found else code


def number_of(code: str) -> int:
    """Which generation a code names, 1 for the first."""
    found = GENERATION.fullmatch(code)
    return int(found["number"]) if found else FIRST


def code_of(series: str, number: int) -> str:
    """The code of a generation. Raises ValueError below 1."""
    if number < FIRST:
        raise ValueError("generations count from 1")
    return series if number == FIRST else f"{series}-G{number}"
