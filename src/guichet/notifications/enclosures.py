"""Papers that leave with an e-mail: named when it is written, made when it leaves.

Each app registers what it can make, since notifications know none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that leaves with an e-mail."""

    name: str
    media_type: str
    content: bytes


class EnclosureUnmadeError(Exception):
    """A paper could not be made now; its e-mail waits and is tried again."""


Maker = Callable[[str], Enclosure | None]
_MAKERS: Final[dict[str, Maker]] = {}


def register(kind: str, maker: Maker) -> None:
    """Make enclosures of this kind ("receipt") from what follows it in their reference."""
    _MAKERS[kind] = maker


def make(reference: str) -> Enclosure | None:
    """The file of a reference such as "receipt:9073113:1"; None when it is no more.

    Raises EnclosureUnmadeError.
    """
    kind, _, rest = reference.partition(":")
    maker = _MAKERS.get(kind)
    try:
        return maker(rest) if maker else None
    except Exception as fault:
        raise EnclosureUnmadeError(f"{reference}: {fault}") from fault
