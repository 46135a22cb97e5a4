"""What an ACME order names: one server or one service, and a request that says the same."""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from guichet.domain.acme import identifiers
from guichet.domain.acme.identifiers import DNS, SERVICE, Identifier
from guichet.domain.refusals import Code
from guichet.x509 import csr
from kit.refusals import assert_refused

SERVER = Identifier(DNS, "www.hopital.fr")
APPLICATION = Identifier(SERVICE, "Dossiers")


def asked(kind: str, value: str) -> dict[str, str]:
    return {"type": kind, "value": value}


def request(common: str, *alternatives: x509.GeneralName) -> csr.Csr:
    named = [x509.NameAttribute(x509.NameOID.COMMON_NAME, common)] if common else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(named))
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    made = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return csr.read(made.public_bytes(Encoding.DER))


def test_one_identifier_is_read_and_told() -> None:
    twice = [asked("dns", "WWW.hopital.fr")] * 2
    assert identifiers.parse(twice) == SERVER
    assert SERVER.mapping() == asked("dns", "www.hopital.fr")
    assert (SERVER.field, APPLICATION.field) == ("fqdn", "service")
    assert identifiers.parse([asked(SERVICE, " Dossiers  ")]) == APPLICATION


@pytest.mark.parametrize(
    ("given", "codes", "facts"),
    [
        ([], [Code.FIELD_MISSING], {"field": "identifiers"}),
        (
            [asked("ip", "::1"), asked("dns", "a.fr"), asked("x", "y")],
            [Code.ACME_IDENTIFIER_UNSUPPORTED] * 2,
            {"identifier_type": "ip", "identifier": "::1"},
        ),
        (
            [asked("dns", "a.fr"), asked("dns", "b.fr"), asked(SERVICE, "c")],
            [Code.ACME_IDENTIFIERS_SEVERAL] * 2,
            {"identifier_type": "dns", "identifier": "b.fr"},
        ),
        ([asked(SERVICE, "x" * 65)], [Code.NAME_TOO_LONG], {"field": "service", "limit": 64}),
    ],
)
def test_what_an_order_may_not_name(
    given: list[dict[str, str]], codes: list[Code], facts: dict[str, str]
) -> None:
    with assert_refused(*codes, **facts):
        identifiers.parse(given)


def test_the_profile_goes_with_the_identifier() -> None:
    assert identifiers.profile_for(SERVER, "").code == "SERV/SSL_SERV"
    assert identifiers.profile_for(APPLICATION, "").code == "ORG/AUTH_CLI"
    assert identifiers.profile_for(APPLICATION, "ORG/SIGN").code == "ORG/SIGN"
    assert {found.subject_kind for found in identifiers.offered()} == {"server", "service"}
    with assert_refused(Code.ACME_PROFILE_UNFIT, profile="ORG/SIGN", type="dns"):
        identifiers.profile_for(SERVER, "ORG/SIGN")
    for unknown in ("SERV/SMIME", "PRO/AUTH", "x"):
        with assert_refused(Code.PROFILE_UNKNOWN, profile=unknown):
            identifiers.profile_for(SERVER, unknown)


def test_a_request_names_what_its_order_does() -> None:
    name = x509.DNSName("www.hopital.fr")
    for common, alternatives in (
        ("WWW.hopital.fr", ()),
        ("", (name,)),
        ("www.hopital.fr", (name,)),
    ):
        identifiers.require_named(request(common, *alternatives), SERVER)
    identifiers.require_named(request(""), APPLICATION)
    identifiers.require_named(request("dossiers"), APPLICATION)


@pytest.mark.parametrize(
    ("common", "alternatives", "identifier", "names"),
    [
        ("", (), SERVER, "—"),
        ("autre.fr", (), SERVER, "autre.fr"),
        ("", (x509.DNSName("b.fr"), x509.DNSName("a.fr")), SERVER, "a.fr, b.fr"),
        (
            "www.hopital.fr",
            (x509.RFC822Name("a@b.fr"),),
            SERVER,
            "rfc822name:a@b.fr, www.hopital.fr",
        ),
        ("Autre", (), APPLICATION, "autre"),
    ],
)
def test_a_request_that_names_something_else_is_refused(
    common: str, alternatives: tuple[x509.GeneralName, ...], identifier: Identifier, names: str
) -> None:
    made = request(common, *alternatives)
    with assert_refused(Code.ACME_CSR_NAMES, names=names, wanted=identifier.value.lower()):
        identifiers.require_named(made, identifier)


def test_a_request_whose_names_cannot_be_read_is_refused() -> None:
    made = request("www.hopital.fr", x509.DNSName("www.hopital.fr"))
    broken = made.der.replace(b"www.hopital.fr", b"www.h\xffpital.fr")
    with assert_refused(Code.CSR_UNREADABLE):
        identifiers.require_named(replace(made, der=broken), SERVER)
