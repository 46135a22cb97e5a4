"""What the component `timeline` draws."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a timeline; `kind` is that of a badge: success, info, warning, danger."""

    at: datetime
    title: "_StrPromise"
    detail: str
    kind: str
