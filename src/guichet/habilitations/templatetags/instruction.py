"""The words of instruction in templates: {% load instruction %}."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from guichet.domain.dossier.checks import Level
from guichet.habilitations.queries.queue import News
from guichet.habilitations.texts.instruction import ACTS, LEVELS, NEWS
from guichet.web.templatetags.components import badge

register = template.Library()


@register.simple_tag
def level(found: Level | str | None) -> SafeString:
    """The badge of a level of checks; nothing where nobody has looked."""
    if not found:
        return SafeString("")
    words, kind = LEVELS[Level(found)]
    return badge(str(words), kind=kind)


@register.filter
def news_word(kind: str) -> str:
    """A badge of news in words."""
    return str(NEWS[News(kind)])


@register.filter
def act_word(kind: str) -> str:
    """A decision in words."""
    return str(ACTS.get(kind, kind))


@register.filter
def below(mapping: Any, key: object) -> Any:
    """What a mapping holds under a key; nothing when it holds none."""
    return mapping.get(key, "")
