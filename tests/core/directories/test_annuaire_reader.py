"""Annuaire Santé: cards and activities, columns found by names spelt in several ways."""

from datetime import date

import pytest

from core.directories.official_files import ACTIVITIES, CARDS, Importer, line, sample, text
from guichet.directories.readers.annuaire import folded
from guichet.directories.readers.files import WrongFileError
from guichet.domain.identifiers import CardNumber, PersonId

JEANNE = PersonId("899700203047")
CARD = {
    "Identification nationale PP": JEANNE.value,
    "Nom d'exercice": "CHARLES",
    "Prénom d'exercice": "JEANNE",
    "Numéro carte": "0203040506",
    "Date début validité": "20240115",
    "Date fin validité": "20270114",
}


def test_a_card_and_where_its_holder_works(importer: Importer) -> None:
    importer.samples()
    holder = importer.register.card(CardNumber("2800143590"))
    assert holder is not None
    assert (holder.surname, holder.given_names) == ("DIRECTRICE-CH143590001", "SOPHIE")
    assert holder.person_id == PersonId("899700143599")
    assert holder.kind.code == "CPE"
    assert {"10B0135356", "10B0135349", "399999003900011"} <= set(holder.structures)


def test_a_radiology_practice_is_an_rpps_rank(importer: Importer) -> None:
    importer.samples()
    assert "499700801055001" in importer.register.structures_of(PersonId("899700801055"))


def test_leading_zeros_are_kept(importer: Importer) -> None:
    importer.samples()
    assert importer.register.card(CardNumber("0203040506")) is not None
    assert importer.register.card(CardNumber("203040506")) is None


def test_the_cards_of_a_person_the_newest_first(importer: Importer) -> None:
    """Renewal: JEANNE holds the card that ends soon and the one that replaces it."""
    importer.samples()
    cards = importer.register.cards_of(JEANNE)
    assert [card.card_number.value for card in cards] == ["2800203049", "0203040506"]


@pytest.mark.parametrize(
    ("number", "day", "valid"),
    [
        ("2800143590", date(2025, 6, 1), False),
        ("2800143590", date(2025, 6, 2), True),
        ("2800143590", date(2028, 6, 1), True),
        ("2800143590", date(2028, 6, 2), False),
        ("2800601030", date(2026, 1, 1), False),
        ("2800701044", date(2026, 1, 1), False),
    ],
)
def test_when_a_card_may_be_used(
    importer: Importer, number: str, day: date, *, valid: bool
) -> None:
    """Its first and last days count; an opposed one never, whatever its dates."""
    importer.samples()
    holder = importer.register.card(CardNumber(number))
    assert holder is not None
    assert holder.is_valid(day) is valid
    assert holder.is_opposed is (number == "2800701044")


@pytest.mark.parametrize("written", ["20240115", "2024-01-15", "15/01/2024", "2024-01-15T00:00:00"])
def test_dates_in_every_form(importer: Importer, written: str) -> None:
    card = CARD | {"Date début validité": written}
    importer.content(CARDS, text(CARDS, line(CARDS, **card)))
    holder = importer.register.card(CardNumber("0203040506"))
    assert holder is not None
    assert holder.valid_from == date(2024, 1, 15)


def test_the_identifier_in_the_card_stands_in(importer: Importer) -> None:
    card = CARD | {
        "Identification nationale PP": "",
        "Identifiant national contenu dans la carte": JEANNE.value,
    }
    importer.content(CARDS, text(CARDS, line(CARDS, **card)))
    assert len(importer.register.cards_of(JEANNE)) == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Numéro carte": "12"}, "card-number-invalid"),
        ({"Identification nationale PP": "899700203048"}, "person-id-invalid"),
        ({"Date fin validité": "20270230"}, "dates-invalid"),
        ({"Date début validité": ""}, "dates-invalid"),
        ({"Date opposition": "hier"}, "dates-invalid"),
    ],
)
def test_a_card_that_cannot_be_read(
    importer: Importer, changed: dict[str, str], reason: str
) -> None:
    report = importer.content(CARDS, text(CARDS, line(CARDS, **(CARD | changed)), "8|99"))
    assert report.rows == 0
    assert report.reasons == {reason: 1, "fields-missing": 1}


def test_activities_without_structure_or_person(importer: Importer) -> None:
    """A professional may work nowhere that has a number; a line without anyone is left out."""
    nowhere = {"Identification nationale PP": JEANNE.value, "Numéro SIRET site": "1"}
    nobody = {"Identification nationale PP": "1", "Numéro SIRET site": "18751275100020"}
    content = text(ACTIVITIES, line(ACTIVITIES, **nowhere), line(ACTIVITIES, **nobody), "8|")
    report = importer.content(ACTIVITIES, content)
    assert report.rows == 0
    assert report.reasons == {"person-id-invalid": 1, "fields-missing": 1}


def test_quotes_are_letters(importer: Importer) -> None:
    """The extraction quotes nothing: a nickname between quotes is part of the name."""
    content = text(CARDS, line(CARDS, **(CARD | {"Nom d'exercice": '"CHARLES"'})))
    importer.content(CARDS, content)
    holder = importer.register.card(CardNumber("0203040506"))
    assert holder is not None
    assert holder.surname == '"CHARLES"'


def test_names_of_columns_are_compared_folded() -> None:
    assert folded("Date de début de validité") == folded("Date début validité")
    assert folded("Prénom d’exercice") == folded("PRENOM D'EXERCICE")
    assert folded("Numéro FINESS établissement juridique") == (
        "numero finess etablissement juridique"
    )


def test_columns_spelt_another_way(importer: Importer) -> None:
    content = sample(CARDS).decode().replace("Date début validité", "Date de début de validité")
    assert importer.content(CARDS, content.encode()).rows == len(content.splitlines()) - 1


def test_another_file_is_named_as_such(importer: Importer) -> None:
    with pytest.raises(WrongFileError, match="Porteurs_CPS_CPF"):
        importer.content(CARDS, b"Identifiant PP|Code savoir-faire|\n1|2|\n")
