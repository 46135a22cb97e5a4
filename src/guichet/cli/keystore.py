"""Keys at rest."""

import os
from pathlib import Path
from typing import Annotated

import typer

from guichet.cli.base import group

keystore = group("keystore", "Keys at rest.")


@keystore.command()
def rewrap(
    new_passphrase_file: Annotated[
        Path | None, typer.Option(help="File of the new passphrase; asked for without it")
    ] = None,
    same: Annotated[
        bool, typer.Option("--same", help="Keep the passphrase: parameters of today only")
    ] = False,
) -> None:
    """Encrypt every key of a folder again, under a new passphrase or the parameters of today."""
    from guichet.conf.environment import Environment
    from guichet.keystore import KeystoreError
    from guichet.processes import passphrases, rewrapping

    environment = Environment.read(os.environ)
    try:
        old = passphrases.secret(environment, asks=True)()
        new = old if same else rewrapping.new_passphrase(new_passphrase_file)
        done = rewrapping.rewrap(environment, old, new, progress=typer.echo)
    except KeystoreError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Encrypted again: {len(done.changed)} keys; left as they are: {len(done.left)}.")
    if not same:
        place = passphrases.place(environment)
        typer.echo(f"Now put the new passphrase in {place}, and restart the signer.")
