"""Looking for a person in every table, handing out what is found, erasing it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import BinaryField, ProtectedError

from guichet.database.personal.holdings import Fate, Hindrance, Holding, Part, is_json
from guichet.domain.personal import Eraser, Person

Row = Mapping[str, Any]
# The lowest layer first.
Parts = Sequence[Part]


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of a table that stay, and why."""

    table: str
    count: int
    why: str


@dataclass(slots=True)
class Done:
    """What erasure did, or would do: rows by table."""

    deleted: Counter[str] = field(default_factory=Counter)
    scrubbed: Counter[str] = field(default_factory=Counter)
    kept: list[Kept] = field(default_factory=list)


def known(parts: Parts, person: Person) -> Person:
    """The same person, with all that apps know to name them."""
    for part in parts:
        if part.erasing.known is not None:
            person = part.erasing.known(person)
    return person


def hindrances(parts: Parts, person: Person, at: datetime) -> tuple[Hindrance, ...]:
    """Why this person cannot be erased yet."""
    asked = [part.erasing.hinders for part in parts if part.erasing.hinders is not None]
    return tuple(hindrance for hinders in asked for hindrance in hinders(person, at))


def found(parts: Parts, person: Person) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Every table that tells of this person, with its rows as they are handed out."""
    every = [holding for part in parts for holding in part.holdings]
    hidden: dict[str, set[str]] = {}
    for holding in every:
        hidden.setdefault(holding.name, set()).update(holding.hidden)
    told: dict[str, dict[Any, Row]] = {}
    for holding in every:
        for row in holding.rows(person):
            told.setdefault(holding.name, {})[row.pk] = _shown(row, hidden[holding.name])
    for table, rows in sorted(told.items()):
        yield table, tuple(rows.values())


def erase(parts: Parts, person: Person, at: datetime) -> Done:
    """Delete or scrub all that law lets go, what stands on others first. In a transaction."""
    done, eraser = Done(), Eraser(person)
    for part in reversed(parts):
        if part.erasing.before is not None:
            done.deleted.update(part.erasing.before(person, at))
        for holding in part.holdings:
            _erase(holding, eraser, done, at)
    return done


def would_erase(parts: Parts, person: Person, at: datetime) -> Done:
    """What `erase` would do now; nothing is changed."""
    with transaction.atomic():
        done = erase(parts, person, at)
        transaction.set_rollback(True)
    return done


def _erase(holding: Holding, eraser: Eraser, done: Done, at: datetime) -> None:
    kept = holding.lawful(eraser.person, at)
    if count := kept.count():
        done.kept.append(Kept(holding.name, count, holding.why))
    if holding.fate is Fate.KEPT:
        return
    for row in holding.rows(eraser.person).exclude(pk__in=list(kept.values_list("pk", flat=True))):
        if holding.fate is Fate.DELETED and _delete(row):
            done.deleted[holding.name] += 1
        elif _scrub(row, holding, eraser):
            done.scrubbed[holding.name] += 1


def _delete(row: Any) -> bool:
    """Delete a row; False where others stand on it, and it stays."""
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        return False
    return True


def _scrub(row: Any, holding: Holding, eraser: Eraser) -> bool:
    """Take the person out of a row's texts; whether it told of them."""
    changes = {}
    only = Eraser(Person(emails=eraser.person.emails)) if holding.only_emails else eraser
    for column in holding.texts:
        before = getattr(row, column)
        if before is None:
            continue
        after = only.value(before) if is_json(type(row), column) else only.text(before)
        if after != before:
            changes[column] = after
    if changes:
        type(row).objects.filter(pk=row.pk).update(**changes)
    return bool(changes)


def _shown(row: Any, hidden: set[str]) -> Row:
    return {
        column.name: getattr(row, column.attname)
        for column in row._meta.concrete_fields  # noqa: SLF001 Django's own
        if column.name not in hidden and not isinstance(column, BinaryField)
    }
