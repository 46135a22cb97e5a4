"""The companies' API: what it gives and hides; none of its faults looks like an absence."""
# ruff: noqa: F811 a fixture is an argument of the same name

import socket
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.directories.company_api import (  # noqa: F401 the fixtures
    AGENCY,
    Api,
    api,
    body,
    online,
    site,
    unit,
)
from guichet.directories.companies import (
    OnlineCompanies,
)
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


def test_the_api_gives_what_the_procedure_shows(api: Api, online: OnlineCompanies) -> None:
    api.answers = [(200, body(unit()))]
    found = online.find(AGENCY)
    assert isinstance(found, Found)
    company = found.company
    assert company.legal_name == "AGENCE DU NUMERIQUE EN SANTE"
    assert (company.legal_form.code, company.naf.code) == ("7410", "8412Z")
    assert company.headcount == "100 à 199 salariés"
    assert (company.created_on, company.as_of) == (date(2005, 4, 12), date(2026, 2, 11))
    assert (company.address.street, company.address.department_name) == (
        "9 RUE GEORGES PITARD",
        "Paris",
    )
    assert (company.sign, company.turnover, company.is_head_office) == ("ANS", "1234567", True)
    assert company.source is Source.COMPANY_API
    assert api.asked == ["/search?q=18751275100020&page=1&per_page=1"]


def test_the_right_establishment_of_the_company(api: Api, online: OnlineCompanies) -> None:
    """The head office is another one: it is not what was asked."""
    office = site(siret="18751275100012", adresse="AILLEURS")
    mine = site(est_siege=False, etat_administratif="F", date_fermeture="2020-01-31")
    api.answers = [(200, body(unit(siege=office, matching_etablissements=[office, mine])))]
    found = online.find(AGENCY)
    assert isinstance(found, Closed)
    assert (found.company.is_head_office, found.company.closed_on) == (False, date(2020, 1, 31))
    api.answers = [(200, body(unit(siege=office, matching_etablissements=None)))]
    assert online.find(AGENCY) == Unknown()


@pytest.mark.parametrize(
    "answer",
    [
        unit(statut_diffusion="P"),
        unit(siege=site(statut_diffusion_etablissement="P")),
        unit(nom_raison_sociale=None, nom_complet="[ND] [ND]"),
        unit(siege=site(adresse="[NON-DIFFUSIBLE]")),
    ],
)
def test_who_asked_not_to_be_published(
    api: Api, online: OnlineCompanies, answer: dict[str, Any]
) -> None:
    api.answers = [(200, body(answer))]
    assert online.find(AGENCY) == Undisclosed()


def test_what_the_api_leaves_out_is_empty(api: Api, online: OnlineCompanies) -> None:
    bare = {"siret": AGENCY.value, "etat_administratif": "A"}
    api.answers = [(200, body({"siege": bare, "finances": {"2023": {"ca": True}}}))]
    found = online.find(AGENCY)
    assert isinstance(found, Found)
    assert (found.company.legal_name, found.company.turnover, found.company.sign) == ("", "", "")
    assert found.company.address.line == ""


def test_an_empty_answer_is_an_absence(api: Api, online: OnlineCompanies) -> None:
    api.answers = [(200, body())]
    assert online.find(AGENCY) == Unknown()


@pytest.mark.parametrize(
    ("answer", "why", "tries"),
    [
        ((429, b""), Outage.RATE_LIMITED, 1),
        ((500, b""), Outage.SERVER_ERROR, 2),
        ((503, b""), Outage.SERVER_ERROR, 2),
        ((400, b"{}"), Outage.ANSWER_UNEXPECTED, 1),
        ((302, b""), Outage.ANSWER_UNEXPECTED, 1),
        ((200, b"<html>"), Outage.ANSWER_UNEXPECTED, 1),
        ((200, b"[]"), Outage.ANSWER_UNEXPECTED, 1),
        ((200, b'{"results": [1]}'), Outage.ANSWER_UNEXPECTED, 1),
        ((200, b'{"results": [{"siege": [1]}]}'), Outage.ANSWER_UNEXPECTED, 1),
        ((200, b"[" * 100_000), Outage.ANSWER_UNEXPECTED, 1),
        ((200, b" " * (3 << 20)), Outage.ANSWER_UNEXPECTED, 1),
    ],
)
def test_faults_are_outages(
    api: Api, online: OnlineCompanies, answer: tuple[int, bytes], why: Outage, tries: int
) -> None:
    """A server that fails is asked once more; one that refuses is left alone."""
    api.answers = [answer]
    assert online.find(AGENCY) == Unavailable(why)
    assert len(api.asked) == tries


def test_one_fault_is_forgiven(api: Api, online: OnlineCompanies) -> None:
    api.answers = [(502, b""), (200, body(unit()))]
    assert isinstance(online.find(AGENCY), Found)


def test_a_line_cut_is_an_outage(api: Api, online: OnlineCompanies) -> None:
    api.hang_up = True
    assert online.find(AGENCY) == Unavailable(Outage.NETWORK)
    assert len(api.asked) == 2


def test_nobody_at_the_address_is_an_outage() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        online = OnlineCompanies(f"http://127.0.0.1:{bound.getsockname()[1]}")
        assert online.find(AGENCY) == Unavailable(Outage.NETWORK)
        online.close()


def test_a_silent_server_is_an_outage() -> None:
    """The connection is accepted by the system, and nothing ever comes."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        online = OnlineCompanies(address, timeout_s=0.05)
        assert online.find(AGENCY) == Unavailable(Outage.NETWORK)
        online.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_json_is_an_answer_or_an_outage(
    api: Api, online: OnlineCompanies, data: st.DataObject
) -> None:
    """Any value in any place of the answer: never an exception."""
    whole, office = unit(), site()
    for mapping in (whole, office):
        keys = st.sampled_from(sorted(mapping.keys() - {"siret"}))
        for key in data.draw(st.lists(keys, max_size=4)):
            mapping[key] = data.draw(JSON)
    if "siege" in whole and isinstance(whole["siege"], dict):
        whole["siege"] = office
    api.answers = [(200, body(whole))]
    assert isinstance(online.find(AGENCY), Lookup)
