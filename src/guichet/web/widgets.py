"""Django's plainest form controls, drawn without its templates.

Django includes a template for each option of a list and another for its attributes: a form of
filters cost more than the page around it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from guichet.web.drawn import attributes

Widget = Mapping[str, Any]
FOLDER: Final = "django/forms/widgets"
INPUTS: Final = ("checkbox", "date", "email", "hidden", "number", "password", "tel", "text", "url")


def entry(widget: Widget) -> SafeString:
    """<input>, as input.html."""
    value = widget["value"]
    told = [("type", widget["type"]), ("name", widget["name"])]
    told.append(("value", None if value is None else str(value)))
    return format_html("<input{}{}>", attributes(told), attributes(widget["attrs"].items()))


def select(widget: Widget) -> SafeString:
    """<select> with its options and their groups, as select.html."""
    groups = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    return format_html(
        "<select{}{}>{}\n</select>",
        attributes([("name", widget["name"])]),
        attributes(widget["attrs"].items()),
        mark_safe(groups),  # noqa: S308 drawn below
    )


def _group(name: str | None, options: list[Widget]) -> str:
    drawn = "".join(
        f"\n<option{attributes([('value', str(one['value']))])}"
        f"{attributes(one['attrs'].items())}>{conditional_escape(one['label'])}</option>"
        for one in options
    )
    if not name:
        return drawn
    return f"\n<optgroup{attributes([('label', name)])}>{drawn}\n</optgroup>"


DRAWN: Final[Mapping[str, Callable[[Widget], SafeString]]] = {
    f"{FOLDER}/select.html": select,
    **{f"{FOLDER}/{name}.html": entry for name in INPUTS},
}
