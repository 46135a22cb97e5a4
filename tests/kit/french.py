"""French words on pages that are read in English."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lxml import html
from lxml.html import HtmlElement

from guichet.web import catalogues

WORD = re.compile(r"[^\W\d_]{3,}")
PLACES = re.compile(r"%\(\w+\)[sd]|<[^>]+>|&\w+;")
READ_ALOUD = {"alt", "title", "aria-label", "aria-description", "placeholder"}
VERBATIM = {"code", "pre", "script", "style", "template"}


@cache
def french_words() -> frozenset[str]:
    """Those of sentences that have their English, but for what English writes alike."""
    french: set[str] = set()
    english: set[str] = set()
    for path in Path(catalogues.PACKAGE).glob("*/locale/en/LC_MESSAGES/django.po"):
        for message in catalogues.read(path):
            said = message.id if isinstance(message.id, tuple) else (message.id,)
            told = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.id and all(told):
                french |= _words(" ".join(said))
                english |= _words(" ".join(told))
    return frozenset(french - english)


def _words(text: str) -> set[str]:
    return set(WORD.findall(PLACES.sub(" ", text).casefold()))


def _read(one: HtmlElement) -> Iterator[str]:
    """What is read of an element, but for what says that it is French, and for code."""
    if one.get("lang") == "fr":
        return
    yield from (one.attrib[name] for name in READ_ALOUD.intersection(one.keys()))
    is_read = one.tag not in VERBATIM
    if is_read and one.text:
        yield one.text
    for child in one if is_read else ():
        if isinstance(child.tag, str):
            yield from _read(child)
        if child.tail:
            yield child.tail


def french_of(page: str) -> list[str]:
    """Texts of a page half of whose words are French: English may write one of them alike."""
    read = _read(html.fromstring(page)) if page else ()  # a redirection says nothing
    return [text.strip() for text in read if is_french(text)]


@cache
def is_french(text: str) -> bool:
    """Whether half of its words are French; texts of each page's frame are judged once."""
    words = _words(text)
    return bool(words) and 2 * len(words & french_words()) >= len(words)
