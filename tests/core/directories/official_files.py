"""Official files for tests: right by default, a test changes only what it is about."""

import gzip
import zipfile
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from guichet.directories.importing import ImportAsked, Kind, Report, Watch, import_file
from guichet.directories.register import Register
from guichet.domain.checksums import luhn

SAMPLES = files("guichet.demo") / "samples"
UNITS = "StockUniteLegale_utf8.csv"
SITES = "StockEtablissement_utf8.csv"
FINESS = "etalab-cs1100502-stock-20260102-0339.csv"
ACTIVITIES = "PS_LibreAcces_Personne_activite_202601020000.txt"
CARDS = "Porteurs_CPS_CPF_202601020000.txt"
KIND_OF = {
    UNITS: Kind.SIRENE,
    SITES: Kind.SIRENE,
    FINESS: Kind.FINESS,
    ACTIVITIES: Kind.ANNUAIRE,
    CARDS: Kind.ANNUAIRE,
}
DELIMITER_OF = {UNITS: ",", SITES: ",", FINESS: ";", ACTIVITIES: "|", CARDS: "|"}


def sample(name: str) -> bytes:
    """The bytes of a sample of the demo."""
    return (SAMPLES / name).read_bytes()


def with_key(body: str) -> str:
    """The digits closed by their Luhn key."""
    return next(body + key for key in "0123456789" if luhn(body + key))


@cache
def header(name: str) -> list[str]:
    """The names of a sample's columns."""
    return sample(name).decode().splitlines()[0].split(DELIMITER_OF[name])


def line(name: str, **values: str) -> str:
    """One line of a kind of file, empty but for the columns given."""
    fields = dict.fromkeys(header(name), "") | values
    assert len(fields) == len(header(name)), values
    return DELIMITER_OF[name].join(fields.values())


@cache
def many_sites() -> bytes:
    """A file of sites that is long enough for a cut archive to have given lines already."""
    sirets = (with_key(f"999990104{rank:04}") for rank in range(1, 9999))
    return text(SITES, *(line(SITES, siret=siret) for siret in sirets))


def text(name: str, *lines: str) -> bytes:
    """A file of this kind with these lines."""
    return "\n".join((DELIMITER_OF[name].join(header(name)), *lines, "")).encode()


def written(folder: Path, name: str, content: bytes) -> Path:
    """A file on the disk."""
    path = folder / name
    path.write_bytes(content)
    return path


def zipped(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    """A .zip on the disk."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def gzipped(folder: Path, name: str, content: bytes) -> Path:
    """A .gz on the disk."""
    path = folder / name
    with gzip.open(path, "wb") as stream:
        stream.write(content)
    return path


class Importer:
    """Imports files into one register, at a fixed instant."""

    def __init__(self, register: Register, folder: Path, now: datetime) -> None:
        self.register, self.folder, self.now = register, folder, now

    def path(self, path: Path, kind: Kind, watch: Watch | None = None, **asked: object) -> Report:
        wanted = ImportAsked(kind=kind, path=path, **asked)  # type: ignore[arg-type]
        return import_file(self.register, wanted, now=self.now, watch=watch)

    def content(self, name: str, content: bytes, **asked: object) -> Report:
        path = written(self.folder, name, content)
        return self.path(path, KIND_OF[name], **asked)  # type: ignore[arg-type]

    def samples(self) -> None:
        for name in KIND_OF:
            self.content(name, sample(name))
