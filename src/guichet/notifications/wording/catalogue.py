"""Every e-mail that the counter may write: apps tell of theirs, since notifications know none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.template.loader import get_template

from guichet.notifications.operator import Operator, operator

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LANGUAGES: Final = ("fr", "en")
SIGNATURE: Final = "notifications/signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKind:
    """One e-mail: its template without language nor ending, what sends it, and a sample.

    `sample` holds every value that it may show (shapes.py says how), `others` what differs in
    further samples. A text that does not show each of `needed` would be of no use: the link of a
    confirmation. `parts` are the templates it may include, beside the signature.
    """

    template: str
    when: "_StrPromise"
    sample: Mapping[str, Any]
    others: tuple[Mapping[str, Any], ...] = ()
    needed: tuple[str, ...] = ()
    parts: tuple[str, ...] = field(default=())

    @property
    def samples(self) -> tuple[Mapping[str, Any], ...]:
        """The values of each sample, the first being whole."""
        return tuple({**everywhere(), **self.sample, **other} for other in ({}, *self.others))

    @property
    def shape(self) -> Mapping[str, Any]:
        """What a text of this e-mail may name."""
        return {**_OPERATOR, **self.sample}

    def part_names(self, language: str) -> tuple[str, ...]:
        """The templates that a text of this language may include."""
        return tuple(f"{part}.{language}.txt" for part in (SIGNATURE, *self.parts))

    def default(self, language: str) -> str:
        """The text that came with the counter."""
        return source_of(f"{self.template}.{language}.txt")


_OPERATOR: Final[Mapping[str, Any]] = {
    "portal_url": "https://guichet.example",
    "operator": dict.fromkeys(Operator.__slots__, "Guichet"),
}
_KINDS: Final[dict[str, MailKind]] = {}


def register(kinds: Iterable[MailKind]) -> None:
    """Tell of e-mails that an app writes."""
    _KINDS.update((kind.template, kind) for kind in kinds)


def every_kind() -> tuple[MailKind, ...]:
    """All of them, app after app."""
    return tuple(_KINDS[name] for name in sorted(_KINDS))


def find(template: str) -> MailKind | None:
    """The e-mail of a template; None when nobody told of it."""
    return _KINDS.get(template)


def everywhere() -> dict[str, Any]:
    """What every e-mail may show."""
    return {"portal_url": settings.GUICHET.portal_url, "operator": operator()}


@cache
def source_of(name: str) -> str:
    """The text of a template that came with the counter. Raises TemplateDoesNotExist."""
    source: str = get_template(name).template.source  # type: ignore[attr-defined]
    return source
