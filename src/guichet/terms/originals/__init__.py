"""The texts that came with the counter: in force until staff publish another version."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from guichet.terms.documents import Document, Kind

NUMBER: Final = "2026-11"
SINCE: Final = datetime(2026, 11, 1, tzinfo=UTC)


@cache
def original(kind: Kind) -> Document:
    """The version of a text that came with the counter."""
    return Document(
        kind=kind,
        number=NUMBER,
        oid="",
        text_fr=_text(kind, "fr"),
        text_en=_text(kind, "en"),
        changes_fr="Première version.",
        changes_en="First version.",
        in_force_from=SINCE,
    )


def _text(kind: Kind, language: str) -> str:
    return (Path(__file__).parent / f"{kind.value}.{language}.txt").read_text("utf-8")
