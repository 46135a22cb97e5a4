"""Sirene: the official stock read by the names of its columns, whatever is around."""

from datetime import date
from pathlib import Path

import pytest

from core.directories.official_files import (
    SITES,
    UNITS,
    Importer,
    header,
    line,
    sample,
    text,
    with_key,
)
from guichet.directories.importing import Kind
from guichet.directories.readers.files import WrongFileError
from guichet.domain.identifiers import Siret

AGENCY = Siret.parse("18751275100020")


def siret(number: int) -> str:
    return with_key(f"999990104{number:04}")


def test_the_agency_reads_as_in_the_deck(importer: Importer) -> None:
    """ACCEPTED. Every fact of the deck's page 'Informations sur l'établissement'."""
    importer.samples()
    agency = importer.register.company(AGENCY)
    assert agency is not None
    assert agency.legal_name == "AGENCE DU NUMERIQUE EN SANTE"
    assert agency.legal_form.label == "Groupement d’intérêt public (GIP)"
    assert agency.naf.code == "8412Z"
    assert agency.created_on == date(2005, 4, 12)
    assert agency.headcount == "100 à 199 salariés"
    assert agency.vat_number == "FR54187512751"
    assert agency.share_capital == agency.turnover == ""
    printed = "AGENCE DU NUMERIQUE EN SANTE 9 A 11 9 RUE GEORGES PITARD 75015 PARIS 15 FRANCE"
    assert agency.postal_address == printed
    assert (agency.is_head_office, agency.is_open, agency.is_disclosed) == (True, True, True)


def test_a_closed_establishment_of_an_open_company(importer: Importer) -> None:
    importer.samples()
    closed = importer.register.company(Siret.parse("39912345400015"))
    assert closed is not None
    assert (closed.is_open, closed.closed_on) == (False, date(2019, 6, 30))
    assert closed.legal_name == "LABORATOIRE DU PORT"


def test_a_company_that_ceased_closes_its_establishments(importer: Importer) -> None:
    number = siret(1)
    told = {"siret": number, "etatAdministratifEtablissement": "A"}
    importer.content(SITES, text(SITES, line(SITES, **told)))
    ceased = {
        "siren": number[:9],
        "denominationUniteLegale": "X",
        "etatAdministratifUniteLegale": "C",
        "dateDebut": "2020-05-01",
    }
    importer.content(UNITS, text(UNITS, line(UNITS, **ceased)))
    company = importer.register.company(Siret.parse(number))
    assert company is not None
    assert (company.is_open, company.closed_on) == (False, date(2020, 5, 1))


def test_a_person_s_name_is_the_usual_one(importer: Importer) -> None:
    number = siret(1)
    importer.content(SITES, text(SITES, line(SITES, siret=number)))
    names = {"prenom1UniteLegale": "ANNE", "prenomUsuelUniteLegale": "ROSE"}
    names |= {"nomUniteLegale": "VASSEUR", "nomUsageUniteLegale": "LEROY"}
    importer.content(UNITS, text(UNITS, line(UNITS, siren=number[:9], **names)))
    company = importer.register.company(Siret.parse(number))
    assert company is not None
    assert company.legal_name == "ROSE LEROY"


def test_quoted_fields_hold_commas(importer: Importer) -> None:
    importer.samples()
    laboratory = importer.register.company(Siret.parse("39912345400023"))
    assert laboratory is not None
    assert laboratory.sign == "LABO DU PORT, BIOLOGIE MEDICALE"


def test_columns_are_found_by_name(importer: Importer) -> None:
    """ACCEPTED. Reversed columns and new ones change nothing."""
    names = [*reversed(header(SITES)), "nouvelleColonne"]
    values = {"siret": siret(1), "codePostalEtablissement": "69002"}
    content = "\n".join((",".join(names), ",".join(values.get(name, "") for name in names), ""))
    report = importer.content(SITES, content.encode())
    assert (report.rows, report.rejected) == (1, 0)
    company = importer.register.company(Siret.parse(siret(1)))
    assert company is not None
    assert company.address.postcode == "69002"


def test_windows_line_ends_and_a_byte_order_mark(importer: Importer) -> None:
    content = b"\xef\xbb\xbf" + sample(SITES).replace(b"\n", b"\r\n")
    report = importer.content(SITES, content)
    assert (report.rows, report.rejected) == (8, 0)


def test_bad_lines_are_left_out_and_told(importer: Importer) -> None:
    """REJECTED, one by one: wrong key, fields missing, one too many, an open quote, not UTF-8."""
    good = line(SITES, siret=siret(1)).encode()
    bad = (
        line(SITES, siret="18751275100021").encode(),
        b"1,2,3",
        good + b",extra",
        line(SITES, siret=siret(2), enseigne1Etablissement='"LES, LILAS').encode(),
        line(SITES, siret=siret(3), enseigne1Etablissement="\xe9").encode("latin-1"),
        line(SITES, siret=siret(4), enseigne1Etablissement="A" * 70_000).encode(),
    )
    first, *rest = text(SITES).splitlines()
    report = importer.content(SITES, b"\n".join((first, *rest, *bad, b"", good)) + b"\n")
    assert (report.rows, report.rejected) == (1, 6)
    assert report.reasons == {
        "siret-invalid": 1,
        "fields-missing": 3,
        "encoding-invalid": 1,
        "line-too-long": 1,
    }


def test_a_quote_that_closes_nothing_is_a_character(importer: Importer) -> None:
    """ACCEPTED. The fields are still as many as the header names."""
    content = text(SITES, line(SITES, siret=siret(1), enseigne1Etablissement='"LES" LILAS'))
    assert importer.content(SITES, content).rows == 1
    company = importer.register.company(Siret.parse(siret(1)))
    assert company is not None
    assert company.sign == '"LES" LILAS'


@pytest.mark.parametrize("length", [65_536, 70_000, 300_000])
@pytest.mark.parametrize("end", [b"\n", b""])
def test_an_endless_line_costs_itself_alone(importer: Importer, length: int, end: bytes) -> None:
    """REJECTED once, whatever its length; the lines around it are read."""
    good = line(SITES, siret=siret(1)).encode()
    other = line(SITES, siret=siret(2)).encode()
    tail = end + other if end else b""
    report = importer.content(SITES, text(SITES) + good + b"\n" + b"A" * length + tail)
    assert report.rows == (2 if end else 1)
    assert report.reasons == {"line-too-long": 1}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b,c\n1,2,3\n",
        b"\xff\xfe\x00\x00",
        b"%PDF-1.7\n",
        b"siren,nic,siret,dateFin,dateDebut,etatAdministratifEtablissement\n",
    ],
)
def test_another_file_is_named_as_such(importer: Importer, tmp_path: Path, content: bytes) -> None:
    """REFUSED, saying which files are expected; the past periods of the stock are not it."""
    path = tmp_path / "autre.csv"
    path.write_bytes(content)
    with pytest.raises(WrongFileError, match=r"autre\.csv.*StockEtablissement_utf8\.csv"):
        importer.path(path, Kind.SIRENE)
    assert not importer.register.path.exists()


def test_the_history_of_establishments_is_not_the_stock(importer: Importer) -> None:
    """REFUSED even with every column of the stock: its lines are past periods."""
    content = (",".join((*header(SITES), "dateFin")) + "\n").encode()
    with pytest.raises(WrongFileError):
        importer.content(SITES, content)
