"""Rows made many: each row of the apps is copied with what hangs on it, so that every list grows.

A copy keeps the accounts of its original, so that whoever saw one thing now sees ten. How many are
made is the same each time, whatever chance made of digests and tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.db import DatabaseError, models, transaction

# Sealed, or one for all: what issues certificates, the journal; and the card that one acts by.
LEFT = frozenset(
    {"authority", "journal", "sessions", "contenttypes", "auth", "axes", "identities.card"}
)
KEPT = frozenset({"identities.account"})
FAR = 7_000
MARKS = 10
NAMES = ("CharField", "TextField", "UUIDField")

Kept = dict[tuple[type[models.Model], Any], Any]
Taken = dict[Any, set[Any]]
"""Values that each field has already, of those that make a row unlike any other."""


def multiply(times: int) -> int:
    """Have `times` of each row there is now; how many rows could be made."""
    originals = {model: list(model._default_manager.all()) for model in _models()}
    taken: Taken = {
        field: {getattr(row, field.attname) for row in rows}
        for model, rows in originals.items()
        for field in _alone(model)
    }
    made = 0
    for turn in range(1, times):
        copied: Kept = {}
        for model, rows in originals.items():
            made += _copy_all(model, rows, turn, copied, taken)
    return made


def _models() -> Iterator[type[models.Model]]:
    """Those of our apps, what is pointed at first."""
    ours = [
        m for m in apps.get_models() if LEFT.isdisjoint((m._meta.app_label, m._meta.label_lower))
    ]
    graph = {m: {f.related_model for f in _links(m)} & set(ours) - {m} for m in ours}
    yield from TopologicalSorter(graph).static_order()


@cache
def _links(model: type[models.Model]) -> list[Any]:
    return [f for f in model._meta.concrete_fields if f.is_relation]


def _copy_all(
    model: type[models.Model], rows: list[Any], turn: int, copied: Kept, taken: Taken
) -> int:
    """All at once where none must know the copy of another and none is refused, else by one."""
    if not any(link.related_model is model for link in _links(model)):
        try:
            with transaction.atomic():
                likes = [_like(model, row, turn, copied, taken) for row in rows]
                new = model._default_manager.bulk_create(likes)
        except DatabaseError:
            pass
        else:
            copied |= {(model, row.pk): one.pk for row, one in zip(rows, new, strict=True)}
            return len(new)
    return sum(_copy(model, row, turn, copied, taken) for row in rows)


def _copy(
    model: type[models.Model], row: models.Model, turn: int, copied: Kept, taken: Taken
) -> bool:
    """One row, unless something that it must be the only one of is kept."""
    try:
        with transaction.atomic():
            like = _like(model, row, turn, copied, taken)
            new = model._default_manager.bulk_create([like])[0]
    except DatabaseError:
        return False
    copied[model, row.pk] = new.pk
    return True


def _like(
    model: type[models.Model], row: models.Model, turn: int, copied: Kept, taken: Taken
) -> models.Model:
    """The same row, but for what it is known by, and on the copies of what it hangs on."""
    values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields}
    for link in _links(model):
        if link.related_model._meta.label_lower not in KEPT:
            known = (link.related_model, values[link.attname])
            values[link.attname] = copied.get(known, values[link.attname])
    for field in model._meta.concrete_fields:
        if field.primary_key or field in _alone(model):
            known = taken.setdefault(field, set())
            values[field.attname] = _other(field, values[field.attname], turn, known)
    return model(**values)


@cache
def _alone(model: type[models.Model]) -> set[Any]:
    """Fields that make a row unlike any other: of several together, the one most like a name."""
    fields = {f.name: f for f in model._meta.concrete_fields}
    found = {f for f in fields.values() if f.unique and not f.is_relation}
    for one in model._meta.constraints:
        if isinstance(one, models.UniqueConstraint):
            together = [fields[name] for name in one.fields if not fields[name].is_relation]
            together.sort(
                key=lambda f: (
                    NAMES.index(f.get_internal_type())
                    if f.get_internal_type() in NAMES
                    else len(NAMES)
                )
            )
            found |= set(together[:1])
    return found


def _other(field: Any, value: Any, turn: int, taken: set[Any]) -> Any:
    """Another value of the same kind, which no row has."""
    if isinstance(field, models.AutoField) or value in (None, ""):
        return None if isinstance(field, models.AutoField) else value
    if isinstance(value, UUID):
        return uuid4()
    if isinstance(value, bool) or not isinstance(value, int | str):
        return value
    # Where the mark takes the place of the last characters, it may be what they were.
    found = next(one for n in count(turn, MARKS) if (one := _marked(field, value, n)) not in taken)
    taken.add(found)
    return found


def _marked(field: Any, value: int | str, number: int) -> int | str:
    """The value with a number at its end, as far as there is room, or far from it."""
    if isinstance(value, int):
        return value + number * FAR
    mark = f"{number:02}"
    room = field.max_length or len(value) + len(mark)
    return value[: room - len(mark)] + mark
