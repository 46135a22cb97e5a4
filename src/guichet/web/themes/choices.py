"""Choices among a few as the State's design system has them: a control, then its label beside it.

Django writes the control inside its label, which the system's style sheet does not know.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from guichet.web.drawn import attributes
from guichet.web.widgets import titled

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
    identity = widget["attrs"].get("id")
    # Where Django gives no identifiers, names are as good: labels must have one to name.
    base = identity or f"id_{widget['name']}"
    drawn = format_html_join(
        "", "{}", ((_group(names, base, *one),) for one in widget["optgroups"])
    )
    return format_html(
        '<div class="choices-dsfr"{}>{}</div>', attributes([("id", identity)]), drawn
    )


def _group(
    names: str, base: str, group: str | None, options: list[Widget], place: int
) -> SafeString:
    drawn = format_html_join(
        "", "{}", ((_choice(names, f"{base}_{place}_{n}", one),) for n, one in enumerate(options))
    )
    if not group:
        return drawn
    identity = f"{base}_{place}_group"
    return titled(group, identity, drawn, names="choices-dsfr", title="fr-label")


def _choice(names: str, instead: str, option: Widget) -> SafeString:
    held = {"id": instead, **option["attrs"]}
    told = [("type", option["type"]), ("name", option["name"]), ("value", str(option["value"]))]
    return format_html(
        '<div class="fr-fieldset__element"><div class="{}"><input{}{}>'
        '<label class="fr-label" for="{}">{}</label></div></div>',
        names,
        attributes(told),
        attributes(held.items()),
        held["id"],
        option["label"],
    )
