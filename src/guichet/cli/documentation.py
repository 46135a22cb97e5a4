"""The reference pages of the documentation, written from the code."""

from pathlib import Path
from typing import Annotated

import typer

from guichet.cli.base import State, app, django_set_up


@app.command("reference")
def reference(
    folder: Annotated[Path, typer.Argument(help="folder to write in: fr/ and en/ below it")],
) -> None:
    """Write the documentation's pages that are drawn from the code, in French and in English."""
    django_set_up(State.UNNEEDED, unfinished=True)
    from guichet.cli.reference.pages import LANGUAGES, write

    for language in LANGUAGES:
        write(folder / language / "reference", language)
