"""The extensions of a certificate in words, beside what the certificate exactly says."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Union

from guichet.orders.texts import EXTENSION_LABELS, EXTENSION_VALUES, EXTENSIONS
from guichet.x509.decode import DescribedExtension, Description

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words = Union[str, "_StrPromise"]


@dataclass(frozen=True, slots=True)
class Line:
    """One value: its label, words or instant, and the exact text where words replace it."""

    words: Words
    label: Words = ""
    at: datetime | None = None
    exact: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """One extension as a person reads it."""

    label: Words
    name: str
    oid: str
    critical: bool
    lines: tuple[Line, ...]


def explained(described: Description) -> list[Explained]:
    """Every extension, in the certificate's order; what has no words is shown as it is."""
    return [
        Explained(
            label=EXTENSIONS.get(extension.name, extension.name),
            name=extension.name,
            oid=extension.oid,
            critical=extension.critical,
            lines=tuple(_line(extension, text) for text in extension.lines),
        )
        for extension in described.extensions
    ]


def _line(extension: DescribedExtension, text: str) -> Line:
    words = EXTENSION_VALUES.get(extension.name, {}).get(text)
    if words is not None:
        return Line(words, exact=text)
    label, colon, value = text.partition(": ")
    if not colon or label not in EXTENSION_LABELS:
        return Line(text)
    at = datetime.fromisoformat(value) if label in {"notBefore", "notAfter"} else None
    return Line(value, label=EXTENSION_LABELS[label], at=at)
