"""What may be wrong, explained."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from guichet.cli.base import State, app, django_set_up

if TYPE_CHECKING:
    from guichet.conf.variables import Variable
    from guichet.processes.doctor import Finding

COLOURS: Final = {"well": "green", "warning": "yellow", "fault": "red"}
# What an address may say that nobody else should read.
SECRETS: Final = ("SECRET", "pin-value")
UNREADABLE: Final = {
    "check": "settings",
    "grade": "fault",
    "why": "No process starts on settings that it cannot read.",
    "mend": "Correct this variable: guichet doctor settings explains each",
}

doctor = typer.Typer(help="What may be wrong, explained.")
app.add_typer(doctor, name="doctor")


@doctor.callback(invoke_without_command=True)
def look(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="for programs: a JSON array")] = False,
) -> None:
    """Explain each setting, look for the likeliest faults; end with 1 when there is one.

    What is wrong is told with why it matters and the command that mends it.
    """
    if context.invoked_subcommand:
        return
    if (told := _unreadable()) is not None:
        _say_unreadable(told, as_json=as_json)
        raise typer.Exit(1)
    if not as_json:
        settings()
        typer.echo()
    django_set_up(State.UNNEEDED, unfinished=True)
    from django.conf import settings as django_settings
    from django.utils import timezone

    from guichet.processes.doctor import Grade, examine

    findings = []
    for found in examine(django_settings.GUICHET, timezone.now()):
        findings.append(found)
        if not as_json:
            _print(found)
    if as_json:
        told_all = [found.written() for found in findings]
        typer.echo(json.dumps(told_all, indent=2, ensure_ascii=False))
    raise typer.Exit(int(any(found.grade is Grade.FAULT for found in findings)))


def _unreadable() -> str | None:
    """What is wrong with the settings; None when they can be read."""
    from guichet.conf.environment import Environment
    from guichet.conf.readers import ConfigurationError

    try:
        Environment.read(os.environ)
    except ConfigurationError as error:
        return str(error)
    return None


def _say_unreadable(told: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([UNREADABLE | {"found": told}], indent=2, ensure_ascii=False))
    else:
        typer.echo(f"{told}\n  why   {UNREADABLE['why']}\n  mend  {UNREADABLE['mend']}", err=True)


def _print(found: "Finding") -> None:
    grade = typer.style(f"{found.grade.value:8}", fg=COLOURS[found.grade.value])
    typer.echo(f"{grade} {found.check:20} {found.found}")
    if found.why:
        typer.echo(f"{'':8} {'':20} why: {found.why}\n{'':8} {'':20} mend: {found.mend}")


@doctor.command()
def settings() -> None:
    """Print and explain each setting as this process reads it."""
    from guichet.conf.environment import Environment
    from guichet.conf.variables import VARIABLES

    if (told := _unreadable()) is not None:
        typer.echo(told, err=True)
        raise typer.Exit(1)
    for variable in VARIABLES:
        typer.echo(f"{variable.name:28} {_value(variable):34} {variable.meaning}")
    state = Path(Environment.read(os.environ).state)
    typer.echo(f"State folder {state}: {'present' if state.is_dir() else 'not made yet'}")


def _value(variable: "Variable") -> str:
    given = os.environ.get(variable.name)
    if not given and (file := os.environ.get(f"{variable.name}_FILE")):
        return f"(in {file})"
    if given and any(word in f"{variable.name}={given}" for word in SECRETS):
        return "(given)"
    from guichet.conf.readers import without_password

    return without_password(given or variable.default)


@doctor.command()
def keystore() -> None:
    """Look at the keystore and each authority's key; end with 1 when something is wrong.

    Tries a PIN once: when it is refused, correct it before trying again.
    """
    django_set_up()
    from django.conf import settings as django_settings
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from guichet.processes.keystore_examination import Grade, examine

    findings = examine(django_settings.GUICHET)
    table = Table("Looked at", "", "Found", title="Keystore", title_justify="left")
    for found in findings:
        grade = Text(found.grade.value, style=COLOURS[found.grade.value])
        table.add_row(Text(found.step), grade, Text(found.says, overflow="fold"))
    Console(soft_wrap=not os.isatty(1)).print(table)
    if any(found.grade is Grade.FAULT for found in findings):
        raise typer.Exit(1)
