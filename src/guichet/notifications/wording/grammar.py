"""Reading a text that staff wrote: what it may say is known before it is ever rendered.

The engine knows the tags and filters of tags.py, no file but the parts of the e-mail, and is
given plain copies of values. A loop within a loop goes over something of the outer one, so that
what a text costs grows with what it shows and not with its powers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, cast

from django.template import Context, Engine, Node, NodeList, Template, TemplateSyntaxError
from django.template.base import FilterExpression, TextNode, VariableNode
from django.template.defaulttags import ForNode, IfNode
from django.template.loader_tags import IncludeNode
from django.utils import translation

from guichet.domain.refusals import Code, Objection
from guichet.notifications.wording import shapes
from guichet.notifications.wording.catalogue import MailKind, source_of
from guichet.notifications.wording.shapes import UnknownPathError

SOURCE_AT_MOST: Final = 20_000
LOOPS_AT_MOST: Final = 2
OF_LISTS: Final = frozenset({"join", "length"})


class _Engine(Engine):
    """An engine without any of Django's own tags and filters."""

    default_builtins = ["guichet.notifications.wording.tags"]


@lru_cache(maxsize=256)
def _engine(parts: tuple[str, ...]) -> Engine:
    sources = {name: source_of(name) for name in parts}
    loader: Any = ("django.template.loaders.locmem.Loader", sources)
    return _Engine(loaders=[loader], autoescape=False)


def parse(kind: MailKind, language: str, source: str) -> Template:
    """The text, parsed. Raises TemplateSyntaxError on what the grammar does not have."""
    if len(source) > SOURCE_AT_MOST:
        raise TemplateSyntaxError("too long")
    return _engine(kind.part_names(language)).from_string(source)


def render(kind: MailKind, language: str, source: str, values: Mapping[str, Any]) -> str:
    """What a text says of these values, of which it sees copies."""
    with translation.override(language):
        copied = shapes.plain(values, kind.shape)
        return str(parse(kind, language, source).render(Context(copied, autoescape=False)))


@dataclass(slots=True)
class Read:
    """What was found by reading a text: objections, and the paths that it shows."""

    objections: list[Objection] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)

    def object(self, code: Code, text: str) -> None:
        """Keep an objection about this part of the text."""
        self.objections.append(Objection(code, (("field", "text"), ("text", text[:80]))))


def read(kind: MailKind, language: str, template: Template) -> Read:
    """Follow every path of a parsed text, also where a condition would never lead."""
    found = Read()
    _Reader(found, kind.part_names(language)).nodes(template.nodelist, dict(kind.shape), ())
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    found: Read
    parts: tuple[str, ...]

    def nodes(
        self, nodes: Iterable[Node], shape: Mapping[str, Any], loops: tuple[str, ...]
    ) -> None:
        for node in nodes:
            if isinstance(node, TextNode):
                continue
            if isinstance(node, VariableNode):
                self._expression(node.filter_expression, shape, is_shown=True)
            elif isinstance(node, IfNode):
                self._condition(node, shape, loops)
            elif isinstance(node, ForNode):
                self._loop(node, shape, loops)
            elif isinstance(node, IncludeNode):
                self._part(node, shape)
            else:
                self.found.object(Code.TEXT_TAG_FORBIDDEN, type(node).__name__)

    def _condition(self, node: IfNode, shape: Mapping[str, Any], loops: tuple[str, ...]) -> None:
        for condition, nodes in node.conditions_nodelists:
            for expression in _operands(condition):
                self._expression(expression, shape)
            self.nodes(nodes, shape, loops)

    def _loop(self, node: ForNode, shape: Mapping[str, Any], loops: tuple[str, ...]) -> None:
        sequence = cast("FilterExpression", node.sequence)
        root = str(sequence.var).partition(".")[0]
        inner = self._expression(sequence, shape)
        if (loops and root not in loops) or len(loops) >= LOOPS_AT_MOST or sequence.filters:
            self.found.object(Code.TEXT_LOOP_FORBIDDEN, str(sequence))
        if not isinstance(inner, list) or not inner:
            self.found.object(Code.TEXT_LOOP_FORBIDDEN, str(sequence))
            return
        names, element = node.loopvars, inner[0]
        pairs = zip(names, element, strict=False) if isinstance(element, tuple) else ()
        bound = dict(pairs) if len(names) > 1 else {names[0]: element}
        if len(bound) != len(names):
            self.found.object(Code.TEXT_LOOP_FORBIDDEN, str(sequence))
        inside, instead = (
            cast("NodeList", node.nodelist_loop),
            cast("NodeList", node.nodelist_empty),
        )
        self.nodes(inside, {**shape, **bound, "forloop": shapes.FORLOOP}, (*loops, *names))
        self.nodes(instead, shape, loops)

    def _part(self, node: IncludeNode, shape: Mapping[str, Any]) -> None:
        name = node.template.var
        if not isinstance(name, str) or name not in self.parts or node.template.filters:
            self.found.object(Code.TEXT_TAG_FORBIDDEN, f"include {node.template}")
        for expression in node.extra_context.values():
            self._expression(expression, shape)

    def _expression(
        self, expression: FilterExpression, shape: Mapping[str, Any], *, is_shown: bool = False
    ) -> Any:
        """The shape of an expression's value; None when it names nothing that there is."""
        for _function, arguments in expression.filters:
            for is_variable, value in arguments:
                if is_variable:
                    self._path(value, shape)
        reached = self._path(expression.var, shape)
        names = {getattr(function, "_filter_name", "") for function, _args in expression.filters}
        if is_shown and not shapes.is_text(reached) and not names & OF_LISTS:
            self.found.object(Code.TEXT_VARIABLE_UNKNOWN, str(expression))
        if is_shown:
            self.found.shown.add(str(expression.var))
        return reached

    def _path(self, variable: Any, shape: Mapping[str, Any]) -> Any:
        lookups = getattr(variable, "lookups", None)
        if lookups is None:
            return getattr(variable, "literal", variable)
        try:
            return shapes.shape_at(shape, lookups)
        except UnknownPathError as unknown:
            self.found.object(Code.TEXT_VARIABLE_UNKNOWN, str(unknown))
            return None


def _operands(condition: Any) -> Iterator[FilterExpression]:
    """The expressions of a condition: leaves of Django's tree of operators."""
    value = getattr(condition, "value", None)
    if isinstance(value, FilterExpression):
        yield value
    for side in ("first", "second"):
        if (part := getattr(condition, side, None)) is not None:
            yield from _operands(part)
