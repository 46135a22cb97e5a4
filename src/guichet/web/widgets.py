"""Django's plainest form controls, drawn without its templates.

Django includes a template for each option of a list and another for its attributes: a form of
filters cost more than the page around it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.html import conditional_escape, format_html, format_html_join
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


def several(widget: Widget) -> SafeString:
    """Radio buttons or boxes, as multiple_input.html but for the titles of groups.

    Django writes a title as the label of no control; here it names a group (WAI-ARIA 1.2, group).
    """
    told = widget["attrs"]
    # Where Django gives no identifiers, names are as good: a title must have one to name by.
    base = told.get("id") or f"id_{widget['name']}"
    drawn = "".join(
        _titled(name, f"{base}_{place}_group", _boxes(options))
        for name, options, place in widget["optgroups"]
    )
    return format_html(
        "<div{}>{}\n</div>",
        attributes((name, told.get(name) or None) for name in ("id", "class")),
        mark_safe(drawn),  # noqa: S308 drawn below
    )


def titled(name: object, identity: str, drawn: SafeString, *, names: str, title: str) -> SafeString:
    """Choices under the title that names them; `names` and `title` are the classes of each."""
    return format_html(
        '\n<div class="{}" role="group" aria-labelledby="{}"><p class="{}" id="{}">{}</p>{}</div>',
        *(names, identity, title, identity, name, drawn),
    )


def _titled(name: object, identity: str, drawn: SafeString) -> SafeString:
    if not name:
        return drawn
    return titled(name, identity, drawn, names="choices-group", title="choices-title")


def _boxes(options: list[Widget]) -> SafeString:
    return format_html_join("", "\n<div><label{}>{} {}</label></div>", map(_box, options))


def _box(option: Widget) -> tuple[SafeString, SafeString, object]:
    return attributes([("for", option["attrs"].get("id"))]), entry(option), option["label"]


DRAWN: Final[Mapping[str, Callable[[Widget], SafeString]]] = {
    f"{FOLDER}/select.html": select,
    f"{FOLDER}/radio.html": several,
    f"{FOLDER}/checkbox_select.html": several,
    **{f"{FOLDER}/{name}.html": entry for name in INPUTS},
}
