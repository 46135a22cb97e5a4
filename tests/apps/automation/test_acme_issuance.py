"""A certificate by ACME, from the key of a machine account to the revocation."""

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone
from josepy.json_util import encode_b64jose

from apps.automation.acme_client import Acme, csr_of, kind_of, url
from apps.automation.acme_orders import (
    NAME,
    PROFILES,
    Sign,
    body,
    challenge_of,
    issued,
    leaf,
)
from apps.automation.machine_callers import HOSPITAL, account
from guichet.automation.acme.validation import caa, checks
from guichet.automation.acme.validation.errors import Unproved
from guichet.automation.models import AcmeOrder
from guichet.domain.machines import Verb
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.models import DomainProof
from guichet.journal import queries as journal
from guichet.notifications.models import OutboxMail
from guichet.orders.models import Order, Product
from kit import pki

pytestmark = pytest.mark.usefixtures("no_caa")


def test_a_certificate_from_order_to_revocation(
    acme: Acme, proved: None, sign_everything: Sign
) -> None:
    """A domain proved to the counter needs no challenge; each step answers as RFC 8555 says."""
    asked = acme.order(NAME.upper())
    order, address = body(asked), asked.headers["Location"]
    assert (asked.status_code, order["status"]) == (201, "ready")
    assert order["identifiers"] == [{"type": "dns", "value": NAME}]
    authorization = body(acme.post(order["authorizations"][0]))
    assert (authorization["status"], authorization["challenges"]) == ("valid", [])
    assert acme.order(NAME).headers["Location"] == address, "an open order is given again"

    csr = csr_of(NAME, in_subject=False)
    sent = acme.finalize(order, csr)
    assert body(sent)["status"] == "processing"
    assert sent.headers["Retry-After"]
    assert acme.finalize(order, csr).status_code == 200, "the same request changes nothing"
    assert kind_of(acme.finalize(order, csr_of(NAME))) == "orderNotReady"
    placed = Order.objects.get()
    assert (placed.channel, placed.fqdn, placed.actor_email) == ("acme", NAME, "si@hopital.fr")
    sign_everything()

    done = body(acme.post(address))
    assert done["status"] == "valid"
    (mail,) = OutboxMail.objects.values_list("dedupe_key", flat=True)
    assert mail.endswith(":withdrawn"), "a machine that withdraws by itself is told no more"
    chain = acme.post(done["certificate"])
    assert chain.headers["Content-Type"] == "application/pem-certificate-chain"
    first, *issuers = x509.load_pem_x509_certificates(chain.content)
    assert len(issuers) == 1, "the root is not sent"
    first.verify_directly_issued_by(issuers[0])
    listed = body(acme.post(f"{acme.kid}/orders"))["orders"]
    assert listed == [address]

    der = encode_b64jose(first.public_bytes(Encoding.DER))
    assert acme.post(url("revoke-cert"), {"certificate": der, "reason": 4}).status_code == 200
    assert Product.objects.get().revocation_motive == "superseded"
    again = acme.post(url("revoke-cert"), {"certificate": der})
    assert kind_of(again) == "alreadyRevoked"
    told = [entry.event for entry in journal.entries_about(str(AcmeOrder.objects.get()))]
    assert sorted(told) == ["acme-order-asked", "acme-order-finalized"]


def test_a_service_of_the_structure(acme: Acme, sign_everything: Sign) -> None:
    """The identifier of our own: a service within the limits of the account is authorized."""
    address = issued(acme, sign_everything, "Monservice", kind="guichet-service")
    certificate = leaf(acme, address)
    assert "CN=Monservice" in certificate.subject.rfc4514_string()
    assert Order.objects.get().usage == "AUTH_CLI"


@pytest.mark.parametrize("kind", ["http-01", "dns-01", "tls-alpn-01"])
def test_a_name_proved_by_a_challenge(
    acme: Acme, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The challenge is checked with the account's key authorization, once."""
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr(checks, "check", lambda *told: seen.append(told))
    order = body(acme.order(NAME))
    assert order["status"] == "pending"
    assert kind_of(acme.finalize(order, csr_of(NAME))) == "orderNotReady"
    challenge = challenge_of(acme, order, kind)
    answered = acme.post(challenge["url"], {})
    assert body(answered)["status"] == "valid"
    assert order["authorizations"][0] in answered.headers["Link"]
    acme.post(challenge["url"], {})
    thumbprint = encode_b64jose(acme.key.thumbprint())
    token = challenge["token"]
    assert seen == [(kind, NAME, token, f"{token}.{thumbprint}")]
    again = body(acme.order(NAME))
    assert (again["status"], again["authorizations"]) == ("ready", order["authorizations"])


def test_a_challenge_that_fails_ends_its_order(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the network said is told on the challenge and on the order; another order may try."""

    def fail(*told: str) -> None:
        raise Unproved("connection", "Personne ne répond.")

    monkeypatch.setattr(checks, "check", fail)
    asked = acme.order(NAME)
    failed = body(acme.post(challenge_of(acme, body(asked), "http-01")["url"], {}))
    assert failed["status"] == "invalid"
    assert failed["error"]["type"].endswith(":connection")
    ended = body(acme.post(asked.headers["Location"]))
    assert (ended["status"], ended["error"]["detail"]) == ("invalid", "Personne ne répond.")
    assert body(acme.order(NAME))["status"] == "pending"


def test_a_check_that_was_killed_is_taken_up_by_the_next_look(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker dies while it asks the network: the client's next poll goes on."""

    def die(*told: str) -> None:
        raise SystemExit

    order = body(acme.order(NAME))
    challenge = challenge_of(acme, order, "dns-01")
    monkeypatch.setattr(checks, "check", die)
    with pytest.raises(SystemExit):
        acme.post(challenge["url"], {})
    monkeypatch.setattr(checks, "check", lambda *told: None)
    assert body(acme.post(order["authorizations"][0]))["status"] == "pending", "still claimed"
    later = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert body(acme.post(order["authorizations"][0]))["status"] == "valid"


def test_what_the_habilitation_does_not_cover_is_refused(acme: Acme, proved: None) -> None:
    """The identifier and the refusal are named; what is too many is a subproblem each."""
    outside = acme.order("www.clinique.fr")
    assert (outside.status_code, kind_of(outside)) == (403, "rejectedIdentifier")
    assert body(outside)["code"] == "right-domain"
    (told,) = body(outside)["subproblems"]
    assert told["identifier"] == {"type": "dns", "value": "www.clinique.fr"}

    several = acme.order(NAME, "a.hopital.fr", "b.hopital.fr")
    assert kind_of(several) == "rejectedIdentifier"
    too_many = [one["identifier"]["value"] for one in body(several)["subproblems"]]
    assert too_many == ["a.hopital.fr", "b.hopital.fr"]

    assert kind_of(acme.order("*.hopital.fr")) == "rejectedIdentifier"
    assert kind_of(acme.order("192.0.2.1", kind="ip")) == "unsupportedIdentifier"
    assert kind_of(acme.order(NAME, profile="shortlived")) == "invalidProfile"
    assert kind_of(acme.order(NAME, profile="ORG/AUTH_CLI")) == "invalidProfile"
    assert kind_of(acme.order(NAME, notAfter="2030-01-01T00:00:00Z")) == "malformed"
    assert kind_of(acme.order(NAME, replaces="nothing.here")) == "malformed"
    assert not AcmeOrder.objects.exists()


@pytest.mark.parametrize(
    ("verbs", "missing"),
    [({Verb.ORDER}, "withdraw"), ({Verb.WITHDRAW, Verb.RENEW}, "order")],
)
def test_verbs_are_required(proved: None, verbs: set[Verb], missing: str) -> None:
    """An account without the verb is told which one; revocation asks for its own."""
    client = Acme()
    client.open(account(profiles=PROFILES, verbs=verbs))
    refused = client.order(NAME)
    assert kind_of(refused) == "unauthorized"
    assert missing in body(refused)["detail"]


def test_limits_of_the_machine_account_hold(proved: None) -> None:
    """Profiles, names and services cut the structure's rights down."""
    client = Acme()
    client.open(account(profiles=PROFILES, names=("pacs.hopital.fr",), services=("PACS",)))
    assert client.order("img.pacs.hopital.fr").status_code == 201
    assert kind_of(client.order(NAME)) == "rejectedIdentifier"
    assert client.order("PACS", kind="guichet-service").status_code == 201
    assert kind_of(client.order("RIS", kind="guichet-service")) == "rejectedIdentifier"


def test_habilitation_and_proof_are_asked_again_at_finalization(
    acme: Acme, proved: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proof lost, CAA records or an account cut down between the two refuse the request."""
    order = body(acme.order(NAME))
    DomainProof.objects.update(proved_at=None)
    assert kind_of(acme.finalize(order, csr_of(NAME))) == "unauthorized"
    DomainProof.objects.update(proved_at=timezone.now())

    def forbid(name: str, account: str, method: str) -> None:
        assert (account, method) == (acme.kid, "ca-dns-txt")
        raise Unproved("caa", "non")

    with monkeypatch.context() as patch:
        patch.setattr(caa, "require", forbid)
        assert kind_of(acme.finalize(order, csr_of(NAME))) == "caa"
    monkeypatch.setattr("guichet.automation.acme.ordering.orders.covering_right", _no_longer)
    refused = acme.finalize(order, csr_of(NAME))
    assert (kind_of(refused), body(refused)["code"]) == ("unauthorized", "right-missing")
    assert not Order.objects.exists()


def _no_longer(*told: Any) -> None:
    raise Refusal(Code.RIGHT_MISSING, structure=HOSPITAL, offer="SERV", usage="SSL_SERV")


def _with(*more: x509.GeneralName) -> bytes:
    sans = x509.SubjectAlternativeName([x509.DNSName(NAME), *more])
    return pki.csr(pki.fresh_key("p-256"), subject=NAME, extensions=[(sans, False)])


def _private_key() -> bytes:
    key = pki.fresh_key("p-256")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("csr", "expected"),
    [
        (lambda: csr_of("other.hopital.fr"), "acme-csr-names"),
        (lambda: _with(x509.DNSName("other.hopital.fr")), "acme-csr-names"),
        (lambda: _with(x509.IPAddress(ip_address("192.0.2.1"))), "acme-csr-names"),
        (lambda: pki.csr(pki.fresh_key("rsa-1024"), subject=NAME), "key-too-short"),
        (lambda: b"no request", "csr-unreadable"),
        (_private_key, "csr-is-private-key"),
    ],
)
def test_requests_are_judged(
    acme: Acme, proved: None, csr: Callable[[], bytes], expected: str
) -> None:
    """badCSR, with the portal's own code; the order stays ready."""
    order = body(acme.order(NAME))
    refused = acme.finalize(order, csr())
    assert (kind_of(refused), body(refused)["code"]) == ("badCSR", expected)
    assert body(acme.order(NAME))["status"] == "ready"
