"""Every field of the product says what is expected; an answer named beside one is there."""

import re
from collections.abc import Iterator
from importlib import import_module

from django.forms import BaseForm, BooleanField, Field
from django.utils import translation

from guichet.domain.dossier.typed import BOXES
from guichet.habilitations import texts
from guichet.processes.application import FURTHER_URLCONFS, URLCONFS
from guichet.web.help.answers import by_slug
from guichet.web.showcase import SampleForm
from kit.french import is_french

# What narrows or sorts a list says by its words what it narrows; explained, it would hide the list.
OF_LISTS = re.compile(r"(Filter|Search|Queue)Form$")
# Blocks of rows, and the number whose company the page shows.
NO_FIELDS = {"siret", "administrators", "rpps_ranks"}


def forms() -> Iterator[type[BaseForm]]:
    """Every form that an address leads to."""
    for urlconf in (*URLCONFS.values(), *FURTHER_URLCONFS.values()):
        import_module(urlconf)
    waiting = [BaseForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("guichet.") and form is not SampleForm:
            yield form


def is_silent(field: Field) -> bool:
    """Whether nothing says what is expected: a box to tick may be a sentence of its own."""
    says_itself = isinstance(field, BooleanField) and str(field.label).endswith(".")
    is_drawn_apart = field.widget.is_hidden or field.label is None
    return not (field.help_text or says_itself or is_drawn_apart)


def test_every_field_says_what_is_expected() -> None:
    found = [form for form in forms() if not OF_LISTS.search(form.__name__)]
    silent = {
        f"{form.__name__}.{name}"
        for form in found
        for name, field in getattr(form, "base_fields", {}).items()
        if is_silent(field)
    }
    assert len(found) > 50
    assert not silent


def test_every_field_speaks_the_readers_language() -> None:
    """Words chosen as a module is read stay French for everybody."""
    found = list(forms())
    with translation.override("en"):
        said = [(form.__name__, text) for form in found for text in words_of(form)]
    assert len(said) > 200
    assert {(name, text) for name, text in said if is_french(text)} == set()


def words_of(form: type[BaseForm]) -> Iterator[str]:
    for field in getattr(form, "base_fields", {}).values():
        yield from map(str, (field.label or "", field.help_text, *field.error_messages.values()))
        yield from (str(words) for _value, words in getattr(field, "choices", ()))


def test_every_field_of_the_declaration_says_what_is_expected() -> None:
    said = texts.HINTS.keys() | BOXES | NO_FIELDS
    assert not texts.LABELS.keys() - said


def test_answers_beside_fields_exist() -> None:
    named = [(form, name, slug) for form in forms() for name, slug in answers_of(form).items()]
    assert len(named) > 15
    for form, name, slug in named:
        assert name in form.base_fields, (form, name)
        assert slug in by_slug(), (form, name)
    assert texts.ANSWERS.keys() <= texts.LABELS.keys()
    assert set(texts.ANSWERS.values()) <= by_slug().keys()


def answers_of(form: type[BaseForm]) -> dict[str, str]:
    return getattr(form, "answers", {})
