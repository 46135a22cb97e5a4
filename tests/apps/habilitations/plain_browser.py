"""The applicant's pages as a browser without scripts reads and sends them."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse

FIELD = re.compile(r"<(input|textarea)\b([^>]*)>(?:([^<]*)</textarea>)?")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


def text_of(answer: HttpResponse) -> str:
    """The page as text, typographic spaces made plain."""
    page = answer.content.decode().replace("<wbr>", "").replace("\u202f", " ")
    return re.sub(r"\s+", " ", page.replace("&#x27;", "'").replace("&quot;", '"'))


def form_of(answer: HttpResponse) -> dict[str, Any]:
    """What a browser would send of the form of a page, were nothing touched."""
    page = answer.content.decode()
    body = page[page.index('<form id="f413"') : page.index("</form>", page.index('id="f413"'))]
    body = re.sub(r"<template.*?</template>", "", body, flags=re.DOTALL)
    found: dict[str, Any] = {}
    for tag, attributes, inner in FIELD.findall(body):
        named = dict(ATTRIBUTE.findall(attributes))
        kind = named.get("type", "text")
        if (kind in {"checkbox", "radio"} and "checked" not in named) or kind == "file":
            continue
        if "name" in named:
            value = inner if tag == "textarea" else named.get("value", "")
            found[named["name"]] = value.replace("&quot;", '"').replace("&#x27;", "'")
    return found


def address(number: int, page: str = "") -> str:
    """The address of a page of a dossier."""
    return f"/habilitations/dossiers/{number}/{page}"
