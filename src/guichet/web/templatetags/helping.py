"""Template tags of the help (built in: no {% load %}).

Tags::

    {% term "csr" %}                  the word of the glossary, its definition one press away
    {% term "csr" "votre demande" %}  the same under other words
    {% help_link "cle-perdue" %}      a link to an answer, in a tab of its own
    {% field_help field %}            the same, for a field whose form says which answer it has
    {% refusal_help words.code %}     the same, for a refusal

A word is marked where a newcomer meets it first, once a page. Within a sentence::

    {% term "csr" "CSR" as csr %}{% blocktranslate %}La {{ csr }} porte…{% endblocktranslate %}
"""

from typing import Any, Final

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from guichet.domain.refusals import Code
from guichet.web.help.answers import by_slug
from guichet.web.help.glossary import definitions
from guichet.web.help.refusals import ANSWERS as REFUSALS

register = template.Library()
DEFINED: Final = "guichet.terms"


@register.simple_tag(takes_context=True)
def term(context: Context, key: str, text: str = "") -> SafeString:
    """A word of the glossary; pressing it shows its definition. KeyError for an unknown key."""
    definition = definitions(get_language() or "fr")[key]
    # The lowest of the dictionaries is that of the whole page, included parts with it.
    page: dict[str, Any] = context.render_context.dicts[0]  # type: ignore[assignment]
    numbers = page.setdefault(DEFINED, {})
    numbers[key] = numbers.get(key, 0) + 1
    values = {
        "definition": definition,
        "text": text or definition.term,
        "identifier": f"mot-{key}-{numbers[key]}",
        "base": _base(context),
    }
    return SafeString(render_to_string("web/components/term.html", values).strip())


@register.simple_tag(takes_context=True)
def help_link(context: Context, slug: str) -> SafeString:
    """A link to an answer, in words: its question. KeyError for an unknown answer."""
    return _link(slug, _base(context))


@register.simple_tag(takes_context=True)
def field_help(context: Context, field: BoundField) -> SafeString:
    """A link to the answer that the form names for a field (`answers`), or nothing."""
    slug = getattr(field.form, "answers", {}).get(field.name)
    return _link(slug, _base(context)) if slug else SafeString("")


@register.simple_tag(takes_context=True)
def refusal_help(context: Context, code: Code) -> SafeString:
    """A link to the answer behind a refusal, or nothing."""
    slug = REFUSALS.get(code)
    return _link(slug, _base(context)) if slug else SafeString("")


def _link(slug: str, base: str) -> SafeString:
    said = by_slug()[slug].said(get_language())
    values: dict[str, Any] = {"slug": slug, "question": said.question, "base": base}
    return render_to_string("web/components/help_link.html", values)


def _base(context: Context) -> str:
    """Where the help is, from another listener than the portal."""
    site = context.get("site")
    return str(site["base"]) if site else ""
