"""Papers: a title, parts in order, perhaps a proof; drawn by typst in our theme, tagged PDF.

Callers build a `Paper` of plain texts in the language wanted; nothing in them is ever markup.
"""

import io
import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import fontpkg_atkinson_hyperlegible
import segno
import typst
from django.utils.translation import gettext as _

from guichet.domain.texts import HIDDEN
from guichet.web import environments

LAYOUT: Final = Path(__file__).parent / "paper.typ"
FONTS: Final = fontpkg_atkinson_hyperlegible.ROOT / "files"
# Archiving and reading aloud at once (ISO 19005-2 level A, ISO 14289-1).
STANDARDS: Final[list[Any]] = ["a-2a", "ua-1"]
WORD_AT_MOST: Final = 40
BREAK: Final = "\u200b"


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms and values, one a line; a value may hold several lines."""

    title: str
    rows: tuple[tuple[str, str], ...]
    kind: str = "facts"


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs under a title, which may be empty."""

    title: str
    paragraphs: tuple[str, ...]
    kind: str = "prose"


@dataclass(frozen=True, slots=True)
class Listed:
    """A table with a heading for each column; the last column takes what room is left."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to mind; `tone` is info or warning."""

    title: str
    text: str
    tone: str = "info"
    kind: str = "notice"


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign by hand: who and as what; `words` stand in each, "Date and signature"."""

    title: str
    words: str
    rows: tuple[tuple[str, str], ...]
    kind: str = "signatures"


@dataclass(frozen=True, slots=True)
class Proof:
    """What lets anybody verify the paper: a code, an address, the hash of what it is about."""

    code: str
    url: str
    sha256: str


Part = Facts | Prose | Listed | Notice | Signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document. `at` is when what it attests happened: the same paper is the same bytes.

    `ribbon` stands on every page; TEST is said before it where TEST serves.
    """

    title: str
    subtitle: str = ""
    reference: str = ""
    parts: tuple[Part, ...]
    proof: Proof | None = None
    issuer: str
    footer: str
    language: str
    at: datetime
    ribbon: str = ""


def pdf(paper: Paper) -> bytes:
    """The paper as PDF/A-2a and PDF/UA-1, or as plain tagged PDF when a letter has no font."""
    told = {"data": json.dumps(_told(paper), ensure_ascii=False)}
    options: dict[str, Any] = {
        "font_paths": _fonts(),
        "ignore_system_fonts": True,
        "sys_inputs": told,
        "timestamp": int(paper.at.timestamp()),
    }
    try:
        return bytes(typst.compile(LAYOUT, pdf_standards=STANDARDS, **options))
    except typst.TypstError:
        return bytes(typst.compile(LAYOUT, **options))


def plain(text: str) -> str:
    """A text that a page can show: nothing hidden, letters without a font by their number."""
    kept = (_shown(c) for c in unicodedata.normalize("NFC", text))
    rows = "".join(kept).split("\n")
    return "\n".join(" ".join(_broken(word) for word in row.split(" ")) for row in rows)


def grouped(code: str, size: int = 4) -> str:
    """A code or a hash in groups, as people read it aloud."""
    return " ".join(code[place : place + size] for place in range(0, len(code), size))


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)]
    )


def _told(paper: Paper) -> dict[str, Any]:
    told = asdict(paper) | {
        "tagline": _("Certificats de la santé"),
        "ribbon": environments.ribbon(paper.ribbon),
        "keywords": [paper.reference] if paper.reference else [],
    }
    del told["at"]
    proof = _proof(paper.proof) if paper.proof else None
    return {name: _plain(value) for name, value in told.items()} | {"proof": proof}


def _proof(proof: Proof) -> dict[str, str]:
    drawn = io.BytesIO()
    segno.make(proof.url, error="m", micro=False).save(
        drawn, kind="svg", border=2, dark="#17282b", xmldecl=False
    )
    return {
        "title": _("Vérifier ce document"),
        "code": grouped(proof.code),
        "text": _("Saisissez ce code à l’adresse suivante, ou photographiez le carré."),
        "url": proof.url,
        "qr": drawn.getvalue().decode(),
        "alt": _("Code QR de l’adresse de vérification"),
        "hash": _("Empreinte SHA-256 de ce qui a été déposé"),
        "sha256": grouped(proof.sha256, 16),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {name: _plain(found) for name, found in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(found) for found in value]
    return value


def _shown(character: str) -> str:
    if character == "\n":
        return character
    if unicodedata.category(character) in HIDDEN:
        return ""
    point = ord(character)
    has_font = point < 0x530 or 0x1E00 <= point < 0x2C00
    return character if has_font else f"[U+{point:04X}]"


def _broken(word: str) -> str:
    """A word that no line can hold may be broken anywhere, invisibly."""
    if len(word) <= WORD_AT_MOST:
        return word
    places = range(0, len(word), WORD_AT_MOST // 2)
    return BREAK.join(word[place : place + WORD_AT_MOST // 2] for place in places)
