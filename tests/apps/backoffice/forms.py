"""The forms of a page, as a browser would send them with what somebody typed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from lxml import html

CONTROLS = ("input", "select", "textarea", "button")
# What tells one button from another of the same form, and is the same for ten things.
TOLD = re.compile("[a-z_-]{1,20}|1")
TEXT = "Un texte assez long pour plaire"
EMAIL = "si@hopital.fr"
Typed = Mapping[str, Any]


@dataclass(frozen=True)
class Form:
    """Where it is sent by a button, which button, its fields; `needed` had to be completed."""

    action: str
    button: str
    fields: Mapping[str, Any]
    needed: Mapping[str, Any]

    def filled(self, typed: Typed) -> dict[str, Any]:
        """The fields with what is typed over them; bytes are a file."""
        found = {**self.fields, **typed}
        return {
            name: SimpleUploadedFile(f"{name}.bin", value) if isinstance(value, bytes) else value
            for name, value in found.items()
        }


def forms_of(answer: HttpResponse) -> Iterator[Form]:
    """Each button of each form that is posted."""
    if not is_page(answer):
        return
    here = answer.wsgi_request.get_full_path()
    page = html.fromstring(answer.content)
    elsewhere: dict[str, list[Any]] = defaultdict(list)
    for control in page.xpath("//*[@form]"):
        elsewhere[control.get("form")].append(control)
    for form in page.iter("form"):
        if form.get("method", "").lower() == "post":
            own = [one for one in form.iter(*CONTROLS) if not one.get("form")]
            yield from _buttons(form, own + elsewhere[form.get("id", "")], here)


def is_page(answer: HttpResponse) -> bool:
    """Whether it is HTML, with something to read."""
    kind = answer.get("Content-Type", "")
    return not answer.streaming and kind.startswith("text/html") and bool(answer.content)


def _buttons(form: Any, controls: list[Any], here: str) -> Iterator[Form]:
    fields: dict[str, list[str]] = defaultdict(list)
    for control in controls:
        if control.get("name"):
            fields[control.get("name")] += _values(control)
    needed: dict[str, list[str]] = {}
    for control in controls:
        name = control.get("name")
        if name and control.get("required") is not None and not any(fields[name]):
            needed.setdefault(name, _needed(control))
    fields.pop("csrfmiddlewaretoken", None)
    sent = {name: values for name, values in (fields | needed).items() if values}
    which = f"acte={sent['acte'][0]}" if "acte" in sent else ""
    buttons = [one for one in controls if _kind(one) == "submit"]
    for button in buttons:
        name, value = button.get("name"), button.get("value", "")
        action = button.get("formaction") or form.get("action") or here
        pressed = {name: [value]} if name else {}
        shown = f"{name}={value}" if TOLD.fullmatch(value) else name
        yield Form(urljoin(here, action), shown or which, sent | pressed, needed)


def _kind(control: Any) -> str:
    usual = {"button": "submit", "input": "text"}.get(control.tag, "")
    return str(control.get("type", usual))


def _values(control: Any) -> list[str]:
    """What a control says as it is shown."""
    kind = _kind(control)
    if kind in {"submit", "button", "file", "image", "reset"}:
        return []
    if kind in {"checkbox", "radio"}:
        return [control.get("value", "on")] if control.get("checked") is not None else []
    if control.tag == "select":
        return _chosen(control)
    return [(control.text or "").strip() if control.tag == "textarea" else control.get("value", "")]


def _chosen(select: Any) -> list[str]:
    options = list(select.iter("option"))
    found = [one for one in options if one.get("selected") is not None]
    if not found and select.get("multiple") is None:
        found = options[:1]
    return [one.get("value", one.text or "") for one in found]


def _needed(control: Any) -> list[str]:
    """What somebody types, ticks or chooses because it must be."""
    kind = _kind(control)
    if kind in {"checkbox", "radio"}:
        return [control.get("value", "on")]
    if control.tag == "select":
        offered = [one.get("value", "") for one in control.iter("option")]
        return [value for value in offered if value][:1]
    if kind == "file":
        return []
    return [EMAIL if kind == "email" else TEXT]
