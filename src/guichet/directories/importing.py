"""Reading an official file into the register: in batches, again and again, stopped at any time."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from guichet.directories.readers import annuaire, finess, sirene
from guichet.directories.readers.extract import Extract
from guichet.directories.readers.files import (
    Member,
    UnreadableFileError,
    WrongFileError,
    members,
)
from guichet.directories.readers.lines import Rejected
from guichet.directories.register import Register, Writer
from guichet.directories.runs import ImportRun, RunState
from guichet.directories.schema import Row

BATCH: Final = 20_000


class Kind(StrEnum):
    """A family of official files."""

    SIRENE = "sirene"
    FINESS = "finess"
    ANNUAIRE = "annuaire"


class _Read(Protocol):
    def __call__(self, member: Member, as_of: date | None = None) -> Extract | None: ...


@dataclass(frozen=True, slots=True)
class _Reader:
    read: _Read
    expected: str


READERS: Final[Mapping[Kind, _Reader]] = {
    Kind.SIRENE: _Reader(sirene.read, sirene.EXPECTED),
    Kind.FINESS: _Reader(finess.read, finess.EXPECTED),
    Kind.ANNUAIRE: _Reader(annuaire.read, annuaire.EXPECTED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportAsked:
    """A file to read. `as_of` replaces the day found in it; `whole`: it is the whole register."""

    kind: Kind
    path: Path
    as_of: date | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is; `done` goes from 0 to 1."""

    rows: int
    rejected: int
    done: float


def _ignore(_: object) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who is told while an import goes on."""

    progress: Callable[[Progress], None] = _ignore
    rejected: Callable[[Rejected], None] = _ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an import did: one run a text of the file, and why lines were left out."""

    runs: tuple[ImportRun, ...] = ()
    reasons: Mapping[str, int] = field(default_factory=dict)
    fault: str = ""

    @property
    def rows(self) -> int:
        """Rows stored, whether they changed something or not."""
        return sum(run.rows for run in self.runs)

    @property
    def rejected(self) -> int:
        """Lines left out."""
        return sum(run.rejected for run in self.runs)

    @property
    def state(self) -> RunState:
        """The worst of the states of the runs."""
        states = {run.state for run in self.runs}
        if self.fault or RunState.FAILED in states:
            return RunState.FAILED
        return RunState.INTERRUPTED if RunState.INTERRUPTED in states else RunState.COMPLETE


def import_file(
    register: Register, asked: ImportAsked, *, now: datetime, watch: Watch | None = None
) -> Report:
    """Read a file into the register.

    What was read before a fault or Ctrl-C stays, and the report says so.
    Raises WrongFileError, RegisterError; UnreadableFileError when nothing at all was read.
    """
    reader = READERS[asked.kind]
    work = _Work(register, asked, now, watch or Watch())
    try:
        for member in members(asked.path):
            extract = reader.read(member, asked.as_of)
            if extract is not None and not work.take(member, extract):
                break
    except UnreadableFileError as error:
        fault = f"{asked.path.name}: {error}"
        if not work.runs:
            raise UnreadableFileError(fault) from error
        return work.report(fault)
    if not work.runs:
        raise WrongFileError(f"{asked.path.name} is not a file of this kind: {reader.expected}")
    return work.report()


class _Work:
    """One import under way."""

    def __init__(self, register: Register, asked: ImportAsked, now: datetime, watch: Watch) -> None:
        self._register, self._asked, self._now, self._watch = register, asked, now, watch
        self._reasons: Counter[str] = Counter()
        self.runs: list[ImportRun] = []

    def report(self, fault: str = "") -> Report:
        return Report(runs=tuple(self.runs), reasons=dict(self._reasons), fault=fault)

    def take(self, member: Member, extract: Extract) -> bool:
        """Store what one text holds; False when the person stopped it."""
        started = ImportRun(
            table=extract.table.name,
            file=member.name,
            as_of=extract.as_of,
            imported_at=self._now,
            state=RunState.RUNNING,
        )
        with self._register.writer() as writer:
            writer.note(extract.table, started)
            self.runs.append(replace(started, state=RunState.FAILED))
            try:
                self._store(writer, member, extract)
            except KeyboardInterrupt:
                self._end(RunState.INTERRUPTED)
            else:
                self._end(RunState.COMPLETE)
            finally:
                writer.note(extract.table, self.runs[-1])
        return self.runs[-1].state is RunState.COMPLETE

    def _end(self, state: RunState) -> None:
        run = self.runs[-1]
        # A copy that could hardly be read proves nothing by what it does not list.
        whole = self._asked.whole and state is RunState.COMPLETE and run.rows > run.rejected
        self.runs[-1] = replace(run, state=state, whole=whole)

    def _store(self, writer: Writer, member: Member, extract: Extract) -> None:
        lots = _Lots(extract.rows)
        while not lots.ended:
            # The rows go to the database as they are read: a list of them would only cool down.
            writer.upsert(extract.table, lots.next())
            self._tell(lots, member)
        if lots.fault is not None:
            raise lots.fault

    def _tell(self, lots: "_Lots", member: Member) -> None:
        run = self.runs[-1]
        run = replace(run, rows=run.rows + lots.rows, rejected=run.rejected + len(lots.rejected))
        self.runs[-1] = run
        for line in lots.rejected:
            self._reasons[line.reason.value] += 1
            self._watch.rejected(line)
        self._watch.progress(Progress(run.rows, run.rejected, member.consumed()))


class _Lots:
    """Lines by bounded lots: the rows, one by one, and aside the lines left out of the lot.

    A fault of the file ends the last lot, so that what came before it is stored.
    """

    def __init__(self, lines: Iterator[Row | Rejected]) -> None:
        self._lines = lines
        self.rows = 0
        self.rejected: list[Rejected] = []
        self.ended = False
        self.fault: UnreadableFileError | None = None

    def next(self) -> Iterator[Row]:
        """The rows of the next lot."""
        self.rows, self.rejected = 0, []
        try:
            for line in self._lines:
                if isinstance(line, Rejected):
                    self.rejected.append(line)
                else:
                    self.rows += 1
                    yield line
                if self.rows == BATCH or len(self.rejected) == BATCH:
                    return
        except UnreadableFileError as error:
            self.fault = error
        self.ended = True
