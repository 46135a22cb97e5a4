"""How many answers of each kind a responder gave, whichever of its workers gave them."""

from collections.abc import Iterator
from enum import IntEnum
from multiprocessing import get_context
from typing import Any, Final

from guichet.validation.http import OCSP_TYPE, Answer

SLOTS: Final = 128
ERROR_LENGTH: Final = 5
"""An OCSPResponse that holds its status alone (RFC 6960 4.2.1): SEQUENCE, ENUMERATED."""


class Kind(IntEnum):
    """What an answer is counted as."""

    OCSP_SUCCESSFUL = 0
    OCSP_MALFORMED = 1
    OCSP_INTERNAL = 2
    OCSP_LATER = 3
    FILE = 4
    OCSP_SIGNATURE = 5
    OCSP_UNAUTHORIZED = 6
    MISSING = 7
    REFUSED = 8
    FAULT = 9


OCSP: Final = {
    Kind.OCSP_SUCCESSFUL: "successful",
    Kind.OCSP_MALFORMED: "malformedRequest",
    Kind.OCSP_INTERNAL: "internalError",
    Kind.OCSP_LATER: "tryLater",
    Kind.OCSP_SIGNATURE: "sigRequired",
    Kind.OCSP_UNAUTHORIZED: "unauthorized",
}
FILES: Final = {
    Kind.FILE: "served",
    Kind.MISSING: "missing",
    Kind.REFUSED: "refused",
    Kind.FAULT: "fault",
}


class Tally:
    """Counts in memory that the workers forked from here share; each adds in a row of its own."""

    def __init__(self) -> None:
        context = get_context("fork")
        self._counts = context.RawArray("Q", SLOTS * len(Kind))
        self._taken = context.Value("L", 0)

    def row(self) -> "Row":
        """For one worker; more workers than rows would share some, and miss a few."""
        with self._taken:
            slot = self._taken.value % SLOTS
            self._taken.value += 1
        return Row(self._counts, slot * len(Kind))

    def total(self, kind: Kind) -> int:
        """Over all workers, since the responder started."""
        return sum(self._counts[kind :: len(Kind)])

    def exposition(self) -> bytes:
        """In Prometheus' text format."""
        return "".join(self._lines()).encode()

    def _lines(self) -> Iterator[str]:
        for name, words, label, kinds in (
            ("guichet_ocsp_answers", "OCSP answers given, by their status", "status", OCSP),
            ("guichet_published_files", "Lists and certificates asked for", "outcome", FILES),
        ):
            yield f"# HELP {name}_total {words}\n# TYPE {name}_total counter\n"
            for kind, value in kinds.items():
                yield f'{name}_total{{{label}="{value}"}} {self.total(kind)}\n'


class Row:
    """What one worker counts."""

    def __init__(self, counts: Any, start: int) -> None:
        self._counts, self._start = counts, start

    def add(self, kind: Kind | int) -> None:
        """One more."""
        self._counts[self._start + kind] += 1


def kind_of(answer: Answer) -> int:
    """What an answer is counted as."""
    if answer.content_type == OCSP_TYPE:
        return answer.body[-1] if len(answer.body) == ERROR_LENGTH else Kind.OCSP_SUCCESSFUL
    if answer.status >= 500:
        return Kind.FAULT
    if answer.status == 404:
        return Kind.MISSING
    return Kind.REFUSED if answer.status >= 400 else Kind.FILE
