"""Choices among a few as the State's design system has them: a control, then its label beside it.

Django writes the control inside its label, which the system's style sheet does not know.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from guichet.web.drawn import attributes

FOLDER: Final = "django/forms/widgets"
# The classes of one choice, by the template that Django would draw them all with.
GROUPS: Final[Mapping[str, str]] = {
    f"{FOLDER}/radio.html": "fr-radio-group fr-radio-rich",
    f"{FOLDER}/checkbox_select.html": "fr-checkbox-group",
}
Widget = Mapping[str, Any]


def choices(template_name: str, widget: Widget) -> SafeString:
    """The choices of a widget whose template is one of `GROUPS`, under their groups' names."""
    names = GROUPS[template_name]
    drawn = format_html_join("", "{}{}", (_group(names, *one[:2]) for one in widget["optgroups"]))
    identity = attributes([("id", widget["attrs"].get("id"))])
    return format_html('<div class="choices-dsfr"{}>{}</div>', identity, drawn)


def _group(names: str, group: str | None, options: list[Widget]) -> tuple[str, SafeString]:
    title = format_html('<p class="fr-label">{}</p>', group) if group else ""
    return title, format_html_join("", "{}", ((_choice(names, option),) for option in options))


def _choice(names: str, option: Widget) -> SafeString:
    told = [("type", option["type"]), ("name", option["name"]), ("value", str(option["value"]))]
    return format_html(
        '<div class="fr-fieldset__element"><div class="{}"><input{}{}>'
        '<label class="fr-label" for="{}">{}</label></div></div>',
        names,
        attributes(told),
        attributes(option["attrs"].items()),
        option["attrs"].get("id", ""),
        option["label"],
    )
