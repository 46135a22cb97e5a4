"""Services that relying parties know: their names, their addresses, the certificates that fit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from guichet.domain.associations import (
    SERVICES,
    URI_AT_MOST,
    URIS_AT_MOST,
    Candidate,
    ServiceAct,
    ServiceState,
    admit_client_id,
    admit_uris,
    require_fit,
)
from guichet.domain.catalogue.twins import Environment
from guichet.domain.refusals import Code
from kit.refusals import assert_refused

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
FITS = Candidate(
    offer="ORG",
    usage="AUTH_CLI",
    authority="ACI-EL-ORG-TEST",
    not_after=AT + timedelta(microseconds=1),
    is_revoked=False,
)
TEST, PRODUCTION = Environment.TEST, Environment.PRODUCTION


def test_what_is_closed_stays_so() -> None:
    assert SERVICES.acts(ServiceState.OPEN) == set(ServiceAct)
    assert SERVICES.acts(ServiceState.CLOSED) == set()


@pytest.mark.parametrize(
    ("changes", "here", "codes"),
    [
        ({}, TEST, []),
        ({"authority": "ACI-EL-ORG"}, PRODUCTION, []),
        ({}, PRODUCTION, [Code.ASSOCIATION_ENVIRONMENT]),
        ({"usage": "SIGN"}, TEST, [Code.ASSOCIATION_KIND]),
        ({"offer": "SERV"}, TEST, [Code.ASSOCIATION_KIND]),
        ({"not_after": AT}, TEST, [Code.ASSOCIATION_NOT_LIVE]),
        ({"is_revoked": True}, TEST, [Code.ASSOCIATION_NOT_LIVE]),
        (
            {"offer": "SERV", "is_revoked": True},
            PRODUCTION,
            [Code.ASSOCIATION_KIND, Code.ASSOCIATION_NOT_LIVE, Code.ASSOCIATION_ENVIRONMENT],
        ),
    ],
)
def test_a_service_presents_what_fits_it(
    changes: dict[str, object], here: Environment, codes: list[Code]
) -> None:
    candidate = replace(FITS, **changes)  # type: ignore[arg-type]
    if not codes:
        require_fit(candidate, here, AT)
        return
    with assert_refused(*codes, field="product"):
        require_fit(candidate, here, AT)


def test_an_objection_says_what_was_found() -> None:
    with assert_refused(Code.ASSOCIATION_KIND, profile="SERV/AUTH_CLI"):
        require_fit(replace(FITS, offer="SERV"), TEST, AT)
    with assert_refused(Code.ASSOCIATION_ENVIRONMENT, environment="production"):
        require_fit(FITS, PRODUCTION, AT)


@pytest.mark.parametrize("text", ["abc", " client-01 ", "x" * 100, "!~!"])
def test_a_client_identifier_is_taken(text: str) -> None:
    assert admit_client_id(text) == text.strip()


@pytest.mark.parametrize("text", ["ab", "x" * 101, "a b c", "clé-1", ""])
def test_a_client_identifier_is_refused(text: str) -> None:
    with assert_refused(Code.CLIENT_ID_INVALID, field="client_id", text=text[:80]):
        admit_client_id(text)


LONG = "https://a.fr/" + "x" * (URI_AT_MOST - len("https://a.fr/"))


@pytest.mark.parametrize(
    ("text", "here"),
    [
        ("https://service.fr/retour?x=1", PRODUCTION),
        ("https://service.fr:8443/", PRODUCTION),
        ("http://localhost:8000/retour", TEST),
        ("http://[::1]/", TEST),
        (LONG, PRODUCTION),
    ],
)
def test_a_redirect_address_is_taken_once(text: str, here: Environment) -> None:
    assert admit_uris([f" {text} ", "", text], here, "uris") == (text,)


@pytest.mark.parametrize(
    ("text", "here"),
    [
        ("http://localhost/", PRODUCTION),
        ("http://service.fr/", TEST),
        ("ftp://service.fr/", TEST),
        ("https:///chemin", TEST),
        ("service.fr/retour", TEST),
        ("https://service.fr:0/", TEST),
        ("https://service.fr:99999/", TEST),
        ("https://[::1/", TEST),
        ("https://service.fr/#ancre", TEST),
        ("https://*.service.fr/", TEST),
        ("https://moi@service.fr/", TEST),
        ("https://service.fr/a b", TEST),
        ("https://clé.fr/", TEST),
        (LONG + "x", TEST),
    ],
)
def test_a_redirect_address_is_refused(text: str, here: Environment) -> None:
    with assert_refused(Code.REDIRECT_URI_INVALID, field="uris"):
        admit_uris(["https://service.fr/", text], here, "uris")


def test_redirect_addresses_are_counted_and_refused_together() -> None:
    many = [f"https://service.fr/{n}" for n in range(URIS_AT_MOST + 1)]
    assert len(admit_uris(many[1:], TEST, "uris")) == URIS_AT_MOST
    with assert_refused(Code.REDIRECT_URIS_TOO_MANY, field="uris", limit=URIS_AT_MOST):
        admit_uris(many, TEST, "uris")
    with assert_refused(Code.REDIRECT_URI_INVALID, Code.REDIRECT_URI_INVALID, text="x"):
        admit_uris(["x", "y"], TEST, "uris")
