"""Filters of the back office's templates: {% load backoffice %}."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django import template
from django.utils.translation import gettext_lazy as _

from guichet.web.drawn import moment_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NUMBERED: Final[Mapping[str, "_StrPromise"]] = {
    "order": _("Demande %(n)d"),
    "product": _("Produit %(n)d"),
    "dossier": _("Dossier %(n)d"),
    "incident": _("Incident %(n)d"),
}
register = template.Library()


@register.filter
def written(facts: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Terms and values for {% description_list %}: instants in the site's time zone."""
    return [
        (term, moment_words(value) if isinstance(value, datetime) else value)
        for term, value in facts
    ]


@register.filter
def called(subject: str) -> str:
    """What a subject of the journal ("order:101180") is called on pages; itself without number."""
    kind, _colon, number = subject.partition(":")
    if kind in NUMBERED and number.isdecimal():
        return str(NUMBERED[kind]) % {"n": int(number)}
    return subject
