"""French words on pages that are read in English."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from guichet.web import catalogues

WORD = re.compile(r"[^\W\d_]{3,}")
PLACES = re.compile(r"%\(\w+\)[sd]|<[^>]+>|&\w+;")
READ_ALOUD = {"alt", "title", "aria-label", "aria-description", "placeholder"}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "use", "path", "wbr"}
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


class _Read(HTMLParser):
    """What is read of a page, but for what says that it is French."""

    def __init__(self) -> None:
        super().__init__()
        self.within: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_left = tag in VERBATIM or given.get("lang") == "fr"
        for name in READ_ALOUD & given.keys():
            self.handle_data(given[name] if given.get("lang") != "fr" else "")
        if tag not in VOID:
            self.within.append((tag, is_left))

    def handle_endtag(self, tag: str) -> None:
        if tag in dict(self.within):
            while self.within.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not any(is_left for _, is_left in self.within):
            self.found.append(data)


def french_of(page: str) -> list[str]:
    """Texts of a page half of whose words are French: English may write one of them alike."""
    reader = _Read()
    reader.feed(page)
    return [text.strip() for text in reader.found if _is_french(_words(text))]


def _is_french(words: set[str]) -> bool:
    return bool(words) and 2 * len(words & french_words()) >= len(words)
