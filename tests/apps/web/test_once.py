"""What a page asks is asked once, and nothing is kept beyond it."""

from django import forms
from django.forms.renderers import DjangoTemplates

from guichet.web.forms import FormRenderer
from guichet.web.once import once_a_page, while_reading

ASKED = []
FEW = [("x<", "X & y"), ("1", "un"), (2, "deux")]


@once_a_page
def read(who: str, *, at: int = 0) -> str:
    ASKED.append(who)
    return f"{who}{at}"


def test_a_page_that_reads_asks_once_and_one_that_changes_each_time() -> None:
    for method, times in (("GET", 2), ("HEAD", 2), ("POST", 4), (None, 4)):
        ASKED.clear()
        with while_reading(method):
            assert [read("a"), read("a"), read("b"), read("b")] == ["a0", "a0", "b0", "b0"]
        assert len(ASKED) == times, method
    ASKED.clear()
    with while_reading("GET"):
        assert (read("a", at=1), read("a", at=2)) == ("a1", "a2")
    read("a")
    read("a")
    assert len(ASKED) == 4


class Controls(forms.Form):
    """What Django's templates would draw, with what must be escaped."""

    choice = forms.ChoiceField(
        choices=[("", "—"), ("x<", "X & y"), ("Groupe", [("1", "un"), (2, "deux")])],
        initial="x<",
        required=False,
    )
    one = forms.ChoiceField(choices=FEW, widget=forms.RadioSelect(attrs={"class": "a"}))
    some = forms.MultipleChoiceField(
        choices=FEW, initial=["1", "2"], widget=forms.CheckboxSelectMultiple, disabled=True
    )
    text = forms.CharField(max_length=5, initial='q"<', help_text="aide")
    number = forms.IntegerField(initial=1234, min_value=0)
    day = forms.DateField(required=False)
    ticked = forms.BooleanField(required=False, initial=True)
    secret = forms.CharField(widget=forms.PasswordInput)
    hidden = forms.CharField(widget=forms.HiddenInput, disabled=True)


def test_controls_are_drawn_as_django_would() -> None:
    for data in (None, {"text": "é&", "choice": "zz", "number": "x"}):
        for name in Controls().fields:
            ours, theirs = (
                "".join(Controls(data, renderer=how())[name].as_widget().split())
                for how in (FormRenderer, DjangoTemplates)
            )
            assert ours == theirs
