"""The layout of papers: words stay words, and the PDF is tagged, archivable, reproducible."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import typst

from guichet.web import papers
from guichet.web.papers import Facts, Listed, Notice, Paper, Part, Proof, Prose

AT = datetime(2022, 6, 15, 10, 36, tzinfo=UTC)
PAPER = Paper(
    title="Attestation de dépôt",
    subtitle="F413",
    reference="Dossier n° 9073113",
    parts=(
        Facts("Dépôt", (("Déposé le", "15 juin 2022"), ("Structure", "AGENCE\nSIRET"))),
        Listed("Administrateurs", ("Nom", "Carte"), (("Jeanne CHARLES", "0203040506"),)),
        Prose("Motifs", ("Un paragraphe.",)),
        Notice("À savoir", "Une chose.", "warning"),
    ),
    proof=Proof("ABCDEFGHJKMN", "https://guichet.test/habilitations/verifier/X/", "ab" * 32),
    issuer="Guichet",
    footer="Guichet",
    language="fr",
    at=AT,
)
HOSTILE = (
    "#panic(1) $x$ *gras* `code` @ref <label> \\ // /* [",
    '"]) #import "/etc/passwd"',
    "<script>alert(1)</script>",
    "a" * 1000,
    "été\u202e\u200f\0\x1b",
    "中文 العربية 😀",
)


def inner(made: bytes) -> bytes:
    """Everything the PDF holds, its streams inflated."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.S)
    inflated = []
    for stream in streams:
        try:
            inflated.append(zlib.decompress(stream))
        except zlib.error:
            inflated.append(stream)
    return made + b"".join(inflated)


def headings(paper: Paper) -> list[dict[str, Any]]:
    """What the layout makes of the titles, told by typst itself."""
    told = {"data": json.dumps(papers._told(paper))}
    found = typst.query(
        papers.LAYOUT,
        "heading",
        field="body",
        font_paths=papers._fonts(),
        ignore_system_fonts=True,
        sys_inputs=told,
    )
    return list(json.loads(found))


def made_of(text: str) -> tuple[Part, ...]:
    """A part of each kind, made of nothing else."""
    return (
        Facts(text, ((text, text),)),
        Listed(text, (text, text), ((text, text),)),
        Prose(text, (text,)),
        Notice(text, text),
    )


def test_a_paper_is_archivable_and_read_aloud() -> None:
    """PDF/A-2a and PDF/UA-1, tagged, with a language and a title, its fonts embedded."""
    made = inner(papers.pdf(PAPER))
    assert made.startswith(b"%PDF-1.7")
    for wanted in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang(fr)", b"pdfuaid:part", b"pdfaid:part"):
        assert wanted in made, wanted
    assert "Attestation de dépôt".encode() in made
    assert b"AtkinsonHyperlegible" in made
    assert b"/JavaScript" not in made


def test_the_same_paper_is_the_same_bytes() -> None:
    """What it attests has its date, not the day it is printed."""
    assert papers.pdf(PAPER) == papers.pdf(PAPER)
    assert papers.pdf(replace(PAPER, title="Autre")) != papers.pdf(PAPER)


def test_hostile_words_are_words() -> None:
    """Nothing typed is ever markup, in any part; the paper stays archivable."""
    together = "\n".join(HOSTILE)
    everywhere = replace(
        PAPER,
        title=together,
        subtitle=together,
        reference=together,
        issuer=together,
        footer=together,
        parts=tuple(part for text in HOSTILE for part in made_of(text)),
    )
    assert b"pdfaid:part" in inner(papers.pdf(everywhere))
    told = [heading["text"].replace(papers.BREAK, "") for heading in headings(everywhere)]
    shown = [papers.plain(text).replace(papers.BREAK, "") for text in HOSTILE]
    # A notice has a title that is no heading; the proof, the last, has one.
    assert told[:-1] == ["\n".join(shown), *(text for text in shown for _part in range(3))]


def test_what_is_hidden_is_not_printed() -> None:
    assert papers.plain("été\u202e\u200f\0\x1b") == "été"
    assert papers.plain("e\u0301\n  x") == "é\n  x"
    assert papers.plain("中") == "[U+4E2D]"
    assert papers.plain("a" * 41) == "a" * 20 + papers.BREAK + "a" * 20 + papers.BREAK + "a"


def test_a_letter_without_a_font_still_makes_a_paper() -> None:
    """A plain tagged PDF, when the letter is one that no font of ours has."""
    made = inner(papers.pdf(replace(PAPER, title="\u2123")))
    assert b"/StructTreeRoot" in made
    assert b"pdfaid:part" not in made


def test_long_papers_have_pages() -> None:
    """Two hundred administrators, the heading of their table on every page."""
    rows = tuple((f"Camille MARTIN {n}", f"{n:010}") for n in range(200))
    made = inner(papers.pdf(replace(PAPER, parts=(Listed("Tous", ("Nom", "Carte"), rows),))))
    (count,) = {int(found) for found in re.findall(rb"/Count (\d+)", made)} - {0, 1} or {1}
    assert count > 3


def test_codes_are_read_in_groups() -> None:
    assert papers.grouped("ABCDEFGHJKMN") == "ABCD EFGH JKMN"
