"""One person, by all that tables call them; and how that is taken out of a text."""

import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

INSTEAD: Final = "(effacé)"
NOWHERE: Final = "@efface.invalid"
FULL_NAME: Final = 5
"""Characters of the shortest name by which a row is found: a shorter one names others too."""
WORD: Final = 3
Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What names one person. `names` are whole names; `words` are parts of them, looked for only
    where something else tells that a row is about this person.

    `accounts` are internal numbers; `refs` are what the journal calls an actor.
    """

    accounts: frozenset[int] = frozenset()
    refs: frozenset[str] = frozenset()
    cards: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @property
    def marks(self) -> frozenset[str]:
        """What names this person and nobody else."""
        names = {name for name in self.names if len(name) >= FULL_NAME and " " in name.strip()}
        found = {*self.refs, *self.cards, *self.emails, *self.numbers, *names}
        return frozenset(mark for mark in found if mark.strip())

    def joined(self, other: Self) -> Self:
        """What both say, of the same person."""
        return type(self)(
            **{one.name: getattr(self, one.name) | getattr(other, one.name) for one in fields(self)}
        )


def fold(text: str) -> str:
    """Upper case without accents: how texts to search in are kept."""
    bare = unicodedata.normalize("NFKD", text)
    return "".join(c for c in bare if not unicodedata.combining(c)).upper()


def forms(marks: Iterable[str]) -> frozenset[str]:
    """As they are written, as they are searched, and as JSON writes them."""
    written = {form for mark in marks for form in (mark, fold(mark), mark.lower())}
    return frozenset(written | {json.dumps(form)[1:-1] for form in written})


@dataclass(slots=True)
class Eraser:
    """Replaces what names a person: the same by the same, so that rows still belong together.

    What stands instead of a card or an address is random, and kept nowhere.
    """

    person: Person
    instead: Mapping[str, str] = field(init=False)
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        self.instead = dict(self._instead())
        longest = sorted(self.instead, key=len, reverse=True)
        either = "|".join(map(re.escape, longest)) or r"(?!)"
        self.pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)

    def _instead(self) -> Iterable[tuple[str, str]]:
        known: dict[str, str] = {}
        for card in self.person.cards:
            known[card] = f"X{secrets.token_hex(4)}"
        for email in self.person.emails:
            known[email] = f"x{secrets.token_hex(4)}{NOWHERE}"
        for number in self.person.numbers:
            known[number] = f"X{secrets.token_hex(4)}"
        for name in self.person.names | {w for w in self.person.words if len(w) >= WORD}:
            known.setdefault(name, INSTEAD)
        return [(form, new) for old, new in known.items() if old for form in {old, fold(old)}]

    def text(self, text: str) -> str:
        """A text without this person."""
        folded = {fold(old): new for old, new in self.instead.items()}
        return self.pattern.sub(lambda found: folded.get(fold(found[0]), INSTEAD), text)

    def value(self, value: Json, *, is_whole: bool = True) -> Json:
        """JSON without this person.

        An object within another that names them is about them: all its texts go. So do those of a
        form's fields that share a beginning ("representative.").
        """
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item, is_whole=False) for item in value]
        if not isinstance(value, dict):
            return value
        about = {_group(name) for name, held in value.items() if self._names(held)}
        if is_whole:
            about.discard("")
        return {
            name: INSTEAD
            if isinstance(held, str) and held and _group(name) in about
            else self.value(held, is_whole=False)
            for name, held in value.items()
        }

    def _names(self, value: Json) -> bool:
        marks = {fold(mark) for mark in self.person.marks}
        return isinstance(value, str) and fold(value.strip()) in marks


def _group(name: str) -> str:
    return name.rpartition(".")[0]
