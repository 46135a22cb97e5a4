"""The public registers."""

import os
from pathlib import Path
from typing import Annotated

import typer

from guichet.cli.base import group

directory = group("directory", "The public registers, copied locally.")


@directory.command("import")
def directory_import(
    kind: Annotated[str, typer.Argument(help="sirene, finess or annuaire")],
    file: Annotated[Path, typer.Argument(help="official file: plain, .gz or .zip")],
    whole: Annotated[bool, typer.Option(help="the file is the whole national register")] = False,
) -> None:
    """Read an official file into the register; lines that cannot be read are left out and told."""
    from datetime import UTC, datetime

    from rich.console import Console

    from guichet.conf.environment import Environment
    from guichet.directories.importing import ImportAsked, Kind
    from guichet.processes.registers import import_official

    if kind not in set(Kind):
        raise typer.BadParameter(f"{kind}: one of {', '.join(Kind)}")
    here = Environment.read(os.environ)
    asked = ImportAsked(kind=Kind(kind), path=file, whole=whole)
    now, screen = datetime.now(UTC), Console(soft_wrap=True)
    code = import_official(here.state, here.registers, asked, now=now, screen=screen)
    raise typer.Exit(code)


@directory.command("status")
def directory_status() -> None:
    """The files imported: their day, rows, lines left out."""
    from rich.console import Console

    from guichet.conf.environment import Environment
    from guichet.processes.registers import describe

    raise typer.Exit(describe(Environment.read(os.environ).registers, Console(soft_wrap=True)))
