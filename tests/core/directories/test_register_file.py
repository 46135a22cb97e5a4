"""The register's file: the same content each time, consistent when stopped, never silent."""

import signal
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from core.directories.conftest import NOW
from core.directories.official_files import (
    ACTIVITIES,
    FINESS,
    KIND_OF,
    SITES,
    UNITS,
    Importer,
    line,
    sample,
    text,
    with_key,
    written,
)
from guichet.directories import importing
from guichet.directories.importing import Kind, Progress, Watch
from guichet.directories.register import Register, RegisterError
from guichet.directories.runs import RunState
from guichet.directories.schema import ESTABLISHMENTS, HEALTH_SITES
from guichet.domain.identifiers import CardNumber, Finess, PersonId, Siret

JEANNE = PersonId("899700203047")


def content(register: Register) -> list[str]:
    """Every row of every table."""
    connection = sqlite3.connect(register.path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def siret(number: int) -> str:
    return with_key(f"999990104{number:04}")


def sites(*numbers: int, postcode: str = "") -> bytes:
    lines = (line(SITES, siret=siret(n), codePostalEtablissement=postcode) for n in numbers)
    return text(SITES, *lines)


def postcode(register: Register, number: int) -> str | None:
    company = register.company(Siret(siret(number)))
    return company and company.address.postcode


def test_an_absent_register_holds_nothing(register: Register) -> None:
    """Looking up makes no file."""
    assert register.company(Siret("18751275100020")) is None
    assert register.card(CardNumber("0203040506")) is None
    assert register.runs() == ()
    assert not register.is_whole(ESTABLISHMENTS)
    assert not register.path.exists()


def test_the_same_files_twice_are_the_same_content(importer: Importer) -> None:
    importer.samples()
    once = content(importer.register)
    importer.samples()
    assert content(importer.register) == once


def test_a_newer_file_replaces_and_an_older_one_does_not(importer: Importer) -> None:
    importer.content(SITES, sites(1, postcode="75001"), as_of=date(2026, 2, 1))
    importer.content(SITES, sites(1, postcode="69002"), as_of=date(2026, 3, 1))
    assert postcode(importer.register, 1) == "69002"
    importer.content(SITES, sites(1, postcode="33000"), as_of=date(2026, 1, 1))
    assert postcode(importer.register, 1) == "69002"


def test_only_a_whole_file_forgets_what_it_does_not_list(importer: Importer) -> None:
    importer.content(SITES, sites(1, 2), as_of=date(2026, 1, 1))
    importer.content(SITES, sites(1), as_of=date(2026, 2, 1))
    assert postcode(importer.register, 2) == ""
    importer.content(SITES, sites(1), as_of=date(2026, 2, 1), whole=True)
    assert postcode(importer.register, 2) is None
    assert importer.register.is_whole(ESTABLISHMENTS)
    assert not importer.register.is_whole(HEALTH_SITES)


def test_a_whole_file_that_could_hardly_be_read_proves_nothing(importer: Importer) -> None:
    """One line stored, two left out: what it does not list is kept."""
    importer.content(SITES, sites(1, 2), as_of=date(2026, 1, 1))
    damaged = sites(1) + b"1,2\n1,2\n"
    report = importer.content(SITES, damaged, as_of=date(2026, 2, 1), whole=True)
    assert report.state is RunState.COMPLETE
    assert postcode(importer.register, 2) == ""
    assert not importer.register.is_whole(ESTABLISHMENTS)


def test_a_newer_extraction_replaces_where_people_work(importer: Importer) -> None:
    """What an older one said of the same person no longer counts."""
    importer.content(ACTIVITIES, sample(ACTIVITIES), as_of=date(2026, 1, 1))
    moved = {"Identification nationale PP": JEANNE.value, "Numéro FINESS site": "0B0135356"}
    content = text(ACTIVITIES, line(ACTIVITIES, **moved))
    importer.content(ACTIVITIES, content, as_of=date(2026, 2, 1))
    assert importer.register.structures_of(JEANNE) == ("10B0135356",)
    assert "10B0135356" in importer.register.structures_of(PersonId("899700143599"))


def test_batches_are_stored_as_they_come(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    seen: list[Progress] = []
    path = written(importer.folder, SITES, sites(1, 2, 3, 4, 5) + b"x\ny\nz\n")
    report = importer.path(path, Kind.SIRENE, Watch(progress=seen.append))
    assert (report.rows, report.rejected) == (5, 3)
    assert [(made.rows, made.rejected) for made in seen] == [(2, 0), (4, 0), (5, 2), (5, 3)]
    assert seen[-1].done == 1.0


def test_ctrl_c_leaves_whole_batches(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    """INTERRUPTED. A real SIGINT after the first batch: it stays, the next never comes."""
    monkeypatch.setattr(importing, "BATCH", 2)
    path = written(importer.folder, SITES, sites(1, 2, 3, 4))
    watch = Watch(progress=lambda _: signal.raise_signal(signal.SIGINT))
    report = importer.path(path, Kind.SIRENE, watch, whole=True)
    assert report.state is RunState.INTERRUPTED
    assert [postcode(importer.register, n) for n in (1, 2, 3)] == ["", "", None]
    (run,) = importer.register.runs()
    assert (run.state, run.rows, run.whole) == (RunState.INTERRUPTED, 2, False)
    again = importer.path(path, Kind.SIRENE)
    assert again.state is RunState.COMPLETE
    assert postcode(importer.register, 4) == ""


def test_a_fault_in_a_batch_leaves_none_of_it(importer: Importer) -> None:
    """A row that the table refuses takes back its batch, not those before."""
    with importer.register.writer() as writer:
        writer.upsert(HEALTH_SITES, [_site("0B0135356")])
    with (
        pytest.raises(RegisterError, match=r"datatype mismatch|cannot store"),
        importer.register.writer() as writer,
    ):
        writer.upsert(HEALTH_SITES, [_site("0B0135364"), _site("0B0288882", siret="no number")])
    found = [importer.register.site(Finess(n)) for n in ("0B0135356", "0B0135364", "0B0288882")]
    assert [site is not None for site in found] == [True, False, False]


def _site(finess: str, siret: int | str | None = None) -> tuple[str | int | None, ...]:
    return (finess, "", siret, *[""] * 11, 20260101)


def test_what_was_imported_is_remembered(importer: Importer) -> None:
    importer.samples()
    runs = {run.table: run for run in importer.register.runs()}
    assert runs["companies"].file == UNITS
    assert runs["health_sites"].as_of == date(2026, 1, 2)
    assert {run.imported_at for run in runs.values()} == {NOW}
    assert {run.state for run in runs.values()} == {RunState.COMPLETE}


def test_a_register_of_another_version_is_not_touched(register: Register) -> None:
    register.path.parent.mkdir()
    connection = sqlite3.connect(register.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(RegisterError, match="delete it and import again"), register.writer():
        pass


def test_a_file_that_is_no_register_is_said(register: Register) -> None:
    register.path.parent.mkdir()
    register.path.write_bytes(b"not a database " * 100)
    with pytest.raises(RegisterError, match=r"registers\.sqlite"):
        register.runs()
    with pytest.raises(RegisterError, match=r"registers\.sqlite"), register.writer():
        pass


def test_readers_see_the_last_whole_batch_while_one_writes(importer: Importer) -> None:
    """WAL: a look-up waits for no import."""
    importer.content(SITES, sites(1))
    connection = sqlite3.connect(importer.register.path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE establishments SET postcode = '75001'")
    assert postcode(importer.register, 1) == ""
    connection.execute("COMMIT")
    connection.close()
    assert postcode(importer.register, 1) == "75001"


def test_odd_names_of_folders(tmp_path: Path) -> None:
    register = Register(tmp_path / "a?b#c d%20" / "registers.sqlite")
    Importer(register, tmp_path, NOW).content(SITES, sites(1))
    assert postcode(register, 1) == ""


def test_cards_and_sites_are_found_by_number(importer: Importer) -> None:
    importer.samples()
    register = importer.register
    holder = register.card(CardNumber("0203040506"))
    assert holder is not None
    assert len(register.cards_of(holder.person_id)) == 2
    assert register.structures_of(holder.person_id) == holder.structures
    assert register.card(CardNumber("9999999")) is None
    site = register.site(Finess("0B0288882"))
    assert site is not None
    assert site.siret is not None
    assert register.site(Finess("0B0000000")) is None


def test_every_sample_has_its_reader(importer: Importer) -> None:
    for name, kind in KIND_OF.items():
        assert importer.path(written(importer.folder, name, sample(name)), kind).rejected == 0
    assert FINESS in {run.file for run in importer.register.runs()}
