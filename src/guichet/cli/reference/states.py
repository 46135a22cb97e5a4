"""The lives of what the counter keeps: each table of states that the domain holds."""

import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any

from guichet import domain
from guichet.cli.reference import markdown
from guichet.cli.reference.words import Words
from guichet.domain.machine import Machine


@dataclass(frozen=True, slots=True)
class Life:
    """One table of states: the module that holds it, and its kind of state."""

    module: str
    machine: Machine[Any, Any]
    states: type[StrEnum]

    @property
    def title(self) -> str:
        """ "dossier", "signing", "acme authorization": what the states are of."""
        name = self.states.__name__.removesuffix("State").removesuffix("Status").lower()
        folder = self.module.removeprefix("guichet.domain.").split(".")[0]
        matter = folder if folder.endswith("ss") else folder.removesuffix("s")
        return name if matter in {"order", "certificate", name} else f"{matter} {name}"

    @property
    def final(self) -> list[str]:
        """States that nothing leaves."""
        return [state.value for state in self.states if not self.machine.acts(state)]


def lives() -> Iterator[Life]:
    """Every table that a module of the domain makes."""
    for found in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        for machine in vars(import_module(found.name)).values():
            if isinstance(machine, Machine):
                state = next(iter(machine.moves))[0]
                if type(state).__module__ == found.name:
                    yield Life(found.name, machine, type(state))


def page(words: Words) -> str:
    """The page of the states, a section for each table."""
    return markdown.page(
        words("States"),
        words(
            "A state changes by the acts of these tables and by no other: what is not there is"
            " refused ([`move-forbidden`](from-code-refusals.md#move-forbidden))."
        ),
        *(_section(life, words) for life in sorted(lives(), key=lambda life: life.title)),
    )


def _section(life: Life, words: Words) -> str:
    head = (words("state"), words("act"), words("next state"))
    rows = [tuple(markdown.code(one.value) for one in move) for move in life.machine.table()]
    told = words(inspect.getdoc(life.states) or "")
    return (
        f"## {words(life.title.capitalize())}\n\n{markdown.text(told)} "
        f"{words('Table:')} `{life.module}`.\n\n```dot\n{_dot(life)}\n```\n\n"
        f"{markdown.table(head, rows)}\n"
        f"{words('Nothing leaves:')} {markdown.codes(life.final)}."
    )


def _dot(life: Life) -> str:
    """The table in Graphviz's language; docs/site/draw.mjs draws it. Final states are thick."""
    nodes = [f'"{state}" [penwidth=2.5]' for state in life.final]
    edges = [
        f'"{a.value}" -> "{b.value}" [label=" {act.value}"]' for a, act, b in life.machine.table()
    ]
    look = [
        'bgcolor="transparent"',
        'node [shape=box style="rounded,filled" fontname=Courier fontsize=13 height=0.35]',
        "edge [fontname=Courier fontsize=12 arrowsize=0.7]",
    ]
    return "\n".join(["digraph {", *(f"  {line}" for line in (*look, *nodes, *edges)), "}"])
