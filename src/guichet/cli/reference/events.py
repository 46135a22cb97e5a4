"""What the journal tells: every event, who writes it, and which tell a webhook."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import guichet
from guichet.automation.webhooks.texts import TOPICS
from guichet.cli.reference import markdown
from guichet.cli.reference.words import Words
from guichet.journal.events import Event

PACKAGE: Final = Path(guichet.__file__).parent


def page(words: Words) -> str:
    """The page of the events, then of the webhooks' topics."""
    head = (words("event"), words("named in"))
    rows = [(markdown.code(e.value), markdown.codes(naming().get(e.name, ()))) for e in Event]
    topics = [(markdown.code(topic.value), markdown.text(told)) for topic, told in TOPICS.items()]
    return markdown.page(
        words("Events of the journal"),
        words(
            "Each change of a state is one entry, of one of these events; the values are kept"
            " for ever. Beside each, the modules of `guichet` that name it."
        ),
        markdown.table(head, rows),
        f"## {words('Topics of the webhooks')}",
        words("What a webhook may be told; [how](../how-to/webhooks.md)."),
        markdown.table((words("topic"), words("meaning")), topics),
    )


@cache
def naming() -> Mapping[str, list[str]]:
    """The modules that name each event, by the event's name in the code."""
    found: dict[str, list[str]] = defaultdict(list)
    for module, name in _named():
        if module not in found[name]:
            found[name].append(module)
    return found


def _named() -> Iterator[tuple[str, str]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(file.relative_to(PACKAGE).with_suffix("").parts)
        source = file.read_text(encoding="utf-8")
        if "Event." not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Attribute(value=ast.Name(id="Event"), attr=name):
                    yield module, name
