"""What an app says of the personal data in its tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import JSONField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from guichet.domain.personal import Person, forms


class Fate(StrEnum):
    """What erasure does with a row about a person."""

    DELETED = "deleted"
    SCRUBBED = "scrubbed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A table that tells of people; `model` is a Django model.

    `texts`: columns, text or JSON, in which what names a person may stand. `accounts`: columns that
    hold the number of an account. `also`: other rows about the person. `kept`: rows that law
    obliges to keep at an instant, for the reason `why`; with Fate.KEPT, all of them. `hidden`:
    columns that are handed out to nobody: hashes of secrets. `only_emails`: addresses alone are
    replaced, though the row is kept.
    """

    model: Any
    texts: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    also: Callable[[Person], Q] | None = None
    fate: Fate = Fate.SCRUBBED
    kept: Callable[[datetime], Q] | None = None
    why: str = ""
    hidden: frozenset[str] = frozenset()
    only_emails: bool = False

    @property
    def name(self) -> str:
        """The table's."""
        return str(self.model._meta.db_table)  # noqa: SLF001 Django's own

    def rows(self, person: Person) -> "QuerySet[Any]":
        """Every row about this person."""
        marks = person.emails if self.only_emails else person.marks
        condition = Q(pk__in=())
        for column in self.accounts:
            condition |= Q(**{f"{column}__in": sorted(person.accounts)})
        if self.also is not None:
            condition |= self.also(person)
        asked: QuerySet[Any] = self.model.objects.all()
        for column in self.texts:
            looked = column
            if is_json(self.model, column):
                looked = f"{column}_as_text"
                asked = asked.annotate(**{looked: Cast(column, TextField())})
            for form in sorted(forms(marks)):
                condition |= Q(**{f"{looked}__icontains": form})
        return asked.filter(condition).order_by("pk")

    def lawful(self, person: Person, at: datetime) -> "QuerySet[Any]":
        """Those of them that are kept."""
        rows = self.rows(person)
        if self.fate is Fate.KEPT:
            return rows
        return rows.filter(self.kept(at)) if self.kept is not None else rows.none()


def is_json(model: type[Model], column: str) -> bool:
    """Whether a column holds JSON."""
    return isinstance(model._meta.get_field(column), JSONField)  # noqa: SLF001 Django's own


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a person cannot be erased yet, and what ends it."""

    what: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """What an app adds to its holdings.

    `known`: more of what names a person, as its tables tell. `hinders`: why not yet. `before`: what
    must be deleted by rules of its own, before rows are scrubbed; it returns how many by table.
    """

    known: Callable[[Person], Person] | None = None
    hinders: Callable[[Person, datetime], Iterable[Hindrance]] | None = None
    before: Callable[[Person, datetime], dict[str, int]] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """All that an app says."""

    holdings: tuple[Holding, ...]
    erasing: Erasing = field(default_factory=Erasing)
