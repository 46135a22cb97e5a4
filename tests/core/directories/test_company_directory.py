"""Who a SIRET designates: the copy first, the API next."""
# ruff: noqa: F811 a fixture is an argument of the same name

import pytest

from core.directories.company_api import (  # noqa: F401 the fixtures
    AGENCY,
    Api,
    api,
    body,
    online,
    unit,
)
from core.directories.official_files import SITES, Importer, line, sample, text
from guichet.directories.companies import (
    FirstAnswer,
    LocalCompanies,
    OnlineCompanies,
)
from guichet.directories.register import Register
from guichet.directories.values import (
    Closed,
    Found,
    Lookup,
    Outage,
    Source,
    Unavailable,
    Undisclosed,
    Unknown,
)
from guichet.domain.identifiers import Siret

CLOSED = Siret("39912345400015")
HIDDEN = Siret("99999030200013")
ABSENT = Siret("35600000000048")


class Told:
    """A directory that says what it is told, and counts."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup, self.asked = lookup, 0

    def find(self, siret: Siret) -> Lookup:
        self.asked += 1
        return self.lookup


def test_the_copy_tells_open_closed_and_hidden(importer: Importer) -> None:
    importer.samples()
    local = LocalCompanies(importer.register)
    found = local.find(AGENCY)
    assert isinstance(found, Found)
    assert found.company.source is Source.SIRENE
    assert isinstance(local.find(CLOSED), Closed)
    assert local.find(HIDDEN) == Undisclosed()


def test_a_part_of_the_register_proves_no_absence(importer: Importer) -> None:
    """UNAVAILABLE until the whole stock is imported, then UNKNOWN."""
    local = LocalCompanies(importer.register)
    assert local.find(ABSENT) == Unavailable(Outage.REGISTER_PARTIAL)
    importer.samples()
    assert local.find(ABSENT) == Unavailable(Outage.REGISTER_PARTIAL)
    importer.content(SITES, sample(SITES), whole=True)
    assert local.find(ABSENT) == Unknown()


def test_an_establishment_whose_company_is_missing(importer: Importer) -> None:
    told = {"siret": AGENCY.value, "statutDiffusionEtablissement": "O"}
    importer.content(SITES, text(SITES, line(SITES, **told)))
    found = LocalCompanies(importer.register).find(AGENCY)
    assert found == Unavailable(Outage.COMPANY_MISSING)


def test_a_broken_register_is_an_outage(register: Register) -> None:
    register.path.parent.mkdir()
    register.path.write_bytes(b"not a database " * 100)
    assert LocalCompanies(register).find(AGENCY) == Unavailable(Outage.REGISTER_UNREADABLE)


def test_the_first_answer_wins(importer: Importer) -> None:
    """What the copy knows is not asked on line."""
    importer.samples()
    online = Told(Unknown())
    directory = FirstAnswer(LocalCompanies(importer.register), online)
    assert isinstance(directory.find(AGENCY), Found)
    assert directory.find(HIDDEN) == Undisclosed()
    assert online.asked == 0


@pytest.mark.parametrize(
    ("here", "there", "told"),
    [
        (Unknown(), Undisclosed(), Undisclosed()),
        (Unavailable(Outage.REGISTER_PARTIAL), Unknown(), Unknown()),
        (Unknown(), Unavailable(Outage.NETWORK), Unknown()),
        (
            Unavailable(Outage.REGISTER_PARTIAL),
            Unavailable(Outage.NETWORK),
            Unavailable(Outage.NETWORK),
        ),
    ],
)
def test_what_the_copy_cannot_tell_is_asked(here: Lookup, there: Lookup, told: Lookup) -> None:
    online = Told(there)
    assert FirstAnswer(Told(here), online).find(AGENCY) == told
    assert online.asked == 1


def test_without_address_nothing_is_asked_on_line(importer: Importer, api: Api) -> None:
    api.answers = [(200, body(unit()))]
    copy = LocalCompanies(importer.register)
    off = FirstAnswer(copy, None)
    assert off.find(AGENCY) == Unavailable(Outage.REGISTER_PARTIAL)
    assert api.asked == []
    assert isinstance(FirstAnswer(copy, OnlineCompanies(api.url)).find(AGENCY), Found)
