"""Words of the field, in both languages, read once from glossary.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from guichet.domain.texts import folded


@dataclass(frozen=True, slots=True)
class Definition:
    """A word of the glossary in one language; `key` is its anchor on the page."""

    key: str
    term: str
    text: str


@cache
def definitions(language: str) -> Mapping[str, Definition]:
    """Every word by its key, in the order of the alphabet; French when there is no other."""
    read = tomllib.loads(files(__package__).joinpath("glossary.toml").read_text("utf-8"))
    code = language[:2] if language[:2] in ("fr", "en") else "fr"
    found = [Definition(key, row[code]["term"], row[code]["text"]) for key, row in read.items()]
    return {one.key: one for one in sorted(found, key=lambda one: folded(one.term))}
