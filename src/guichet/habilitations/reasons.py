"""The catalogue of reasons: a code, a title and a text for the applicant, in two languages.

It is read from reasons.toml beside this module, or from the operator's own in the state folder.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from django.conf import settings

NAME: Final = "reasons.toml"
LANGUAGES: Final = ("fr", "en")


class Purpose(StrEnum):
    """Where a reason is offered."""

    CORRECTION = "correction"
    REFUSE = "refuse"
    CLOSE = "close"
    ADMINISTRATOR = "administrator"
    TYPE = "type"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason; `titles` and `texts` are by language."""

    code: str
    purposes: frozenset[Purpose]
    titles: Mapping[str, str]
    texts: Mapping[str, str]

    def title(self, language: str) -> str:
        """What instructors choose by."""
        return self.titles.get(language, self.titles[LANGUAGES[0]])

    def text(self, language: str) -> str:
        """What the applicant reads."""
        return self.texts.get(language, self.texts[LANGUAGES[0]])


class ReasonsError(Exception):
    """A catalogue that cannot be used; the message says where it is wrong."""


def reasons(purpose: Purpose) -> tuple[Reason, ...]:
    """The reasons offered for a purpose, in the order of the file. Raises ReasonsError."""
    return tuple(reason for reason in catalogue() if purpose in reason.purposes)


def text_of(code: str, language: str) -> str:
    """The text of a reason; empty for a code that the catalogue does not hold."""
    return next((r.text(language) for r in catalogue() if r.code == code), "")


def catalogue() -> tuple[Reason, ...]:
    """Every reason. Raises ReasonsError."""
    own: Path = settings.GUICHET.state / NAME
    if own.is_file():
        return _own(own, own.stat().st_mtime_ns)
    return _ours()


@lru_cache(maxsize=1)
def _ours() -> tuple[Reason, ...]:
    return parse(files("guichet.habilitations").joinpath(NAME).read_text(encoding="utf-8"))


@lru_cache(maxsize=2)
def _own(path: Path, _changed: int) -> tuple[Reason, ...]:
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Reason, ...]:
    """Read a catalogue. Raises ReasonsError."""
    try:
        found = tuple(_reason(entry) for entry in tomllib.loads(text)["reason"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ReasonsError(f"{NAME}: {error}") from error
    codes = [reason.code for reason in found]
    if len(set(codes)) != len(codes):
        raise ReasonsError(f"{NAME}: a code stands twice")
    return found


def _reason(entry: Mapping[str, Any]) -> Reason:
    spoken = {language: entry[language] for language in LANGUAGES}
    return Reason(
        code=str(entry["code"]),
        purposes=frozenset(map(Purpose, entry["for"])),
        titles={language: str(words["title"]) for language, words in spoken.items()},
        texts={language: str(words["text"]) for language, words in spoken.items()},
    )
