"""What a text may name: the shape of a sample, and real values copied into that shape.

In a sample a list stands for any number of things of one shape, a tuple for a fixed row of them.
A text gets copies made of texts, numbers, dates, lists and mappings alone: nothing in them can be
called, and nothing leads back to the database.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

ITEMS_AT_MOST: Final = 500
FORLOOP: Final[Mapping[str, Any]] = {
    "counter": 1,
    "counter0": 0,
    "revcounter": 1,
    "revcounter0": 0,
    "first": True,
    "last": True,
}


class UnknownPathError(Exception):
    """A text names what its e-mail does not have."""


def shape_at(shape: Any, lookups: Sequence[str]) -> Any:
    """The shape that a path such as order.number leads to. Raises UnknownPathError."""
    for name in lookups:
        if isinstance(shape, Mapping) and name in shape:
            shape = shape[name]
        elif isinstance(shape, list) and shape and name.isdecimal():
            shape = shape[0]
        elif isinstance(shape, tuple) and name.isdecimal() and int(name) < len(shape):
            shape = shape[int(name)]
        else:
            raise UnknownPathError(".".join(lookups))
    return shape


def is_text(shape: Any) -> bool:
    """Whether a value of this shape can be written as it is."""
    return not isinstance(shape, Mapping | list | tuple)


def paths(shape: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every path of a shape with its sample value, as the editor lists them."""
    if isinstance(shape, Mapping):
        for name, value in shape.items():
            yield from paths(value, f"{prefix}.{name}" if prefix else name)
    elif isinstance(shape, list) and shape:
        yield f"{prefix} []", ""
        yield from paths(shape[0], f"{prefix}[]") if not is_text(shape[0]) else ()
    elif isinstance(shape, tuple):
        for rank, value in enumerate(shape):
            yield from paths(value, f"{prefix}.{rank}")
    else:
        yield prefix, shape


def plain(value: Any, shape: Any) -> Any:
    """A copy of a value, of what its shape names and no more; what is missing is None."""
    if value is None:
        return None
    if isinstance(shape, Mapping):
        return {name: plain(_part(value, name), inner) for name, inner in shape.items()}
    if isinstance(shape, list):
        inner = shape[0] if shape else ""
        return [plain(one, inner) for one in islice(_items(value), ITEMS_AT_MOST)]
    if isinstance(shape, tuple):
        return tuple(plain(one, inner) for one, inner in zip(_items(value), shape, strict=False))
    return value if type(value) in (bool, int, float) else _written(value)


def _written(value: Any) -> Any:
    return value if isinstance(value, date) else str(value)


def _items(value: Any) -> Iterable[Any]:
    return value if isinstance(value, Iterable) and not isinstance(value, str) else ()


def _part(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    found = getattr(value, name, None)
    return found() if callable(found) else found
