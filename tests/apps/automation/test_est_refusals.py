"""What EST refuses, each by its status and its code in plain words (RFC 7030 §4.2.3)."""
# ruff: noqa: F811 a fixture is an argument of the same name

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone

from apps.automation.callers import SOPHIE
from apps.automation.est_callers import (  # noqa: F401 the fixtures
    ENROL,
    Device,
    _no_waiting,
    certificates,
    device,
    firewall,
    near_their_end,
    renewal_of,
)
from guichet.authority.models import BurntKey
from guichet.automation.est import clients
from guichet.automation.policy import ApiPolicy
from guichet.identities.models import MachineCredential
from guichet.identities.operations import machines
from guichet.identities.operations.throttle import Limit
from guichet.orders.models import Order
from kit import pki

RENEW = "serv-ssl-serv/simplereenroll"
CHALLENGE = x509.ObjectIdentifier("1.2.840.113549.1.9.7")
CHANGE_NAME = x509.ObjectIdentifier("1.3.6.1.5.5.7.7.36")


def request(
    *attributes: tuple[x509.ObjectIdentifier, bytes], common: str = "A", sans: str = ""
) -> bytes:
    """A request (DER) with attributes or alternative names that matter."""
    named = [x509.NameAttribute(x509.NameOID.COMMON_NAME, common)] if common else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(named))
    for kind, value in attributes:
        builder = builder.add_attribute(kind, value)
    if sans:
        told = x509.SubjectAlternativeName(map(x509.DNSName, sans.split()))
        builder = builder.add_extension(told, critical=False)
    signed = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return signed.public_bytes(Encoding.DER)


def refused(answer: Any) -> tuple[int, str]:
    """Status and code, told twice as text: in French, then in English."""
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/plain; charset=utf-8", text
    codes = [told.rstrip().rpartition("(")[2] for told in text.split("\n\n")]
    assert codes[:1] * 2 == codes, text
    return answer.status_code, codes[0].rstrip(")")


REQUESTS = [
    (ENROL, request((CHALLENGE, b"motdepasse")), (400, "est-challenge-password")),
    ("serv-ssl-serv/simplereenroll", request((CHANGE_NAME, b"x")), (400, "est-subject-differs")),
    (ENROL, request(common=""), (400, "est-name-missing")),
    (
        "serv-ssl-serv/simpleenroll",
        request(common="a.hopital.fr", sans="b.hopital.fr"),
        (400, "est-names-several"),
    ),
    (
        "serv-ssl-serv/simpleenroll",
        request(sans="a.hopital.fr b.hopital.fr"),
        (400, "est-names-several"),
    ),
    ("serv-ssl-serv/simpleenroll", request(common="autre.exemple.fr"), (403, "right-domain")),
    ("serv-ssl-serv/simpleenroll", request(common="pas un nom"), (400, "domain-name-invalid")),
    ("org-sign/simpleenroll", request(), (403, "right-missing")),
    ("pro-auth/simpleenroll", request(), (404, "est-label-unknown")),
    ("simpleenroll", request(), (400, "est-label-missing")),
    (ENROL, b"\x30\x03\x02\x01\x00", (400, "csr-unreadable")),
    (ENROL, b"\x30" * 80_000, (413, "csr-too-large")),
    ("org-auth-cli/simplereenroll", request(), (403, "est-nothing-to-renew")),
]


@pytest.mark.parametrize(("address", "sent", "expected"), REQUESTS)
def test_requests(firewall: Device, address: str, sent: bytes, expected: tuple[int, str]) -> None:
    """No order, and the secret may serve again."""
    assert refused(firewall.post(address, sent, firewall.secret())) == expected
    assert not Order.objects.exists()
    assert MachineCredential.objects.get().used_at is None


def test_who_asks(firewall: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    """401 with a challenge, whatever is wrong; 429 for somebody who goes on."""
    missing = (401, "est-authentication-missing")
    wrong = (401, "credential-wrong")
    secret = firewall.secret()
    nobody = firewall.post(ENROL, request())
    assert nobody["WWW-Authenticate"] == 'Basic realm="EST", charset="UTF-8"'
    assert refused(nobody) == missing
    for header in ("Bearer gut_x", "Basic ***", "Basic " + base64.b64encode(b"x").decode()):
        told = {"content_type": "application/pkcs10", "HTTP_AUTHORIZATION": header}
        path = f"/.well-known/est/{ENROL}"
        assert refused(firewall.client.post(path, b"", secure=True, **told)) == missing
    assert refused(firewall.post(ENROL, request(), "gus_invente")) == wrong
    assert refused(firewall.post(ENROL, request(), secret, user="imprimante")) == wrong
    monkeypatch.setattr(clients, "WRONG_BY_PLACE", Limit("est-wrong-place", 2, timedelta(hours=1)))
    late = firewall.post(ENROL, request(), "gus_invente")
    assert refused(late) == (429, "too-many-tries")
    assert 3_500 < int(late["Retry-After"]) <= 3_600
    machines.disable_machine(key=firewall.account, by=SOPHIE, at=timezone.now())
    assert refused(firewall.post(ENROL, request(), secret)) == (403, "machine-disabled")
    stranger = pki.Pki().leaf("ORG/AUTH_CLI", key=pki.fresh_key("p-256")).der
    unbound = firewall.post(ENROL, request(), certificate=stranger)
    assert refused(unbound) == (401, "client-certificate-unbound")


def test_the_pace(firewall: Device, settings: Any) -> None:
    """429 with the delay, counted by secret."""
    settings.GUICHET_API = ApiPolicy(calls=1, window=timedelta(days=1))
    secret, sent = firewall.secret(), request()
    assert firewall.post(ENROL, sent, secret).status_code == 202
    late = firewall.post(ENROL, sent, secret)
    assert (refused(late), late["Retry-After"]) == ((429, "too-many-calls"), "86400")
    assert firewall.post(ENROL, request(), firewall.secret()).status_code == 202


def test_a_private_key_is_burnt(firewall: Device) -> None:
    """400, and no certificate is ever made for it."""
    key = pki.fresh_key("p-256")
    sent = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[union-attr]
    secret = firewall.secret()
    header = "Basic " + base64.b64encode(f"{firewall.account}:{secret}".encode()).decode()
    told = {"content_type": "application/pkcs10", "HTTP_AUTHORIZATION": header}
    answer = firewall.client.post(f"/.well-known/est/{ENROL}", sent, secure=True, **told)
    assert refused(answer) == (400, "csr-is-private-key")
    assert BurntKey.objects.count() == 1
    assert refused(firewall.post(ENROL, pki.csr(key, "A"), secret)) == (400, "key-burnt")


def test_a_renewal_names_the_same(firewall: Device, sign_everything: Callable[[], None]) -> None:
    """RFC 7030 4.2.2: subject and alternative names are identical; and it is not too early."""
    secret, first = firewall.secret(), request(common="www.hopital.fr")
    firewall.post("serv-ssl-serv/simpleenroll", first, secret)
    sign_everything()
    (found,) = certificates(firewall.post("serv-ssl-serv/simpleenroll", first, secret))
    der = found.public_bytes(Encoding.DER)
    early = firewall.post(RENEW, renewal_of(der), certificate=der)
    assert refused(early) == (400, "renewal-not-open")
    near_their_end()
    bare = x509.CertificateSigningRequestBuilder().subject_name(found.subject)
    for sent in (
        request(common="www.hopital.fr", sans="www.hopital.fr"),
        bare.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(
            Encoding.DER
        ),
    ):
        assert refused(firewall.post(RENEW, sent, certificate=der)) == (400, "est-subject-differs")
    other = firewall.post("org-auth-cli/simplereenroll", renewal_of(der), certificate=der)
    assert refused(other) == (403, "est-nothing-to-renew")
    assert firewall.post("simplereenroll", renewal_of(der), certificate=der).status_code == 202


def test_addresses(firewall: Device, settings: Any) -> None:
    """What is not there says so in plain words; the portal has none of it."""
    assert refused(firewall.get("org-auth-cli/nothing")) == (404, "est-label-unknown")
    assert refused(firewall.get("org-autre/cacerts")) == (404, "est-label-unknown")
    for absent in ("serverkeygen", "org-auth-cli/fullcmc"):
        assert refused(firewall.post(absent, request())) == (501, "est-function-absent")
    assert firewall.get(ENROL).status_code == 405
    assert firewall.get(ENROL)["Content-Type"].startswith("text/plain")
    secret = firewall.secret()
    wrong = firewall.post(ENROL, request(), secret, content_type="application/json")
    assert refused(wrong) == (415, "est-content-type")
    vast = firewall.client.post(
        f"/.well-known/est/{ENROL}", b"x" * 2_000_001, content_type="x/y", secure=True
    )
    assert refused(vast) == (413, "request-too-large")
    settings.ROOT_URLCONF = "guichet.conf.urls"
    assert firewall.get("cacerts").status_code == 404


def test_authorities_are_told_to_anybody(firewall: Device) -> None:
    """The usual authority of the label, up to its root."""
    for address in ("cacerts", "serv-ssl-serv/cacerts"):
        found = certificates(firewall.get(address))
        told = {
            str(one.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)
            for one in found
        }
        assert told == {
            "TEST AC IGC-SANTE ELEMENTAIRE ORGANISATION",
            "TEST AC RACINE IGC-SANTE ELEMENTAIRE",
        }
    assert firewall.get("csrattrs").status_code == 204
    answer = firewall.get("org-auth-cli/csrattrs")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/csrattrs")
