"""What is typed shows all that it holds: no form of ours takes a character that hides."""

import pytest
from django import forms

from guichet.backoffice.forms.announcements import AnnouncementForm
from guichet.orders.forms import CsrForm
from guichet.web.forms import RefusalFormMixin

TURNED = "Arr\u202eêt"


class Typed(RefusalFormMixin, forms.Form):
    """One field of each kind."""

    as_sent = ("pem",)

    title = forms.CharField()
    text = forms.CharField(widget=forms.Textarea)
    email = forms.EmailField(required=False)
    password = forms.CharField(widget=forms.PasswordInput)
    once = forms.CharField(widget=forms.HiddenInput)
    pem = forms.CharField(widget=forms.Textarea)
    level = forms.ChoiceField(choices=[("a\u202eb", "A")])


GOOD = {
    **dict.fromkeys(("title", "password", "once", "pem"), "Arrêt à 8\u202fh"),
    "text": "Une ligne\r\n\tet une autre\u202f!",
    "level": "a\u202eb",
}


def test_what_hides_nothing_is_taken() -> None:
    assert Typed(GOOD).is_valid()


@pytest.mark.parametrize("field", ["title", "text"])
@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x1b"])
def test_what_hides_is_refused_by_its_number(field: str, hidden: str) -> None:
    form = Typed(GOOD | {field: f"Arr{hidden}êt"})
    assert list(form.errors) == [field]
    assert f"U+{ord(hidden):04X}" in form.errors[field][0]


@pytest.mark.parametrize("field", ["password", "once", "pem"])
def test_what_nobody_reads_is_left_to_who_judges_it(field: str) -> None:
    assert Typed(GOOD | {field: TURNED}).is_valid()


@pytest.mark.parametrize("field", ["title_fr", "title_en", "text_fr", "text_en"])
def test_an_announcement_says_what_it_holds(field: str) -> None:
    assert [error.code for error in AnnouncementForm({field: TURNED}).errors.as_data()[field]] == [
        "hidden"
    ]


def test_a_request_is_the_domain_s_to_read() -> None:
    assert "csr_text" not in CsrForm({"csr_text": TURNED}).errors
