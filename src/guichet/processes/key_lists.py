"""Putting a file of keys on the list of those never certified: `guichet keys block`."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from django.db import Error as DatabaseFaultError
from django.utils import timezone
from rich.console import Console

from guichet.authority import burnt_keys, exposure
from guichet.authority.burnt_keys import Listed, Listing
from guichet.domain.certificates.key_lists import ListedReason
from guichet.domain.refusals import Refusal
from guichet.domain.texts import visible
from guichet.processes import screens
from guichet.processes.told import ACTOR
from guichet.processes.troubles import words
from guichet.x509 import key_lists

SHOWN: Final = 20
DONE, FAILED, USAGE = 0, 1, 2


class _Reading:
    """The digests of a file, and the lines that hold none: the first ones, and how many."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.wrong: list[str] = []
        self.wrong_count = 0

    def digests(self) -> Iterator[str]:
        for entry in key_lists.read(self._file):
            yield from sorted(entry.digests)
            if not entry.digests:
                self.wrong_count += 1
                if len(self.wrong) < SHOWN:
                    begins = visible(entry.text)
                    self.wrong.append(f"line {entry.line}: no key and no digest: {begins}")


def block_file(path: Path, reason: str, source: str, screen: Console | None = None) -> int:
    """Put every key of a file on the list; return the exit code. Safe to run again.

    The file holds SHA-256 digests of public keys, one a line, or PEM. It is read bit by bit.
    `screen`: where everything is said; by default what went wrong goes to standard error.
    """
    wrong, screen = screen or screens.refusing(), screen or screens.answering()
    if reason not in set(ListedReason):
        wrong.print(f"{reason}: one of {', '.join(ListedReason)}")
        return USAGE
    try:
        listing = Listing(reason=ListedReason(reason), source=source or path.name)
        with path.open("rb") as file:
            reading = _Reading(file)
            done = _list(reading, listing)
    except OSError as error:
        wrong.print(f"{path} cannot be read: {error}")
        return USAGE
    except (DatabaseFaultError, Refusal) as error:
        wrong.print(f"Cut short: {words(error).rstrip('.')}. Run the same command again to go on.")
        return FAILED
    screen.print(f"{done.new:,} keys are listed; {done.known:,} were so already.")
    carriers = exposure.carriers_of_blocked_keys(timezone.now())
    if carriers:
        screen.print(f"{carriers:,} valid certificates carry a listed key: open an incident.")
    return _end(reading, wrong)


def _list(reading: _Reading, listing: Listing) -> Listed:
    steps = burnt_keys.list_keys(
        digests=reading.digests(), listing=listing, by=ACTOR, at=timezone.now()
    )
    return sum(steps, Listed())


def _end(reading: _Reading, screen: Console) -> int:
    if not reading.wrong_count:
        return DONE
    screen.print(f"{reading.wrong_count:,} lines could not be read:")
    for line in reading.wrong:
        screen.print(f"  {line}", markup=False)
    if reading.wrong_count > len(reading.wrong):
        screen.print(f"  and {reading.wrong_count - len(reading.wrong):,} others")
    return FAILED
