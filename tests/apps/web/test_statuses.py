"""The status that a code declares is the one that is answered: on its page, and on a form."""

import pytest
from django import forms

from guichet.domain.refusals import Code, Objection
from guichet.web.forms import OF_THE_MOMENT, RefusalFormMixin, status_of
from guichet.web.refusal_texts import TEXTS


class Typed(RefusalFormMixin, forms.Form):
    """A form that is good by itself."""

    name = forms.CharField()


def refused(*codes: Code) -> Typed:
    form = Typed({"name": "a"})
    assert form.is_valid()
    form.add_objections(Objection(code, (("field", "name"),)) for code in codes)
    return form


@pytest.mark.parametrize("code", list(Code))
def test_a_form_answers_what_the_code_declares_of_its_moment(code: Code) -> None:
    """409, 413, 429, 503 as declared; what is to be typed again is 422 (RFC 9110 §15.5.21)."""
    declared = TEXTS[code].status
    assert status_of(refused(code)) == (declared if declared in OF_THE_MOMENT else 422)


def test_a_form_that_was_not_refused() -> None:
    assert status_of(Typed(), Typed({"name": "a"})) == 200
    assert status_of(Typed(), Typed({})) == 422


def test_of_several_the_first_counts() -> None:
    """As on a page of refusal, and in a problem document."""
    assert status_of(refused(Code.NAME_INVALID, Code.VIEW_NAME_TAKEN)) == 422
    assert status_of(refused(Code.VIEW_NAME_TAKEN, Code.NAME_INVALID)) == 409
    assert status_of(Typed(), refused(Code.VIEW_NAME_TAKEN)) == 409
