"""The registers of the demo: made files, in the official formats, imported as official ones are."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from guichet.directories.importing import ImportAsked, Kind, import_file
from guichet.directories.register import Register

# The year of the samples' dates, and the day they tell of.
WRITTEN_IN: Final = 2026
CARDS: Final = "Porteurs_CPS_CPF_202601020000.txt"
SAMPLES: Final = (
    (Kind.SIRENE, "StockUniteLegale_utf8.csv"),
    (Kind.SIRENE, "StockEtablissement_utf8.csv"),
    (Kind.FINESS, "etalab-cs1100502-stock-20260102-0339.csv"),
    (Kind.ANNUAIRE, "PS_LibreAcces_Personne_activite_202601020000.txt"),
    (Kind.ANNUAIRE, CARDS),
)
CARD_DAY: Final = re.compile(r"(?<=\|)(20\d\d)(?=\d{4}\|)", re.ASCII)


def load(state: Path, at: datetime | None = None) -> str:
    """Import the samples into the registers of this state folder; again changes nothing."""
    now = at or datetime.now(UTC)
    register = Register(state / "registers.sqlite")
    day, rows = date(now.year, 1, 2), 0
    for kind, name in SAMPLES:
        with _sample(name, now.year) as path:
            asked = ImportAsked(kind=kind, path=path, as_of=day)
            rows += import_file(register, asked, now=now).rows
    return f"{rows} lignes d’échantillon"


@contextmanager
def _sample(name: str, year: int) -> Iterator[Path]:
    """A sample as a file. Cards move with the years, so that valid ones stay valid."""
    resource = files("guichet.demo") / "samples" / name
    if name != CARDS or year == WRITTEN_IN:
        with as_file(resource) as path:
            yield path
        return
    text = resource.read_text(encoding="utf-8")
    moved = CARD_DAY.sub(lambda found: str(int(found[1]) + year - WRITTEN_IN), text)
    with tempfile.TemporaryDirectory(prefix="guichet-samples-") as folder:
        path = Path(folder, name)
        path.write_text(moved, encoding="utf-8")
        yield path
