"""Markdown of the help -> HTML of a page; our own files alone are read, raw HTML in them is not."""

import re
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

from guichet.web.tables import stacked

MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
TABLE: Final = re.compile(r"<table>(.*?)</table>", re.DOTALL)
TAG: Final = re.compile(r"[*`|\[\]#]|\]\([^)]*\)")


@lru_cache(maxsize=512)
def laid_out(text: str, base: str) -> SafeString:
    """The text as HTML. `base` comes before addresses of the portal, for the other listeners.

    {bench} and {pki} in the text are the addresses of the bench and of the published lists.
    """
    filled = text.replace("{bench}", settings.GUICHET.bench_url)
    filled = filled.replace("{pki}", settings.GUICHET.pki_url).replace("](/", f"]({base}/")
    html: str = MARKDOWN.render(filled)
    # Written by markdown-it, which escapes what it reads.
    return SafeString(TABLE.sub(_table, html))


def _table(found: re.Match[str]) -> str:
    """A table as pages draw one: on a narrow screen each row is a card."""
    rows = stacked(found[1].replace("<th>", '<th scope="col">'))
    return f'<table class="table table-stacks" role="table">{rows}</table>'


def plain(text: str) -> str:
    """The words alone, for searching and for a short view."""
    return " ".join(TAG.sub(" ", text).split())
