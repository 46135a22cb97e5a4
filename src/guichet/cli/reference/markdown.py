"""Markdown as MyST and forges read it alike: tables, codes, texts that hold no mark by accident."""

import html
import re
from collections.abc import Iterable, Sequence
from typing import Final

MARKS: Final = re.compile(r"([\\`*_\[\]<>|#{}$])")
TAGS: Final = ((r"<code>(.*?)</code>", r"`\1`"), (r'<a href="([^"]*)">(.*?)</a>', r"[\2](\1)"))


def text(value: object) -> str:
    """A text as it stands, on one line, whatever signs it holds; its narrow spaces too."""
    return MARKS.sub(r"\\\1", re.sub(r"[ \n]+", " ", str(value).strip()))


def code(value: object) -> str:
    """A name or a value of the code; a dash for none. A bar would end a table's cell."""
    written = str(value).replace("|", "\\|")
    return f"`{written}`" if written else "—"


def codes(values: Iterable[object]) -> str:
    """Several of them; a dash for none."""
    return ", ".join(code(value) for value in values) or "—"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def from_html(value: object) -> str:
    """What the portal's own reference says, whose only tags are <code> and <a>."""
    written = str(value)
    for tag, mark in TAGS:
        written = re.sub(tag, mark, written)
    return html.unescape(written).replace("|", "\\|")


def page(title: str, *parts: str) -> str:
    """A page of its title and its parts, an empty line between them."""
    return "\n\n".join([f"# {title}", *(part.strip("\n") for part in parts if part)]) + "\n"
