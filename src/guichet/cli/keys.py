"""The list of keys that are never certified."""

from pathlib import Path
from typing import Annotated

import typer

from guichet.cli.base import django_set_up, group

keys = group("keys", "Compromised keys.")


@keys.command("block")
def keys_block(
    file: Annotated[Path, typer.Argument(help="SHA-256 digests of public keys, or PEM")],
    reason: Annotated[
        str, typer.Option(help="compromised, weak, published or other")
    ] = "compromised",
    source: Annotated[str, typer.Option(help="whose list this is; the file's name if none")] = "",
) -> None:
    """Never certify the keys of a file again; tell how many valid certificates carry one."""
    django_set_up()
    from guichet.processes.key_lists import block_file

    raise typer.Exit(block_file(file, reason, source))
