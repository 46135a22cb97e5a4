"""The demo's registers hold whom the demo shows, in every year."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from guichet.demo import registers
from guichet.demo.people import PEOPLE, STRUCTURES
from guichet.directories.companies import LocalCompanies
from guichet.directories.register import Register
from guichet.directories.values import Closed, Found, Undisclosed
from guichet.domain.identifiers import CardNumber, Finess, PersonId, Siret

YEARS = (2025, 2026, 2027, 2056)


def loaded(state: Path, year: int = 2026) -> Register:
    registers.load(state, datetime(year, 11, 25, tzinfo=UTC))
    return Register(state / "registers.sqlite")


def test_every_structure_of_the_demo_is_found(tmp_path: Path) -> None:
    register = loaded(tmp_path)
    for structure in STRUCTURES:
        found = LocalCompanies(register).find(Siret.parse(structure.siret))
        assert isinstance(found, Found)
        assert found.company.legal_name == structure.legal_name
        assert found.company.naf.code == structure.naf_code
        assert found.company.naf.label == structure.naf_label
        assert found.company.address.department_name == structure.department_name
        if structure.finess:
            site = register.site(Finess.parse(structure.finess))
            assert site is not None
            assert site.siret == found.company.siret


@pytest.mark.parametrize("year", YEARS)
def test_every_person_of_the_demo_holds_a_valid_card(tmp_path: Path, year: int) -> None:
    """Any day of the year: the samples move with it."""
    register = loaded(tmp_path, year)
    for person in PEOPLE:
        holder = register.card(CardNumber.parse(person.card_number))
        assert holder is not None, person.file
        assert holder.person_id == PersonId.parse(person.national_id)
        assert (holder.surname, holder.given_names) == (person.surname, person.given_name)
        assert all(holder.is_valid(day) for day in (date(year, 1, 2), date(year, 12, 31)))
        structures = {right.structure for right in person.rights} | set(person.represents)
        assert structures <= set(holder.structures)


@pytest.mark.parametrize("year", YEARS)
def test_cards_to_renew_expired_and_opposed(tmp_path: Path, year: int) -> None:
    register, today = loaded(tmp_path, year), date(year, 11, 25)
    new, old = register.cards_of(PersonId("899700203047"))
    assert new.is_valid(today)
    assert old.is_valid(today)
    assert old.valid_until < date(year + 1, 2, 1)
    expired, opposed = (register.card(CardNumber(n)) for n in ("2800601030", "2800701044"))
    assert expired is not None
    assert opposed is not None
    assert expired.valid_until < today
    assert opposed.is_opposed


def test_cases_that_the_procedure_must_show(tmp_path: Path) -> None:
    local = LocalCompanies(loaded(tmp_path))
    kinds = {
        "40393866500037": Found,
        "99999010400013": Found,
        "39912345400015": Closed,
        "99999020300013": Closed,
        "99999030200013": Undisclosed,
    }
    for number, kind in kinds.items():
        assert isinstance(local.find(Siret.parse(number)), kind), number


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    register = loaded(tmp_path)
    told, runs = registers.load(tmp_path), register.runs()
    assert registers.load(tmp_path) == told
    assert len(register.runs()) == len(runs)
