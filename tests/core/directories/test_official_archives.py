"""Official files as they are downloaded: plain, .gz, .zip; dated; cut short; hostile."""

import gzip
import os
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.directories.conftest import NOW
from core.directories.official_files import (
    ACTIVITIES,
    CARDS,
    FINESS,
    KIND_OF,
    SITES,
    Importer,
    gzipped,
    many_sites,
    sample,
    with_key,
    written,
    zipped,
)
from guichet.directories.importing import ImportAsked, Kind, Report, import_file
from guichet.directories.readers import numbers
from guichet.directories.readers.files import UnreadableFileError, WrongFileError, members
from guichet.directories.register import Register
from guichet.directories.runs import RunState
from guichet.domain.identifiers import Siren, Siret
from guichet.domain.refusals import Refusal

hostile = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize("name", [SITES, FINESS, CARDS])
def test_archives_give_what_the_plain_file_gives(
    importer: Importer, tmp_path: Path, name: str
) -> None:
    plain = importer.content(name, sample(name))
    packed = importer.path(gzipped(tmp_path, f"{name}.gz", sample(name)), KIND_OF[name])
    boxed = importer.path(zipped(tmp_path, "box.zip", {name: sample(name)}), KIND_OF[name])
    assert plain.rows == packed.rows == boxed.rows > 0
    assert {run.file for run in (*packed.runs, *boxed.runs)} == {name}


def test_a_zip_of_several_texts(importer: Importer, tmp_path: Path) -> None:
    """The agency's archive also holds diplomas and skills: they are passed over."""
    others = {"PS_LibreAcces_Dipl_AutExerc.txt": b"Identifiant PP|Code|\n1|2|\n", "folder/": b""}
    box = zipped(tmp_path, "PS_LibreAcces.zip", others | {f"d/{ACTIVITIES}": sample(ACTIVITIES)})
    report = importer.path(box, Kind.ANNUAIRE)
    assert [run.file for run in report.runs] == [ACTIVITIES]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("PS_LibreAcces_Personne_activite_202609230000.txt", date(2026, 9, 23)),
        ("etalab-cs1100502-stock-20260512-0339.csv", date(2026, 5, 12)),
        ("StockEtablissement_utf8.csv", date(2001, 9, 9)),
        ("Porteurs_20269999.txt", date(2001, 9, 9)),
    ],
)
def test_the_day_of_a_file(tmp_path: Path, name: str, day: date) -> None:
    """In its name, else the day it was written."""
    path = written(tmp_path, name, b"x")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert next(members(path)).dated == day


def test_the_day_of_a_zipped_file(tmp_path: Path) -> None:
    """The archive remembers when the text was written, whenever it is downloaded."""
    path = tmp_path / "StockEtablissement_utf8.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(SITES, (2026, 2, 1, 3, 0, 0)), sample(SITES))
        archive.writestr(zipfile.ZipInfo("odd", (1980, 0, 0, 0, 0, 0)), b"")
    assert [member.dated for member in members(path)] == [date(2026, 2, 1), date(1980, 1, 1)]


def test_how_much_was_read(importer: Importer, tmp_path: Path) -> None:
    for path in (written(tmp_path, SITES, many_sites()), gzipped(tmp_path, "s.gz", many_sites())):
        for member in members(path):
            assert member.consumed() < 1
            member.stream.read()
            assert member.consumed() == 1.0


@pytest.mark.parametrize("pack", [gzipped, None])
def test_an_archive_cut_short_keeps_what_it_gave(
    importer: Importer, tmp_path: Path, pack: object
) -> None:
    """FAILED, and told; the lines before the cut are in the register."""
    if pack:
        path = gzipped(tmp_path, "s.gz", many_sites())
        path.write_bytes(path.read_bytes()[:-2000])
    else:
        path = zipped(tmp_path, "s.zip", {SITES: many_sites()})
        content = bytearray(path.read_bytes())
        middle = len(content) // 2
        content[middle : middle + 64] = bytes(64)
        path.write_bytes(bytes(content))
    report = importer.path(path, Kind.SIRENE, whole=True)
    assert report.state is RunState.FAILED
    assert path.name in report.fault
    assert importer.register.company(Siret.parse("99999010400013")) is not None
    (run,) = importer.register.runs()
    assert (run.state, run.whole) == (RunState.FAILED, False)


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"\x1f\x8b no archive", None])
def test_what_cannot_be_opened_is_said(
    importer: Importer, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "absent.zip"
    if content:
        path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"absent\.zip"):
        importer.path(path, Kind.SIRENE)


def test_an_encrypted_archive_is_said(importer: Importer, tmp_path: Path) -> None:
    path = zipped(tmp_path, "s.zip", {SITES: sample(SITES)})
    content = path.read_bytes().replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01")
    path.write_bytes(
        content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    )
    with pytest.raises(UnreadableFileError, match="encrypted"):
        importer.path(path, Kind.SIRENE)


def read(path: Path, kind: Kind, content: bytes) -> Report | None:
    """Import any bytes; None when they are refused as a whole, in words."""
    path.write_bytes(content)
    register = Register(path.with_suffix(".sqlite"))
    try:
        return import_file(register, ImportAsked(kind=kind, path=path), now=NOW)
    except (WrongFileError, UnreadableFileError):
        return None


@hostile
@given(name=st.sampled_from(sorted(KIND_OF)), lines=st.lists(st.binary(max_size=200)))
def test_any_lines_are_stored_or_left_out(tmp_path: Path, name: str, lines: list[bytes]) -> None:
    """Whatever follows the header: no other error, and the register still answers."""
    first = sample(name).splitlines()[0]
    report = read(tmp_path / "any.csv", KIND_OF[name], b"\n".join((first, *lines)))
    assert report is not None
    assert report.state is RunState.COMPLETE


@hostile
@given(
    name=st.sampled_from(sorted(KIND_OF)),
    fields=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=60, max_size=60),
    kept=st.integers(0, 60),
)
def test_any_fields_are_stored_or_left_out(
    tmp_path: Path, name: str, fields: list[str], kept: int
) -> None:
    """A good line with any text in its last fields: stored ones can be looked up."""
    _, good, *_ = sample(name).decode().splitlines()
    sign = {",": ",", ";": ";", "|": "|"}[next(c for c in "|;," if c in good)]
    values = good.split(sign)
    mixed = [*values[:kept], *fields[kept : len(values)]]
    content = sample(name).splitlines()[0] + b"\n" + sign.join(mixed).encode() + b"\n"
    report = read(tmp_path / "any.csv", KIND_OF[name], content)
    assert report is not None
    Register(tmp_path / "any.sqlite").runs()


@hostile
@given(kind=st.sampled_from(Kind), data=st.data())
def test_any_damage_to_an_archive_is_told(tmp_path: Path, kind: Kind, data: st.DataObject) -> None:
    """A byte changed anywhere in a .zip or a .gz: read, left out or refused, no other error."""
    name = next(n for n, k in KIND_OF.items() if k is kind)
    make = data.draw(st.sampled_from([True, False]))
    if make:
        path = zipped(tmp_path, "a.zip", {name: sample(name)})
    else:
        path = written(tmp_path, "a.gz", gzip.compress(sample(name), mtime=0))
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    read(path, kind, bytes(content))


@given(st.text("0123456789", min_size=13, max_size=13).map(with_key) | st.text(max_size=20))
def test_numbers_are_judged_as_the_domain_judges(number: str) -> None:
    """The quick sums clear nothing that the domain's parsers would refuse, nor lose anything."""
    for quick, parse in ((numbers.siret, Siret.parse), (numbers.siren, Siren.parse)):
        for text_ in (number, number[:9], number[:8] + "0"):
            try:
                expected = int(parse(text_).value)
            except Refusal:
                expected = None
            assert quick(text_) == expected


def test_la_poste_is_judged_by_the_domain() -> None:
    assert numbers.siret("35600000049837") == 35600000049837
    assert numbers.siret("403 938 665 00037") == 40393866500037
