"""Authorities and their states."""

import typer

from guichet.cli.base import app, django_set_up


@app.command("authorities")
def list_authorities() -> None:
    """Every authority, each generation: its state, its end, who certified it, its serial number."""
    django_set_up()
    from guichet.processes.authorities import describe

    typer.echo("\n".join(describe()))
