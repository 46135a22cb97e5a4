"""The command line: every verb with its arguments and options, from the command itself."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from typer.main import get_command

from guichet.cli.base import app
from guichet.cli.reference import markdown
from guichet.cli.reference.words import Words

NAME: Final = "guichet"
# Typer wraps click's classes in its own, whose names are no public interface.
Command = Any


def page(words: Words) -> str:
    """The page of the command `guichet`."""
    sections = [_section(path, command, words) for path, command in every() if len(path) > 1]
    return markdown.page(
        words("The guichet command"),
        words("Every verb, as the command declares it; --help says the same at the terminal."),
        *sections,
    )


def every() -> Iterator[tuple[tuple[str, ...], Command]]:
    """Each verb and each group, by the words that call it."""
    yield from _below((NAME,), get_command(app))


def _below(path: tuple[str, ...], command: Command) -> Iterator[tuple[tuple[str, ...], Command]]:
    yield path, command
    found: Mapping[str, Command] = getattr(command, "commands", {})
    for name, verb in found.items():
        if not verb.hidden:
            yield from _below((*path, name), verb)


def _section(path: tuple[str, ...], command: Command, words: Words) -> str:
    is_group = hasattr(command, "commands")
    title = f"{'#' * len(path)} `{' '.join(path)}`"
    told = [words(paragraph) for paragraph in (command.help or "").split("\n\n")]
    parts = [title, *(markdown.text(paragraph) for paragraph in told)]
    if not is_group:
        parts.append(f"```text\n{_usage(path, command)}\n```")
    if rows := [_row(parameter, words) for parameter in command.params]:
        head = (words("argument or option"), words("meaning"), words("unless given"))
        parts.append(markdown.table(head, rows))
    return "\n\n".join(parts)


def _usage(path: tuple[str, ...], command: Command) -> str:
    arguments = [_argument(p) for p in command.params if _is_argument(p)]
    options = ["[OPTIONS]"] if any(not _is_argument(p) for p in command.params) else []
    return " ".join([*path, *options, *arguments])


def _argument(parameter: Any) -> str:
    name = parameter.name.upper() + ("…" if parameter.nargs != 1 else "")
    return name if parameter.required else f"[{name}]"


def _is_argument(parameter: Any) -> bool:
    return str(parameter.param_type_name) == "argument"


def _row(parameter: Any, words: Words) -> tuple[str, str, str]:
    names = [_argument(parameter)] if _is_argument(parameter) else parameter.opts
    names = [*names, *parameter.secondary_opts]
    given = words("required") if parameter.required else _default(parameter.default)
    return markdown.codes(names), markdown.text(words(parameter.help or "")), given


def _default(value: object) -> str:
    is_nothing = value is None or value is False or value in {"", ()} or callable(value)
    return "—" if is_nothing else markdown.code(value)
