"""Validation of names, what is decided without the network: addresses, CAA, redirections."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from guichet.domain.acme import answers, redirections
from guichet.domain.acme.caa import Issuance, Record, climb, objection
from guichet.domain.acme.cert_ids import CertId
from guichet.domain.acme.flaws import KINDS, Cause
from guichet.domain.acme.redirections import Target
from guichet.domain.destinations import in_order, is_allowed

NAME = "www.hopital.test"
KEY_AUTHORIZATION = "evaGxfADs6pSRb2LAv9IZ.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
PORTS = {"http": 80, "https": 443}
START = Target("http", NAME, 80, "/.well-known/acme-challenge/token")
ACCOUNT = "https://guichet.test/acme/account/1"
ISSUANCE = Issuance(identities=frozenset({"guichet.test"}), account_uri=ACCOUNT, method="http-01")


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("64:ff9b::5db8:d822", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 an address to refuse
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::1", False),
        ("2001:0:a00:1::", False),
    ],
)
def test_public_addresses_alone(address: str, is_public: bool) -> None:
    """An IPv6 address that hides an IPv4 one is judged by it; an operator opens networks."""
    assert is_allowed(ip_address(address), ()) is is_public
    opened = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    assert is_allowed(ip_address(address), opened)


def test_a_network_opens_itself_alone() -> None:
    """ACCEPTED within, in either way of writing it; REFUSED beside."""
    opened = (ip_network("10.1.0.0/16"),)
    assert is_allowed(ip_address("10.1.2.3"), opened)
    assert is_allowed(ip_address("::ffff:10.1.2.3"), opened)
    assert not is_allowed(ip_address("10.2.2.3"), opened)
    assert not is_allowed(ip_address("fd00::1"), opened)


def test_ipv6_is_tried_first() -> None:
    """Each address once; a text that is none is left out."""
    found = in_order(["192.0.2.1", "2001:db8::1", "192.0.2.1", "www.hopital.test"])
    assert [str(address) for address in found] == ["2001:db8::1", "192.0.2.1"]


def test_records_are_looked_for_from_the_name_up() -> None:
    assert list(climb(NAME)) == ["www.hopital.test", "hopital.test", "test"]


@pytest.mark.parametrize(
    ("records", "cause"),
    [
        ([], None),
        ([(0, "issue", "guichet.test")], None),
        ([(0, "ISSUE", " Guichet.test ; ")], None),
        ([(0, "issue", "autre.test"), (0, "issue", "guichet.test")], None),
        ([(0, "iodef", "mailto:rssi@hopital.test")], None),
        ([(128, "issuewild", ";")], None),
        ([(0, "inconnu", "x")], None),
        ([(0, "issue", f"guichet.test; accounturi={ACCOUNT}")], None),
        ([(0, "issue", "guichet.test; validationmethods=dns-01,http-01")], None),
        ([(0, "issue", "guichet.test; police=1")], None),
        (
            [
                (0, "issue", "guichet.test; validationmethods=dns-01"),
                (0, "issue", f"guichet.test; accounturi={ACCOUNT}"),
            ],
            None,
        ),
        ([(128, "inconnu", "x"), (0, "issue", "guichet.test")], Cause.CAA_CRITICAL),
        ([(0, "issue", ";")], Cause.CAA_ISSUER),
        ([(0, "issue", "")], Cause.CAA_ISSUER),
        ([(0, "issue", "autre.test")], Cause.CAA_ISSUER),
        ([(0, "issue", "www.guichet.test")], Cause.CAA_ISSUER),
        ([(0, "issue", "guichet.test.")], Cause.CAA_ISSUER),
        ([(0, "issue", "guichet.test; sans-valeur")], Cause.CAA_ISSUER),
        ([(0, "issue", "guichet.test; a b=c")], Cause.CAA_ISSUER),
        ([(0, "issue", f"guichet.test; accounturi={ACCOUNT}2")], Cause.CAA_ACCOUNT),
        (
            [(0, "issue", f"guichet.test; accounturi={ACCOUNT}; accounturi={ACCOUNT}")],
            Cause.CAA_ACCOUNT,
        ),
        ([(0, "issue", "guichet.test; validationmethods=dns-01")], Cause.CAA_METHOD),
        (
            [(0, "issue", "guichet.test; validationmethods=http-01; validationmethods=http-01")],
            Cause.CAA_METHOD,
        ),
    ],
)
def test_caa(records: list[tuple[int, str, str]], cause: Cause | None) -> None:
    """RFC 8659 §4 and RFC 8657: malformed, it authorises nobody; one record is enough."""
    found = objection("hopital.test", [Record(*one) for one in records], ISSUANCE)
    assert (found.cause if found else None) == cause


@pytest.mark.parametrize(
    ("location", "wanted"),
    [
        ("/ailleurs?a=1#b", Target("http", NAME, 80, "/ailleurs?a=1")),
        ("//autre.test/x", Target("http", "autre.test", 80, "/x")),
        ("https://Autre.test", Target("https", "autre.test", 443, "/")),
        ("https://autre.test:80/x", Target("https", "autre.test", 80, "/x")),
        ("https://autre.test:8443/x", None),
        ("https://autre.test:x/", None),
        ("http://127.0.0.1/x", None),
        ("http://[::1]/x", None),
        ("http://2130706433/x", None),
        ("http://0x7f.1/x", None),
        ("http://moi@autre.test/x", None),
        ("http://localhost/x", None),
        ("ftp://autre.test/x", None),
        ("file:///etc/passwd", None),
        ("http://autre.test/\r\nHost:x", None),
        ("http://autre.test/é", None),
        ("", None),
        ("/" + "a" * 2000, None),
    ],
)
def test_redirections(location: str, wanted: Target | None) -> None:
    """To a name alone, over http or https, at the usual ports."""
    assert redirections.followed(START, location, PORTS) == wanted


def test_redirections_at_chosen_ports() -> None:
    """An address without a port goes where this counter connects; the usual ones stay open."""
    ports = {"http": 5002, "https": 5001}
    start = redirections.first(NAME, "token", ports)
    assert start == Target("http", NAME, 5002, "/.well-known/acme-challenge/token")
    for location, port in (("/x", 5002), ("https://autre.test/x", 5001), ("//autre.test:80", 80)):
        found = redirections.followed(start, location, ports)
        assert found is not None
        assert found.port == port


def test_the_record_of_dns_01() -> None:
    """Base64url without padding; any one of the records will do."""
    wanted = answers.record_value(KEY_AUTHORIZATION)
    assert len(wanted) == 43
    assert answers.judge_records(NAME, ["autre", wanted], KEY_AUTHORIZATION) is None
    for records, cause in (((), Cause.RECORD_MISSING), (("autre",), Cause.RECORD_DIFFERENT)):
        found = answers.judge_records(NAME, records, KEY_AUTHORIZATION)
        assert found is not None
        assert found.cause is cause


def test_the_file_of_http_01() -> None:
    """Blanks at its end are nothing; what is told of another is cleaned."""
    right = KEY_AUTHORIZATION.encode()
    assert answers.judge_body(NAME, right + b" \r\n", KEY_AUTHORIZATION) is None
    for body in (b"", b" " + right, right + b"x", b"\x1b[2J\xff"):
        found = answers.judge_body(NAME, body, KEY_AUTHORIZATION)
        assert found is not None
        assert found.cause is Cause.BODY
        assert "\x1b" not in str(dict(found.facts)["found"])


def certificate(
    *,
    names: tuple[x509.GeneralName, ...] = (x509.DNSName("WWW.hopital.test"),),
    value: bytes = hashlib.sha256(KEY_AUTHORIZATION.encode()).digest(),
    is_critical: bool = True,
    has_identifier: bool = True,
    is_foreign: bool = False,
    issuer: x509.AuthorityKeyIdentifier | None = None,
) -> bytes:
    """A certificate of tls-alpn-01, or one that is wrong in one way."""
    key = ec.generate_private_key(ec.SECP256R1())
    signer = ec.generate_private_key(ec.SECP256R1()) if is_foreign else key
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "acme")])
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1))
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if has_identifier:
        held = x509.UnrecognizedExtension(answers.ACME_IDENTIFIER, b"\x04\x20" + value)
        builder = builder.add_extension(held, critical=is_critical)
    if issuer:
        builder = builder.add_extension(issuer, critical=False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.DER)


OTHERS = (x509.DNSName("autre.test"), x509.IPAddress(ip_address("192.0.2.1")))


@pytest.mark.parametrize(
    ("shown", "cause"),
    [
        (certificate(), None),
        (certificate(names=()), Cause.CERTIFICATE_NAMES),
        (certificate(names=(x509.DNSName(NAME), OTHERS[0])), Cause.CERTIFICATE_NAMES),
        (certificate(names=(x509.DNSName(NAME), OTHERS[1])), Cause.CERTIFICATE_NAMES),
        (certificate(names=(OTHERS[0],)), Cause.CERTIFICATE_NAMES),
        (certificate(has_identifier=False), Cause.CERTIFICATE_IDENTIFIER),
        (certificate(is_critical=False), Cause.CERTIFICATE_IDENTIFIER),
        (certificate(value=b"0" * 32), Cause.CERTIFICATE_IDENTIFIER),
        (certificate(is_foreign=True), Cause.CERTIFICATE_SIGNED_BY_ANOTHER),
        (b"", Cause.CERTIFICATE_UNREADABLE),
        (b"0\x80", Cause.CERTIFICATE_UNREADABLE),
    ],
)
def test_the_certificate_of_tls_alpn_01(shown: bytes, cause: Cause | None) -> None:
    """RFC 8737 §3: one name, a critical acmeIdentifier of this account, signed by its own key."""
    found = answers.judge_certificate(NAME, shown, KEY_AUTHORIZATION)
    assert (found.cause if found else None) == cause


def test_every_cause_has_its_error_type() -> None:
    assert set(KINDS) == set(Cause)


def test_the_identifier_of_a_certificate() -> None:
    """RFC 9773 §4.1, with its example; one way of writing it alone."""
    example = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"
    found = CertId.parse(example)
    assert found is not None
    assert (found.key_id.hex(), found.serial) == (
        "69885b6b87464041e1b37b847ba0ae2cde01c8d4",
        0x87654321,
    )
    assert str(found) == example
    wrong = (
        "",
        ".",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.h2VDIQ",  # negative
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AACHZUMh",  # one octet too many
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyF",  # bits that say nothing
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE=",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE.AIdlQyE",
        "a.AIdlQyE",
        "a/b.AIdlQyE",
    )
    assert [text for text in wrong if CertId.parse(text) is not None] == []
    with pytest.raises(x509.ExtensionNotFound):
        CertId.of(certificate())
    by_name = x509.AuthorityKeyIdentifier(None, [x509.DirectoryName(x509.Name([]))], 1)
    with pytest.raises(ValueError, match="does not name its issuer's key"):
        CertId.of(certificate(issuer=by_name))
    by_key = x509.AuthorityKeyIdentifier(found.key_id, None, None)
    assert CertId.of(certificate(issuer=by_key)) == replace(found, serial=1)
