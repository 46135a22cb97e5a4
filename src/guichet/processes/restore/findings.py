"""What a restored state has lost, found by comparing it with what exists outside of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final

from guichet.authority import adopting, queries, recovery
from guichet.authority.adopting import Losses
from guichet.authority.recovery import Held
from guichet.conf.environment import Environment
from guichet.domain.certificates.recovery import PublishedNumber, PublishedStatus
from guichet.journal import checkpoints
from guichet.journal import queries as journal
from guichet.journal.checkpoints import Checkpoint
from guichet.notifications import queries as notifications
from guichet.processes.backup import contents
from guichet.processes.backup.contents import Places
from guichet.processes.backup.refusals import BackupError
from guichet.processes.restore import heads, log_standing
from guichet.processes.restore.log_standing import LogStanding, Verdict
from guichet.validation import published
from guichet.validation.copies import seals
from guichet.validation.copies.refusals import PlaceError, PublicationRefusedError
from guichet.validation.published import Source, SourceError
from guichet.validation.store import FILE

KEPT_BY_OTHERS: Final = "journal/checkpoints.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where else to look: published folders, addresses, files of checkpoints."""

    folders: Sequence[Path] = ()
    urls: Sequence[str] = ()
    checkpoints: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Ahead:
    """Entries of the journal that are lost: how many, after when, until when at least."""

    entries: int
    after: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Behind:
    """A scope whose published number is above the database's (0: it holds none)."""

    published: PublishedNumber
    here: int


@dataclass(slots=True, kw_only=True)
class Report:
    """Everything found. `unread` says which sources could not be read, and why.

    `numbers` are the highest known of each scope, published or here; `is_compared`, whether any
    published artefact was read.
    """

    held: Held
    compared_with: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    losses: Losses = field(default_factory=lambda: Losses(compared=0))
    numbers: tuple[PublishedNumber, ...] = ()
    behind: tuple[Behind, ...] = ()
    ahead: Ahead | None = None
    another_history: bool = False
    log: LogStanding = field(default_factory=lambda: LogStanding(Verdict.KEYLESS))
    waiting_requests: int = 0
    waiting_mails: int = 0
    is_compared: bool = False

    @property
    def lost_entries(self) -> int:
        """Entries of the journal known to be lost."""
        return self.ahead.entries if self.ahead else 0


def gather(environment: Environment, asked: Asked) -> Report:
    """Compare; nothing is changed. Raises BackupError when no restored state waits."""
    held = recovery.held()
    if held is None:
        raise BackupError("No restored state waits here: there is nothing to confirm")
    report = Report(held=held)
    told = _Told(report)
    statuses = chain.from_iterable(map(told.read, _sources(environment, asked, report)))
    report.losses = adopting.compare(statuses)
    found = told.highest()
    report.behind = tuple(_behind(found))
    report.numbers = _above(found)
    report.is_compared = bool(report.losses.compared or found)
    aside = heads.of_what_is_aside(Places.of(environment), report.unread)
    points = chain(_points(environment, asked, report), aside)
    _compare_journal(report, points)
    report.log = log_standing.of(environment, asked.folders, held.seq)
    report.waiting_requests = adopting.waiting_requests()
    report.waiting_mails = notifications.waiting()
    return report


class _Told:
    """Reads sources one after the other; one that fails holds up no other."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._authorities = {a.code: a.certificate_der for a in queries.authorities()}
        self._numbers: dict[tuple[str, int], PublishedNumber] = {}

    def read(self, source: Source) -> Iterator[PublishedStatus]:
        """Statuses of a source, and those of its lists."""
        try:
            yield from source.statuses()
            for found in source.lists(self._authorities):
                where = found.number.authority, found.number.shard
                known = self._numbers.get(where)
                if known is None or known.number < found.number.number:
                    self._numbers[where] = found.number
                yield from found.revoked
        except (SourceError, PlaceError, PublicationRefusedError, OSError, ValueError) as error:
            self._report.unread.append(f"{source.name}: {error}")
        else:
            self._report.compared_with.append(source.name)

    def highest(self) -> tuple[PublishedNumber, ...]:
        """The highest number of each scope."""
        return tuple(self._numbers[where] for where in sorted(self._numbers))


def _sources(environment: Environment, asked: Asked, report: Report) -> Iterator[Source]:
    folders = [environment.published, *asked.folders]
    for folder in folders:
        if (folder / FILE).is_file() or (folder / "crl").is_dir():
            yield published.Folder(folder)
        elif folder in asked.folders:
            report.unread.append(f"{folder}: neither {FILE} nor crl/ is there")
    if environment.publication:
        try:
            key = seals.own_key(environment.publication_keys).public_key()
            yield published.Shipped(environment.publication, key)
        except PlaceError as error:
            report.unread.append(f"{environment.publication}: {error}")
    is_elsewhere = bool(environment.publication or asked.folders or asked.urls)
    is_here = (environment.published / FILE).is_file()
    for url in asked.urls if is_elsewhere or is_here else [environment.pki_url]:
        yield published.Web(url, _scopes)


def _scopes() -> Iterator[tuple[str, int]]:
    return iter(sorted({(one.authority, one.shard) for one in queries.last_lists()}))


def _behind(numbers: Iterable[PublishedNumber]) -> Iterator[Behind]:
    here: dict[tuple[str, int], int] = {}
    for one in queries.last_lists():
        where = one.authority, one.shard
        here[where] = max(here.get(where, 0), one.number)
    for found in numbers:
        number = here.get((found.authority, found.shard), 0)
        if found.number > number:
            yield Behind(found, number)


def _above(found: Iterable[PublishedNumber]) -> tuple[PublishedNumber, ...]:
    """With the database's own: lists issued since the backup may have been kept by nobody."""
    highest = {(one.authority, one.shard): one.number for one in found}
    for one in queries.last_lists():
        where = one.authority, one.shard
        highest[where] = max(highest.get(where, 0), one.number)
    return tuple(PublishedNumber(*where, number) for where, number in sorted(highest.items()))


def _points(environment: Environment, asked: Asked, report: Report) -> Iterator[Checkpoint]:
    """Checkpoints kept outside, and those of what the restore moved aside."""
    left = environment.state.glob(f"{contents.ASIDE}*/{KEPT_BY_OTHERS}")
    for file in [*sorted(left), *asked.checkpoints]:
        if file in asked.checkpoints and not file.exists():
            report.unread.append(f"{file}: there is no such file")
            continue
        try:
            yield from checkpoints.read_file(file)
        except (OSError, ValueError) as error:
            report.unread.append(f"{file}: {error}")
        else:
            report.compared_with.append(str(file))


def _compare_journal(report: Report, points: Iterable[Checkpoint]) -> None:
    """How far beyond the end of the restored journal they know; whether they know another."""
    held = report.held
    every = tuple(points)
    within = {point.seq: point.digest for point in every if point.seq <= held.seq}
    known = journal.digests(within)
    report.another_history = any(known.get(seq) != digest for seq, digest in within.items())
    last = max(every, key=lambda point: point.seq, default=None)
    if last is not None and last.seq > held.seq:
        after = journal.told_at(held.seq)
        report.ahead = Ahead(last.seq - held.seq, after, last.at)
