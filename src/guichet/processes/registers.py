"""`guichet directory`: official files into the register, said on a terminal."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from guichet.directories import importing
from guichet.directories.importing import ImportAsked, Kind, Report, Watch, import_file
from guichet.directories.readers.files import UnreadableFileError, WrongFileError
from guichet.directories.readers.lines import Rejected
from guichet.directories.register import Register, RegisterError
from guichet.directories.runs import RunState
from guichet.processes import screens
from guichet.web.spreadsheets import guarded

SHOWN: Final = 5
STOPPED_BY_SIGINT: Final = 130


class _LeftOut:
    """Lines left out, written as they come; no file where there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.first: list[Rejected] = []
        self._stream: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    def add(self, line: Rejected) -> None:
        """Write one line; keep the first ones to show."""
        if self._stream is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self.path.open("w", encoding="utf-8", newline="")
            csv.writer(self._stream).writerow(("line", "reason", "excerpt"))
        csv.writer(self._stream).writerow((line.line, line.reason.value, guarded(line.excerpt)))
        if len(self.first) < SHOWN:
            self.first.append(line)


class _Bar:
    """The progress of an import: part of the file read, rows a second, lines left out."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def show(self, made: importing.Progress) -> None:
        """Move on to what was just stored."""
        elapsed = self._progress.tasks[self._task].elapsed or 1.0
        told = f"{made.rows:,} rows, {made.rows / elapsed:,.0f}/s, {made.rejected:,} left out"
        self._progress.update(self._task, completed=made.done, told=told)


def _progress(screen: Console) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        "{task.fields[told]}",
    )
    return Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal)


def import_official(
    state: Path, registers: Path, asked: ImportAsked, *, now: datetime, screen: Console
) -> int:
    """Import a file and say what came of it; the exit code of the command.

    0 when something was stored, even with lines left out; 130 after Ctrl-C; else 1.
    """
    left_out = _LeftOut(state / "log" / f"rejected-{asked.kind.value}-{now:%Y%m%dT%H%M%SZ}.csv")
    try:
        with left_out, _progress(screen) as progress:
            task = progress.add_task(asked.path.name, total=1.0, told="")
            watch = Watch(progress=_Bar(progress, task).show, rejected=left_out.add)
            report = import_file(Register(registers), asked, now=now, watch=watch)
    except (WrongFileError, UnreadableFileError, RegisterError) as error:
        screens.refusing().print(str(error))
        return 1
    for line in _summary(report, left_out):
        screen.print(line, markup=False, highlight=False)
    if report.state is RunState.INTERRUPTED:
        return STOPPED_BY_SIGINT
    return 0 if report.rows and report.state is RunState.COMPLETE else 1


def _summary(report: Report, left_out: _LeftOut) -> Iterator[str]:
    for run in report.runs:
        yield (
            f"{run.file} ({run.as_of}): {run.rows:,} rows stored in {run.table},"
            f" {run.rejected:,} lines left out, {run.state.value}"
        )
    if report.fault:
        yield f"Stopped by a fault, what was read before it is kept: {report.fault}"
    for reason, count in sorted(report.reasons.items(), key=lambda item: -item[1]):
        yield f"  {reason}: {count:,}"
    for line in left_out.first:
        yield f"  line {line.line}, {line.reason.value}: {line.excerpt}"
    if left_out.first:
        yield f"All the lines left out: {left_out.path}"


def describe(registers: Path, screen: Console) -> int:
    """Say what was imported, one line a file; the exit code of the command."""
    try:
        runs = Register(registers).runs()
    except RegisterError as error:
        screens.refusing().print(str(error))
        return 1
    if not runs:
        screen.print(f"Nothing was imported yet: guichet directory import {'|'.join(Kind)} FILE")
    for run in runs:
        whole = "whole" if run.whole else "part"
        told = (
            f"{run.table:15} {run.file:50} as of {run.as_of}  {run.rows:>12,} rows"
            f"  {run.rejected:>8,} left out  {whole:5}  {run.state.value:11}"
            f"  imported {run.imported_at:%Y-%m-%d %H:%M} UTC"
        )
        screen.print(told, markup=False, highlight=False)
    return 0
