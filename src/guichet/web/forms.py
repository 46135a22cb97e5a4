"""Forms drawn by our components, and objections put on the field they are about."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from http import HTTPStatus
from itertools import chain
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest, QueryDict
from django.template.loader import get_template
from django.utils.functional import lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import hidden_in
from guichet.web import watching
from guichet.web.refusal_texts import TEXTS, explain
from guichet.web.themes.choices import GROUPS, choices
from guichet.web.themes.classes import dress_control, is_worn
from guichet.web.widgets import DRAWN

MOMENT: Final = "%Y-%m-%dT%H:%M"
_CODES: Final = frozenset(code.value for code in Code)
OF_THE_MOMENT: Final = frozenset(
    {
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
HIDDEN: Final = _(
    "Un caractère invisible (%(character)s) est dans ce texte : effacez-le, ou retapez ce passage."
)
NO_SUCH_DAY: Final = _("Donnez une date de 1900 à 2199.")


class DayInput(forms.DateInput):
    """The browser's own calendar, which reads and writes days as ISO 8601 does."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day, with others before and after it: 31 December 9999 has no next day."""

    widget = DayInput
    default_validators = (  # type: ignore[assignment]
        MinValueValidator(FIRST_DAY, NO_SUCH_DAY),
        MaxValueValidator(LAST_DAY, NO_SUCH_DAY),
    )


class MomentField(forms.DateTimeField):
    """A day and an hour of the site's time zone, chosen in the browser's own calendar."""

    default_validators = (  # type: ignore[assignment]
        MinValueValidator(datetime.combine(FIRST_DAY, time.min, UTC), NO_SUCH_DAY),
        MaxValueValidator(datetime.combine(LAST_DAY, time.max, UTC), NO_SUCH_DAY),
    )

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
        super().__init__(input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"], widget=widget, **options)


class FormRenderer(DjangoTemplates):
    """Django's widgets, our fields and error lists."""

    form_template_name = "web/components/fields.html"
    field_template_name = "web/components/field.html"

    def render(
        self, template_name: str, context: dict[str, Any], request: Any = None
    ) -> SafeString:
        """Our own templates come from the site's engine, Django's from its forms, but for the
        plainest controls."""
        dress_control(template_name, context)
        if template_name in GROUPS and is_worn():
            return choices(template_name, context["widget"])
        if template_name in DRAWN:
            return DRAWN[template_name](context["widget"])
        if template_name.startswith("web/"):
            return SafeString(get_template(template_name).render(context, request))
        return SafeString(super().render(template_name, context, request))


def filled(words: Any, **facts: object) -> Any:
    """Lazy words with facts in them; `%` would choose their language as the module is read."""
    return lazy(lambda: str(words) % facts, str)()


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing until it is sent."""
    return request.POST if request.method == "POST" else None


class FilterForm(forms.Form):
    """Filters of a list; what is not understood narrows nothing."""

    def value(self, name: str) -> Any:
        """The cleaned value, or None when it is absent or not understood."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


class RefusalFormMixin(forms.BaseForm):
    """A form that can be told what the domain objects to; no character hides in what is typed.

    What turns the direction of writing (U+202E) has a title say another thing than it holds. Of
    passwords every character counts; `as_sent` are texts for programs, which the domain reads;
    in `remarks`, which one person writes to another, joiners may join (domain.texts.joins).
    """

    as_sent: Collection[str] = ()
    remarks: Collection[str] = ()

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]  # Django's own step, left out of its stubs
        for name, value in [*self.cleaned_data.items()]:
            if self._is_text(name) and (found := self._hidden_in(name, str(value))):
                told = forms.ValidationError(HIDDEN, code="hidden", params={"character": found})
                self.add_error(name, told)

    def _hidden_in(self, name: str, text: str) -> str:
        return hidden_in(text, joined=name in self.remarks)

    def _is_text(self, name: str) -> bool:
        """Whether people read what this field holds."""
        field = self.fields.get(name)
        if not isinstance(field, forms.CharField) or name in self.as_sent:
            return False
        return not field.widget.is_hidden and not isinstance(field.widget, forms.PasswordInput)

    def add_objections(self, objections: Iterable[Objection]) -> None:
        """Puts each objection's words on the field its facts name, or on the whole form."""
        for objection in objections:
            words = explain(objection)
            name = str(objection.mapping.get("field", ""))
            message = forms.ValidationError(f"{words.detail} {words.remedy}", code=words.code)
            self.add_error(name if name in self.fields else None, message)


def status_of(*shown: forms.BaseForm, beside: Iterable[Objection] = ()) -> HTTPStatus:
    """The status of a page that shows these forms: 200, or that of the first that was refused.

    `beside` are objections that the page tells under its forms, or without any. Of several the
    first counts, as on a page of refusal. One to the moment or the size answers as its code
    declares (OF_THE_MOMENT); for others the words are to be corrected: 422.
    """
    of_forms = (
        error.code
        for form in shown
        for errors in form.errors.as_data().values()
        for error in errors
    )
    codes = chain(of_forms, (objection.code.value for objection in beside))
    try:
        first = next(codes)
    except StopIteration:
        return HTTPStatus.OK
    declared = TEXTS[Code(first)].status if first in _CODES else HTTPStatus.UNPROCESSABLE_ENTITY
    is_kept = declared in OF_THE_MOMENT
    return HTTPStatus(declared) if is_kept else HTTPStatus.UNPROCESSABLE_ENTITY


@contextmanager
def refusals_on(
    form: RefusalFormMixin, request: HttpRequest, *, but: Collection[Code] = ()
) -> Iterator[None]:
    """What the block is refused is told on the form and to the watchers, and the page goes on.

    Raises Refusal for the codes in `but`: their answer is another page.
    """
    try:
        yield
    except Refusal as refusal:
        if refusal.code in but:
            raise
        watching.tell(request, refusal)
        form.add_objections(refusal.all)


def is_done(request: HttpRequest, form: RefusalFormMixin, act: Callable[[], object]) -> bool:
    """Whether what was sent is done; what is refused is told on the form.

    Raises Refusal(MOVE_FORBIDDEN): what the form is about has moved meanwhile.
    """
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, request, but={Code.MOVE_FORBIDDEN}):
            act()
            return True
    return False
