"""The OpenAPI description -> what the reference page shows of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from guichet.automation import codes
from guichet.automation.api import api
from guichet.automation.described import CODES
from guichet.automation.reference.words import said
from guichet.domain.refusals import Code

TITLES: Final[Mapping[str, Promise]] = {
    "orders": _("Demandes"),
    "products": _("Produits"),
    "structures": _("Structures"),
    "habilitations": _("Habilitations et dossiers"),
    "machines": _("Automates"),
    "webhooks": _("Webhooks"),
    "associations": _("Services et certificats associés"),
}
PLACES: Final[Mapping[str, Promise]] = {
    "path": _("dans l’adresse"),
    "query": _("après « ? »"),
    "header": _("en-tête"),
}
REQUIRED: Final = _("obligatoire")
PREFIX: Final = "/api/v1"
COMMON: Final = frozenset(code.value for code in (*codes.EVERYWHERE, *codes.WRITING))
Pair = tuple[SafeString, list[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationShown:
    """One operation; `parameters` and `answers` are terms with what is said of them."""

    id: str
    method: str
    path: str
    text: str
    parameters: list[Pair]
    body: SafeString
    answers: list[Pair]
    is_deprecated: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """The operations of one resource, in the order of the description."""

    tag: str
    title: object
    operations: list[OperationShown]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a body is made of, or the values of a list."""

    name: str
    text: str
    fields: list[Pair]
    values: list[str]


def resources() -> list[Resource]:
    """Every operation, by resource, in the active language."""
    found: dict[str, list[OperationShown]] = {}
    for path, operations in description()["paths"].items():
        for method, operation in operations.items():
            shown = _operation(path, method, operation)
            found.setdefault(operation["tags"][0], []).append(shown)
    return [Resource(tag, TITLES.get(tag, tag), shown) for tag, shown in found.items()]


def shapes() -> list[Shape]:
    """Every shape that bodies refer to, by name, in the active language."""
    found = sorted(description()["components"]["schemas"].items())
    return [
        Shape(
            name,
            said(schema.get("description", "")),
            [_field(field, told, schema) for field, told in schema.get("properties", {}).items()],
            [str(value) for value in schema.get("enum", ())],
        )
        for name, schema in found
        if not name.endswith("Query")  # told as parameters already
    ]


def common_codes() -> list[str]:
    """The codes that every operation may answer."""
    return [code.value for code in (*codes.EVERYWHERE, *codes.WRITING)]


def texts() -> Iterator[str]:
    """Every text of the description that the page shows, in English."""
    for operations in description()["paths"].values():
        for operation in operations.values():
            yield operation["description"]
            yield from (p["description"] for p in operation["parameters"] if "description" in p)
    for name, schema in description()["components"]["schemas"].items():
        if not name.endswith("Query"):
            yield schema.get("description", "")
            for field in schema.get("properties", {}).values():
                yield field.get("description", "")


@lru_cache(maxsize=1)
def description() -> Mapping[str, Any]:
    """The description as it is served."""
    return api.get_openapi_schema(path_prefix=f"{PREFIX}/")


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> OperationShown:
    sent = operation.get("requestBody", {}).get("content", {})
    return OperationShown(
        id=operation["operationId"],
        method=method.upper(),
        path=path.removeprefix(PREFIX),
        text=said(operation["description"]),
        parameters=[_parameter(found) for found in operation["parameters"]],
        body=_content(sent),
        answers=[_answer(status, told) for status, told in sorted(_statuses(operation))],
        is_deprecated=operation.get("deprecated", False),
    )


def _statuses(operation: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What is proper to an operation: errors whose codes every operation has are told once."""
    for status, told in operation["responses"].items():
        if int(status) < 400 or set(told.get(CODES, ())) - COMMON:
            yield str(status), told


def _parameter(found: Mapping[str, Any]) -> Pair:
    schema = found["schema"]
    told: list[object] = [format_html("{}, {}", PLACES[found["in"]], _kind(schema))]
    if text := found.get("description") or schema.get("description"):
        told.append(said(text))
    return _term(found["name"], is_required=found["in"] == "path" or found["required"]), told


def _field(name: str, told: Mapping[str, Any], schema: Mapping[str, Any]) -> Pair:
    is_sent = schema.get("additionalProperties") is False
    said_of: list[object] = [_kind(told)]
    if text := told.get("description"):
        said_of.append(said(text))
    return _term(name, is_required=is_sent and name in schema.get("required", ())), said_of


def _term(name: str, *, is_required: bool) -> SafeString:
    term = format_html("<code>{}</code>", name)
    return format_html("{} ({})", term, REQUIRED) if is_required else term


def _answer(status: str, told: Mapping[str, Any]) -> Pair:
    own = [code for code in told.get(CODES, ()) if code not in COMMON]
    if int(status) >= 400:
        return format_html("{}", status), [_links(own)]
    shape = _content(told.get("content", {}))
    return format_html("{}", status), [shape or said(told.get("description", ""))]


def _links(found: list[str]) -> SafeString:
    pairs = ((Code(code).value, code) for code in found)
    return format_html_join(", ", '<a href="/aide/refus/#{}"><code>{}</code></a>', pairs)


def _content(content: Mapping[str, Any]) -> SafeString:
    schemas = [found["schema"] for found in content.values() if "schema" in found]
    return _kind(schemas[0]) if schemas else SafeString("")


def _kind(schema: Mapping[str, Any]) -> SafeString:
    """A type as people read it: "integer", "date-time | null", "[ContactOut]", a link."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return format_html('<a href="#{}">{}</a>', name, name)
    for several in ("anyOf", "allOf"):
        if several in schema:
            return format_html_join(" | ", "{}", ((_kind(one),) for one in schema[several]))
    if schema.get("type") == "array":
        return format_html("[{}]", _kind(schema.get("items", {})))
    if "enum" in schema:
        values = ((str(value),) for value in schema["enum"])
        return format_html_join(" | ", "<code>{}</code>", values)
    return format_html("{}", schema.get("format") or schema.get("type") or "object")
