"""Forms drawn by our components, and objections put on the field they are about."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.template.loader import get_template
from django.utils.safestring import SafeString

from guichet.domain.refusals import Objection
from guichet.web.refusal_texts import explain


class FormRenderer(DjangoTemplates):
    """Django's widgets, our fields and error lists."""

    form_template_name = "web/components/fields.html"
    field_template_name = "web/components/field.html"

    def render(
        self, template_name: str, context: dict[str, Any], request: Any = None
    ) -> SafeString:
        """Our own templates come from the site's engine, Django's from its forms."""
        if template_name.startswith("web/"):
            return SafeString(get_template(template_name).render(context, request))
        return SafeString(super().render(template_name, context, request))


class RefusalFormMixin(forms.BaseForm):
    """A form that can be told what the domain objects to."""

    def add_objections(self, objections: Iterable[Objection]) -> None:
        """Puts each objection's words on the field its facts name, or on the whole form."""
        for objection in objections:
            words = explain(objection)
            name = str(objection.mapping.get("field", ""))
            message = forms.ValidationError(f"{words.detail} {words.remedy}", code=words.code)
            self.add_error(name if name in self.fields else None, message)
