"""The code tables hold what INSEE lists, each code once, each with a label."""

import csv
from importlib.resources import files

import pytest

from guichet.directories import labels
from guichet.directories.values import Coded, vat_number
from guichet.domain.identifiers import Siren

TABLES = {"naf": 732, "legal_forms": 259, "headcounts": 16, "departments": 109}


@pytest.mark.parametrize(("name", "size"), TABLES.items())
def test_tables_are_whole(name: str, size: int) -> None:
    """Every code once, every label present and without straight apostrophes."""
    table = (files("guichet.directories") / "tables" / f"{name}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    assert len(rows) == len({row["code"] for row in rows}) == size
    assert all(row["label"] and "'" not in row["label"] for row in rows)


def test_labels_of_the_deck() -> None:
    """The agency's own codes read as the deck prints them."""
    assert labels.naf("84.12Z").code == "8412Z"
    assert labels.naf("8412Z").label.startswith("Administration publique (tutelle) de la santé")
    assert labels.legal_form("7410").label == "Groupement d’intérêt public (GIP)"
    assert labels.headcount("22") == "100 à 199 salariés"


def test_an_unknown_code_has_no_label() -> None:
    assert labels.naf("00.00Z") == Coded("0000Z", "")
    assert labels.legal_form("0001") == Coded("0001", "")
    assert labels.headcount("99") == ""
    assert labels.department_name("99") == ""


@pytest.mark.parametrize(
    ("insee_code", "number", "name"),
    [
        ("75115", "75", "Paris"),
        ("2A004", "2A", "Corse-du-Sud"),
        ("2B033", "2B", "Haute-Corse"),
        ("97411", "974", "La Réunion"),
        ("97608", "976", "Mayotte"),
        ("", "", ""),
    ],
)
def test_department_of_a_commune(insee_code: str, number: str, name: str) -> None:
    assert labels.department_number(insee_code) == number
    assert labels.department_name(number) == name


def test_finess_writes_overseas_its_own_way() -> None:
    """FINESS: 9D and 411 is Saint-Denis de La Réunion, 97411."""
    assert labels.insee_code_of_finess("9D", "411") == "97411"
    assert labels.insee_code_of_finess("01", "451") == "01451"
    assert labels.insee_code_of_finess("01", "") == ""


def test_vat_number_of_the_deck() -> None:
    """FR54 187 512 751, as the deck prints it; a key may begin with a zero."""
    assert vat_number(Siren("187512751")) == "FR54187512751"
    assert vat_number(Siren("404833048")) == "FR83404833048"
