"""What is remembered of an import."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class RunState(StrEnum):
    """How an import ended; one killed without a word stays `running`."""

    RUNNING = "running"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One file read into one table. `whole`: the file was the whole national register."""

    table: str
    file: str
    as_of: date
    imported_at: datetime
    state: RunState
    whole: bool = False
    rows: int = 0
    rejected: int = 0
