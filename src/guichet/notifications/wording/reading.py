"""The e-mails and their versions, as the back office shows them."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from guichet.domain.refusals import Code, Refusal
from guichet.domain.wording import VERSIONS, VersionAct, VersionState, may_enforce
from guichet.notifications.models import MailText
from guichet.notifications.rendering import parted
from guichet.notifications.wording import grammar, in_force
from guichet.notifications.wording.catalogue import LANGUAGES, MailKind, every_kind, find

VERSIONS_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a text."""

    template: str
    language: str
    number: int
    text: str
    note: str
    state: VersionState
    author_id: int
    author: str
    written_at: datetime
    enforced_by: str
    enforced_at: datetime | None
    ended_at: datetime | None
    fault: str

    def may_be_enforced_by(self, accounts: Collection[int]) -> bool:
        """Whether somebody with these accounts may put it in force."""
        return may_enforce(self.state, self.author_id, accounts)

    @property
    def waits(self) -> bool:
        """Whether somebody is still to decide on it."""
        return VERSIONS.allows(self.state, VersionAct.DROP)


@dataclass(frozen=True, slots=True)
class Listed:
    """An e-mail in the list: its subject, and its versions in force and waiting."""

    kind: MailKind
    subject: str
    in_force: tuple[Version, ...]
    waiting: tuple[Version, ...]


def listed(language: str) -> tuple[Listed, ...]:
    """Every e-mail, with its subject in this language; one query."""
    told = (VersionState.IN_FORCE.value, VersionState.WRITTEN.value)
    rows = MailText.objects.filter(state__in=told).order_by("template", "language", "number")
    found: dict[str, list[Version]] = {}
    for row in rows:
        found.setdefault(row.template, []).append(_version(row))
    return tuple(_listed(kind, language, found.get(kind.template, [])) for kind in every_kind())


def versions(template: str, language: str) -> tuple[Version, ...]:
    """The versions of one text, newest first."""
    rows = MailText.objects.filter(template=template, language=language).order_by("-number")
    return tuple(_version(row) for row in rows[:VERSIONS_SHOWN])


def version(template: str, language: str, number: int) -> Version:
    """One version. Raises Refusal(TEXT_UNKNOWN)."""
    rows = MailText.objects.filter(template=template, language=language, number=number)
    row = rows.first()
    if row is None:
        raise Refusal(Code.TEXT_UNKNOWN)
    return _version(row)


def current(kind: MailKind, language: str) -> str:
    """The text in force: a version's, or the one that came with the counter."""
    row = in_force.read(kind.template, language)
    return row.text if row else kind.default(language)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: "same", "gone", "new" or, between far parts, "apart"."""

    kind: str
    text: str


def compared(before: str, after: str) -> tuple[Line, ...]:
    """What changes from one text to another, line by line, with three lines around."""
    kinds = {" ": "same", "-": "gone", "+": "new", "@": "apart"}
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    told = list(lines)[2:]
    return tuple(Line(kinds[line[0]], line[1:]) for line in told)


def _listed(kind: MailKind, language: str, found: list[Version]) -> Listed:
    return Listed(
        kind,
        _subject(kind.template, language if language in LANGUAGES else LANGUAGES[0]),
        tuple(one for one in found if one.state is VersionState.IN_FORCE),
        tuple(one for one in found if one.state is VersionState.WRITTEN),
    )


@cache
def _subject(template: str, language: str) -> str:
    """What the text that came with the counter has for a subject, of the first sample."""
    kind = find(template)
    if kind is None:
        raise Refusal(Code.TEXT_UNKNOWN)
    text = grammar.render(kind, language, kind.default(language), kind.samples[0])
    return parted(text).subject


def _version(row: MailText) -> Version:
    return Version(
        template=row.template,
        language=row.language,
        number=row.number,
        text=row.text,
        note=row.note,
        state=VersionState(row.state),
        author_id=row.author,
        author=row.author_label,
        written_at=row.written_at,
        enforced_by=row.enforced_by,
        enforced_at=row.enforced_at,
        ended_at=row.ended_at,
        fault=row.fault,
    )
