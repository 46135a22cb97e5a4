"""Tables that become cards on a narrow screen: every cell carries its column's words.

A cell with nothing in it is marked: stylesheets leave it out of a card, with its words.

Stylesheets that lay a table out as blocks take its roles away in some browsers: they are said
again.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from itertools import chain, repeat
from typing import Final

from django.utils.html import strip_tags

from guichet.web.drawn import ABSENT

ROLES: Final = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
OPENING: Final = re.compile(r"<(thead|tbody|tr|th|td)\b([^>]*)>")
# What a word of a heading means stays in the heading.
MEANING: Final = re.compile(r'<span class="term-card".*?</a></span>', re.DOTALL)
# Cells with nothing in them, or a dash; scripts fill those that they name, and where there is
# nothing to do nothing is said.
EMPTY: Final = re.compile(r"(<td\b(?![^>]*\b(?:data-part=|row-action))[^>]*>)\s*(?:—\s*)?(?=</td>)")
HEADING: Final = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)


def stacked(content: str) -> str:
    """The inside of a <table>: its roles said, its body's cells labelled or marked as empty."""
    head, end, body = content.partition("</thead>")
    labels = [
        " ".join(unescape(strip_tags(MEANING.sub("", words))).split())
        for words in HEADING.findall(head)
    ]
    return _marked(head, ()) + end + EMPTY.sub(rf"\1{ABSENT}", _marked(body, labels))


def _marked(rows: str, labels: "list[str] | tuple[()]") -> str:
    columns: Iterator[str] = iter(())

    def mark(found: re.Match[str]) -> str:
        nonlocal columns
        tag, attributes = found.groups()
        if tag == "tr":
            columns = chain(labels, repeat(""))
        role = ROLES.get(tag) or ("rowheader" if labels else "columnheader")
        label = next(columns, "") if tag in {"th", "td"} else ""
        said = f' data-label="{escape(label)}"' if label and tag == "td" else ""
        return f'<{tag}{attributes} role="{role}"{said}>'

    return OPENING.sub(mark, rows)
