"""What may be wrong, explained."""

import os
from pathlib import Path

import typer

from guichet.cli.base import app


@app.command()
def doctor() -> None:
    """Print and explain each setting as this process reads it."""
    from guichet.conf.environment import ConfigurationError, Environment
    from guichet.conf.variables import VARIABLES

    try:
        environment = Environment.read(os.environ)
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for variable in VARIABLES:
        given = os.environ.get(variable.name)
        value = ("(given)" if "SECRET" in variable.name else given) if given else variable.default
        typer.echo(f"{variable.name:28} {value:34} {variable.meaning}")
    state = Path(environment.state)
    typer.echo(f"State folder {state}: {'present' if state.is_dir() else 'not made yet'}")
