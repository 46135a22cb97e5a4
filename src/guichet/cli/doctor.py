"""What may be wrong, explained."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from guichet.cli.base import app, django_set_up

if TYPE_CHECKING:
    from guichet.conf.variables import Variable

COLOURS: Final = {"well": "green", "warning": "yellow", "fault": "red"}
# What an address may say that nobody else should read.
SECRETS: Final = ("SECRET", "pin-value")
PASSWORD: Final = re.compile(r"(://[^:/@]*:)[^@]+@")

doctor = typer.Typer(help="What may be wrong, explained.")
app.add_typer(doctor, name="doctor")


@doctor.callback(invoke_without_command=True)
def settings(context: typer.Context) -> None:
    """Print and explain each setting as this process reads it."""
    if context.invoked_subcommand:
        return
    from guichet.conf.environment import Environment
    from guichet.conf.readers import ConfigurationError
    from guichet.conf.variables import VARIABLES

    try:
        environment = Environment.read(os.environ)
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for variable in VARIABLES:
        typer.echo(f"{variable.name:28} {_value(variable):34} {variable.meaning}")
    state = Path(environment.state)
    typer.echo(f"State folder {state}: {'present' if state.is_dir() else 'not made yet'}")


def _value(variable: "Variable") -> str:
    given = os.environ.get(variable.name)
    if given and any(word in f"{variable.name}={given}" for word in SECRETS):
        return "(given)"
    return PASSWORD.sub(r"\1…@", given or variable.default)


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
