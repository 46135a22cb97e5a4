"""What an ACME account does with its certificates, and what ends it: renewal, revocation, limit."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone
from josepy.json_util import encode_b64jose
from josepy.jwk import JWKEC

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
from apps.automation.callers import SOPHIE
from apps.automation.machine_callers import account
from guichet.authority import authority_facts
from guichet.authority.authority_facts import Crossing
from guichet.automation.acme.policy import AcmePolicy
from guichet.domain.acme.cert_ids import CertId
from guichet.domain.machines import Verb
from guichet.habilitations.models import DomainProof
from guichet.identities.machines import credentials_of
from guichet.identities.operations import machines
from guichet.orders import operations as orders
from guichet.orders.models import Order, Product
from kit import pki

pytestmark = pytest.mark.usefixtures("no_caa")


def test_a_renewal_keeps_the_key_in_its_window(
    acme: Acme, proved: None, sign_everything: Sign
) -> None:
    """By the name alone, as most clients ask, or by the certificate that it replaces."""
    key = pki.fresh_key("p-256")
    first = leaf(acme, issued(acme, sign_everything, key=key))
    early = body(acme.order(NAME))
    refused = acme.finalize(early, csr_of(NAME, key))
    assert body(refused)["code"] == "key-seen", "no renewal yet: a new order wants a new key"

    Product.objects.update(not_after=timezone.now() + timedelta(days=30))
    order = body(acme.order(NAME))
    assert acme.finalize(order, csr_of(NAME, key)).status_code == 200
    assert Order.objects.latest("number").renewal_of == Product.objects.get().number
    named = acme.order(NAME, replaces=_ari(first))
    assert (named.status_code, kind_of(named)) == (409, "alreadyReplaced")


def _ari(certificate: x509.Certificate) -> str:
    return str(CertId.of(certificate.public_bytes(Encoding.DER)))


def test_revocation_by_the_key_of_the_certificate(
    acme: Acme, proved: None, sign_everything: Sign
) -> None:
    """Whoever holds its key revokes it; another key, or another structure's account, does not."""
    key = JWKEC(key=pki.fresh_key("p-256"))
    address = issued(acme, sign_everything, key=key.key._wrapped)
    der = leaf(acme, address).public_bytes(Encoding.DER)
    sent = {"certificate": encode_b64jose(der), "reason": 1}
    assert kind_of(Acme().post(url("revoke-cert"), sent)) == "unauthorized"
    assert kind_of(Acme(key).post(url("revoke-cert"), sent | {"reason": 6})) == (
        "badRevocationReason"
    )
    assert Acme(key).post(url("revoke-cert"), sent).status_code == 200
    revoked = Product.objects.get()
    assert (revoked.revocation_motive, revoked.revoked_by) == (
        "key-compromise",
        "le détenteur de la clé privée",
    )


def test_other_accounts_see_nothing(acme: Acme, proved: None, sign_everything: Sign) -> None:
    """A stranger's account, even of the same structure, finds 404 at each address."""
    address = issued(acme, sign_everything)
    order = body(acme.post(address))
    pending = body(acme.order("x.hopital.fr"))
    stranger = Acme()
    stranger.open(account(profiles=PROFILES, verbs={Verb.ORDER, Verb.WITHDRAW}))
    assert acme.kid is not None
    places = [
        address,
        order["authorizations"][0],
        order["certificate"],
        f"{order['certificate']}/1",
        acme.kid,
        f"{acme.kid}/orders",
    ]
    for place in places:
        assert stranger.post(place).status_code == 404, place
    assert stranger.finalize(pending, csr_of("x.hopital.fr")).status_code == 404
    assert acme.post(f"{order['certificate']}/1").status_code == 404, "there is one chain"


def test_another_chain_when_a_second_issuer_vouches(
    acme: Acme, proved: None, sign_everything: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual chain names the others (RFC 8555 §7.4.2)."""
    address = body(acme.post(issued(acme, sign_everything)))["certificate"]
    usual = x509.load_pem_x509_certificates(acme.post(address).content)
    other = pki.Pki().authority("ACI-EL-ORG-TEST").der
    crossing = Crossing(code="ACI-EL-ORG-TEST", issuer="ACR-EL-TEST", certificate_der=other)
    monkeypatch.setattr(authority_facts, "crossings", lambda: (crossing,))
    assert f'<{address}/1>;rel="alternate"' in acme.post(address).headers["Link"]
    alternate = x509.load_pem_x509_certificates(acme.post(f"{address}/1").content)
    assert alternate[0] == usual[0]
    assert [one.public_bytes(Encoding.DER) for one in alternate[1:]] == [other]
    assert f'<{address}>;rel="alternate"' in acme.post(f"{address}/1").headers["Link"]


def test_limits_by_the_hour(acme: Acme, proved: None, settings: Any) -> None:
    """Too many orders, or too many failures, and the client is told when to come back."""
    settings.GUICHET_ACME = AcmePolicy(orders_per_hour=1, failures_per_hour=0)
    assert acme.order(NAME).status_code == 201
    refused = acme.order("b.hopital.fr")
    assert (refused.status_code, kind_of(refused)) == (429, "rateLimited")
    assert int(refused.headers["Retry-After"]) > 0
    DomainProof.objects.update(proved_at=None)
    settings.GUICHET_ACME = AcmePolicy(failures_per_hour=0)
    challenge = challenge_of(acme, body(acme.order("c.hopital.fr")), "http-01")
    assert kind_of(acme.post(challenge["url"], {})) == "rateLimited"


def test_an_order_cancelled_at_the_counter_is_invalid(acme: Acme, proved: None) -> None:
    """What people do to the portal's order is what the client is told."""
    asked = acme.order(NAME)
    acme.finalize(body(asked), csr_of(NAME))
    Order.objects.update(state="available")
    orders.cancel(number=Order.objects.get().number, by=SOPHIE, at=timezone.now())
    ended = body(acme.post(asked.headers["Location"]))
    assert (ended["status"], ended["error"]["type"][-12:]) == ("invalid", "unauthorized")


def test_a_disabled_machine_account_closes_its_acme_accounts(structures: None) -> None:
    """At once; so does the revocation of the EAB key that opened the account."""
    machine = account(profiles=PROFILES)
    client, other = Acme(), Acme()
    client.open(machine)
    other.open(machine)
    (newest, _oldest) = _credentials(machine)
    machines.revoke_credential(key=machine.key, credential=newest, by=SOPHIE, at=timezone.now())
    assert kind_of(other.order(NAME)) == "unauthorized"
    assert client.order(NAME).status_code == 201
    machines.disable_machine(key=machine.key, by=SOPHIE, at=timezone.now())
    refused = client.order(NAME)
    assert (kind_of(refused), body(refused)["code"]) == ("unauthorized", "machine-disabled")


def _credentials(machine: Any) -> tuple[Any, ...]:
    return tuple(found.key for found in credentials_of(machine.key))
