"""Parts of a page that are the same for many people, drawn once a process ({% load keeping %}).

Tags::

    {% kept %}…{% endkept %}                    the same wherever the language is
    {% kept site.base site.navigation %}…{% endkept %}   and these values, which are hashable

What is within depends on nothing else: no {% csrf_token %}, nobody's name, no address with a query.
The settings and the addresses of the listener need not be named.
"""

from typing import Any, Final

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.urls import get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
KEPT_AT_MOST: Final = 500
"""Texts that one tag keeps: more than a site has of languages, roles and places."""


class Kept(template.Node):
    """Its nodes' text, by what it depends on."""

    def __init__(self, nodelist: NodeList, values: list[FilterExpression]) -> None:
        self.nodelist = nodelist
        self._values = values
        self._texts: dict[tuple[Any, ...], tuple[object, SafeString]] = {}

    def render(self, context: Context) -> SafeString:
        """The text kept for these values and these settings, or a new one."""
        told = [value.resolve(context) for value in self._values]
        key = (get_language(), get_urlconf() or settings.ROOT_URLCONF, *told)
        found = self._texts.get(key)
        # A look at the settings costs less than to compare all that they say.
        if found is not None and found[0] is settings.GUICHET:
            return found[1]
        text = self.nodelist.render(context)
        if len(self._texts) >= KEPT_AT_MOST:
            self._texts.clear()
        self._texts[key] = settings.GUICHET, text
        return text


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """What is within, drawn once for each set of the values that are named."""
    _name, *values = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodelist, [parser.compile_filter(value) for value in values])
