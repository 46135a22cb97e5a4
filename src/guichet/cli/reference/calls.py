"""The calls of the REST API, from its OpenAPI description, as the portal's own page shows them."""

from collections.abc import Iterable
from typing import Final

from guichet.automation.reference import reading
from guichet.cli.reference import markdown
from guichet.cli.reference.words import Words

# The portal explains refusals at an address of its own; here they are a page beside this one.
HELP: Final = "](/aide/refus/#"
HERE: Final = "](from-code-refusals.md#"


def page(words: Words) -> str:
    """The page of the calls, by resource, then of the shapes that their bodies have."""
    common = ", ".join(f"[`{code}`]({HERE[2:]}{code})" for code in reading.common_codes())
    return markdown.page(
        words("Calls of the REST API"),
        words(
            "Addresses are below `/api/v1` of the portal and of the card port. What all calls"
            " have in common is in [the page of the API](rest.md)."
        ),
        f"{words('Any call may be refused by:')} {common}.",
        *(_resource(resource, words) for resource in reading.resources()),
        f"## {words('Shapes')}",
        *(_shape(shape, words) for shape in reading.shapes()),
    )


def _resource(resource: reading.Resource, words: Words) -> str:
    operations = [_operation(operation, words) for operation in resource.operations]
    return "\n\n".join([f"## {resource.title}", *operations])


def _operation(operation: reading.OperationShown, words: Words) -> str:
    ended = [f"**{words('Deprecated.')}**"] if operation.is_deprecated else []
    sent = [f"{words('Body:')} {_linked(operation.body)}"] if operation.body else []
    parts = [
        f"### `{operation.method} {operation.path}`",
        *ended,
        markdown.text(operation.text),
        _pairs((words("parameter"), words("meaning")), operation.parameters),
        *sent,
        _pairs((words("answer"), words("body or codes")), operation.answers),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part)


def _shape(shape: reading.Shape, words: Words) -> str:
    parts = [
        f"### {shape.name}",
        markdown.text(shape.text),
        _pairs((words("field"), words("meaning")), shape.fields),
        markdown.codes(shape.values) if shape.values else "",
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part)


def _pairs(head: tuple[str, str], pairs: Iterable[reading.Pair]) -> str:
    rows = [
        (_linked(term), " — ".join(_linked(told) for told in said_of if str(told)) or "—")
        for term, said_of in pairs
    ]
    return markdown.table(head, rows) if rows else ""


def _linked(value: object) -> str:
    """Markdown whose links lead to refusals, or to shapes by the fragment that headings have."""
    written = markdown.from_html(value).replace(HELP, HERE)
    head, *links = written.split("](#")
    lowered = (f"](#{name.lower()}){rest}" for name, _, rest in (x.partition(")") for x in links))
    return head + "".join(lowered)
