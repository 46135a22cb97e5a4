"""Compiles the message catalogues: `python -m guichet.web.catalogues`."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

PACKAGE = Path(__file__).resolve().parent.parent
# The sources bear no date, where Babel would write the hour: whoever compiles them has the same.
UNDATED: Final = datetime.fromtimestamp(0, UTC)


class CatalogueError(Exception):
    """A catalogue cannot be read; the message names it."""


def read(source: Path) -> Catalog:
    """A catalogue from its source. Raises CatalogueError."""
    try:
        with source.open("rb") as stream:
            return read_po(stream, locale=source.parent.parent.name, abort_invalid=True)
    except (PoFileError, ValueError) as fault:
        raise CatalogueError(f"{source}: {fault}") from fault


def compile_all(package: Path = PACKAGE, *, anew: bool = True) -> int:
    """Compiles every locale/*/LC_MESSAGES/*.po below `package`; returns how many.

    Unless `anew`, those alone that were written since they were compiled.
    """
    found = sorted(package.glob("**/locale/*/LC_MESSAGES/*.po"))
    sources = [source for source in found if anew or _is_newer(source)]
    for source in sources:
        catalogue = read(source)
        catalogue.creation_date = UNDATED
        target = source.with_suffix(".mo")
        aside = target.with_suffix(f".mo.{os.getpid()}")  # two may compile at the same time
        with aside.open("wb") as stream:
            write_mo(stream, catalogue)
        aside.replace(target)
    return len(sources)


def _is_newer(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or source.stat().st_mtime_ns >= target.stat().st_mtime_ns


if __name__ == "__main__":
    sys.stdout.write(f"{compile_all()} catalogues compiled\n")
