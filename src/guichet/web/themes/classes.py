"""Our class names in those of the State's design system (systeme-de-design.gouv.fr, DSFR 1.14).

Templates are translated when they are compiled, once; what Python draws, as it is drawn. A name
that is not here stays, and our own style sheet dresses it in the State's colours and shapes.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

# A name that scripts or our own rules look for is kept beside the other.
CLASSES: Final[Mapping[str, str]] = {
    "btn": "fr-btn",
    "btn-primary": "",
    "btn-secondary": "fr-btn--secondary",
    "btn-quiet": "fr-btn--tertiary-no-outline",
    "btn-nav": "fr-btn--secondary",
    "btn-danger": "fr-btn-danger",
    "btn-sm": "fr-btn--sm",
    "badge": "fr-badge fr-badge--sm fr-badge--no-icon",
    "badge-info": "fr-badge--info",
    "badge-success": "fr-badge--success",
    "badge-warning": "fr-badge--warning",
    "badge-danger": "fr-badge--error",
    "badge-neutral": "",
    "alert": "fr-alert",
    "alert-info": "fr-alert--info",
    "alert-success": "fr-alert--success",
    "alert-warning": "fr-alert--warning",
    "alert-danger": "fr-alert--error",
    "alert-title": "fr-alert__title",
    "callout": "fr-callout",
    "callout-title": "fr-callout__title",
    "field": "field fr-input-group",
    "field-wrong": "field-wrong fr-input-group--error",
    "field-label": "field-label fr-label",
    "field-hint": "fr-hint-text",
    "form-control": "fr-input",
    "form-select": "fr-select",
    "lead": "lead fr-text--lead",
    "page-inner": "page-inner fr-container",
    "choice": "fr-checkbox-group",
    "choices-set": "choices-set fr-fieldset",
    "choices-wrong": "fr-fieldset--error",
    "choices-legend": "fr-fieldset__legend",
    "fold": "fold fr-accordion",
    "fold-title": "fr-accordion__btn",
    "fold-heading": "fold-heading fr-accordion__title",
    "affixed": "affixed fr-input-wrap fr-input-wrap--addon",
}
# Of Django's controls, by the last part of their template's name.
CONTROLS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("date", "email", "number", "password", "tel", "text", "textarea", "url"), "fr-input"
    ),
    "file": "fr-upload",
    "clearable_file_input": "fr-upload",
    "select": "fr-select",
}
CLASS: Final = re.compile(r'(?<![\w-])class="((?:{%.*?%}|{{.*?}}|[^"{]|{(?![%{]))*)"')
OF_THE_ENGINE: Final = re.compile(r"({%.*?%}|{{.*?}})")
# Light and dark have an attribute of each system: ours is kept for our own rules.
SCHEME: Final = re.compile(r'data-bs-theme="([^"]*)"')


def is_worn() -> bool:
    """Whether the site wears the State's design system."""
    return bool(settings.GUICHET.dressing.is_of_the_state)


def classes(ours: str) -> str:
    """Class names in those of the theme that is worn."""
    return _translated(ours) if is_worn() else ours


def dressed(template: str) -> str:
    """The text of a template, with the names of the State's system in its class attributes."""
    named = CLASS.sub(lambda found: f'class="{_value(found[1])}"', template)
    return SCHEME.sub(r'data-bs-theme="\1" data-fr-theme="\1"', named)


def dress_control(template_name: str, context: Mapping[str, Any]) -> None:
    """Give a control that Django draws the class of its kind; nothing in the neutral theme."""
    kind = template_name.rpartition("/")[2].removesuffix(".html")
    if kind in CONTROLS and is_worn():
        attributes = context["widget"]["attrs"]
        held = attributes.get("class", "")
        attributes["class"] = " ".join(filter(None, (_translated(held), CONTROLS[kind])))


def _value(value: str) -> str:
    """A class attribute's value: tags of the engine are left, and what touches them."""
    parts = OF_THE_ENGINE.split(value)
    return "".join(part if place % 2 else _words(part) for place, part in enumerate(parts))


def _words(text: str) -> str:
    return re.sub(r"[^\s]+", lambda found: CLASSES.get(found[0], found[0]), text)


def _translated(names: str) -> str:
    return " ".join(filter(None, (CLASSES.get(name, name) for name in names.split())))
