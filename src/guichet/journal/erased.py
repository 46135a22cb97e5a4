"""Numbers of erased entries, as the entries that tell of an erasure write them: "3,7-12"."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from guichet.journal.chain import Fact

ENTRIES: Final = "entries"
"""The fact that names them."""
AT_MOST: Final = 1900
"""Characters of one such fact; more numbers go into more entries."""
RANGE: Final = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?")
LONGEST: Final = 1_000_000
"""Entries of one range: more are an invention, which is not believed."""


def written(seqs: Iterable[int]) -> Iterator[str]:
    """These numbers as texts of a bounded length, ranges joined."""
    line = ""
    for part in map(_text, _ranges(seqs)):
        if line and len(line) + len(part) >= AT_MOST:
            yield line
            line = ""
        line = f"{line},{part}" if line else part
    if line:
        yield line


def told_by(facts: Mapping[str, Fact]) -> set[int]:
    """The numbers that an entry tells of; none for a text of another form."""
    found: set[int] = set()
    for part in str(facts.get(ENTRIES, "")).split(","):
        if match := RANGE.fullmatch(part):
            first, last = int(match[1]), int(match[2] or match[1])
            found.update(range(first, min(last + 1, first + LONGEST)))
    return found


def _ranges(seqs: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = 0
    for seq in sorted(set(seqs)):
        if last and seq != last + 1:
            yield first, last
            first = seq
        first, last = first or seq, seq
    if last:
        yield first, last


def _text(ends: tuple[int, int]) -> str:
    first, last = ends
    return str(first) if first == last else f"{first}-{last}"
