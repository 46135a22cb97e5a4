"""FINESS: lines without header, in either encoding, with or without geolocation."""

from datetime import date

import pytest

from core.directories.official_files import FINESS, Importer, sample
from guichet.directories.readers.files import WrongFileError
from guichet.domain.identifiers import Finess, Siret

FIRST = "finess;etalab;111;2026-05-12"


def structure(**changed: str) -> str:
    """A line of the hospital with fields changed by their rank: f1, f2…"""
    fields = sample(FINESS).decode().splitlines()[1].split(";")
    for name, value in changed.items():
        fields[int(name[1:])] = value
    return ";".join(fields)


def extraction(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\n".join((FIRST, *lines, "")).encode(encoding)


def test_the_hospital(importer: Importer) -> None:
    importer.samples()
    site = importer.register.site(Finess("0B0135356"))
    assert site is not None
    assert (site.name, site.short_name) == ("HOPITAL DES TROIS DAMES", "HOPITAL DES 3 DAMES")
    assert site.finess_legal == Finess("0B0135349")
    assert site.siret == Siret("99999003900011")
    assert site.category.label == "Centre Hospitalier (C.H.)"
    assert site.address.line == "3 R DES DAMES 75017 PARIS"
    department = (site.address.department_number, site.address.department_name)
    assert department == ("75", "Paris")
    assert (site.opened_on, site.as_of) == (date(1965, 1, 1), date(2026, 1, 2))


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_both_encodings(importer: Importer, encoding: str) -> None:
    """ACCEPTED. The extraction was published in Latin-1 and is in UTF-8 today."""
    importer.content(FINESS, extraction(structure(f4="HÔPITAL ÉLOIGNÉ"), encoding=encoding))
    site = importer.register.site(Finess("0B0135356"))
    assert site is not None
    assert site.long_name == "HÔPITAL ÉLOIGNÉ"


def test_overseas_and_geolocation(importer: Importer) -> None:
    """The sibling file adds lines of coordinates: they are neither stored nor rejected."""
    far = structure(
        f1="970102018", f12="123", f13="9A", f14="GUADELOUPE", f15="97133 ST BARTHELEMY"
    )
    report = importer.content(FINESS, extraction(far, "geolocalisation;970102018;1;2;3;2026-05-04"))
    assert (report.rows, report.rejected) == (1, 0)
    site = importer.register.site(Finess("970102018"))
    assert site is not None
    assert (site.address.insee_code, site.address.department_name) == ("97123", "Guadeloupe")
    assert site.address.town == "ST BARTHELEMY"


def test_numbers_that_are_not_well_formed(importer: Importer) -> None:
    """A site whose own number is wrong stays out; a wrong SIRET or entity is left empty."""
    lines = (
        structure(f1="750000001"),
        structure(f1="0C0135356"),
        structure(f2="x", f22="99999003900012", f15="ILE", f28="1900-01-01"),
        "structureet;0B0135356",
        "autre;" + structure(),
    )
    report = importer.content(FINESS, extraction(*lines))
    assert report.reasons == {"finess-invalid": 2, "fields-missing": 2}
    site = importer.register.site(Finess("0B0135356"))
    assert site is not None
    assert (site.finess_legal, site.siret, site.opened_on) == (None, None, None)
    assert (site.address.postcode, site.address.town) == ("", "ILE")


def test_the_first_line_gives_the_day(importer: Importer) -> None:
    assert importer.content(FINESS, extraction(structure())).runs[0].as_of == date(2026, 5, 12)


@pytest.mark.parametrize("first", ["structureet;1;2", "finess;autre;1", "", "siren,nic"])
def test_another_file_is_named_as_such(importer: Importer, first: str) -> None:
    with pytest.raises(WrongFileError, match="cs1100502"):
        importer.content(FINESS, first.encode())


def test_a_first_line_without_day_falls_back_on_the_name(importer: Importer) -> None:
    content = f"finess;etalab\n{structure()}\n".encode()
    assert importer.content(FINESS, content).runs[0].as_of == date(2026, 1, 2)
