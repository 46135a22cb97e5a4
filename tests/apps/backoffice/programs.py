"""What programs ask: the API as somebody with a card, ACME, EST, and where machines enter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from josepy.json_util import encode_b64jose
from josepy.jwa import ES256

from apps.automation.acme_client import SITE, Acme, binding, csr_of, eab, p256, sealed, url
from apps.automation.est_callers import (
    HOSPITAL,
    Device,
    certificates,
    device,
    near_their_end,
    renewal_of,
)
from apps.backoffice.api_calls import CALLS, EMAIL, Names, filled
from apps.backoffice.scenery import Scene
from apps.backoffice.steps import Act, Step
from apps.backoffice.views import PORTS
from guichet.authority.models import Certificate, CertificationAuthority, CrossCertificate
from guichet.domain.acme.cert_ids import CertId
from guichet.habilitations.models import DomainProof, Structure
from guichet.identities.peer import PeerTls
from kit import pki

CARD = {"guichet.listener": "card"}
ENROL = "org-auth-cli/simpleenroll"


def step(port: str, who: str, method: str, address: str, browser: Client, ask: Any) -> Step:
    """A request of a program, named by the route that takes it."""
    route = str(resolve(address.partition("?")[0], PORTS[port]).route)
    return Step(Act(route, who, method), browser, lambda _before: ask())


def rest(scene: Scene) -> Iterator[Step]:
    """Each act of the API, by somebody who holds a card; one that undoes follows what it undoes."""
    browser, names = Client(**CARD), Names.of(scene)
    last: Step | None = None
    for method, path, body in CALLS:
        address = f"/api/v1/{path.lstrip('>').format(**vars(names))}"
        sent = (
            {}
            if body is None
            else {"data": filled(body, names), "content_type": "application/json"}
        )
        ask = partial(browser.generic, method, address, secure=True, **sent)
        one = step("card", "card", method, address, browser, ask)
        if path.startswith(">") and last is not None:
            last.then.append(one)
        else:
            yield one
            last = one


def acme(scene: Scene) -> Iterator[Step]:
    """An account, and an order at each of its steps; a nonce is taken for each message."""
    client, other = Acme(), Acme()
    assert client.open(scene.machine).status_code == 201
    unproved = client.order("www.hopital.fr").json()["authorizations"][0]
    challenge = client.post(unproved).json()["challenges"][0]["url"]
    _prove("hopital.fr")
    issued = client.order("intranet.hopital.fr")
    client.finalize(issued.json(), csr_of("intranet.hopital.fr"))
    scene.town.sign()
    done = client.post(issued["Location"]).json()
    chain = client.post(done["certificate"]).content
    der = x509.load_pem_x509_certificates(chain)[0].public_bytes(Encoding.DER)
    ready = client.order("sante.hopital.fr")
    opening = {
        "termsOfServiceAgreed": True,
        "contact": [f"mailto:{EMAIL}"],
        "externalAccountBinding": binding(other.key, eab(scene.machine)),
    }
    for sender, address, payload in (
        (other, url("new-account"), opening),
        (client, client.kid or "", b""),
        (client, f"{client.kid}/orders", b""),
        (client, url("key-change"), _change(client)),
        (client, url("new-order"), {"identifiers": [{"type": "dns", "value": "un.hopital.fr"}]}),
        (client, ready["Location"], b""),
        (client, ready.json()["finalize"], {"csr": encode_b64jose(csr_of("sante.hopital.fr"))}),
        (client, unproved, b""),
        (client, challenge, {}),
        (client, done["certificate"], b""),
        (client, f"{done['certificate']}/1", b""),
        (client, url("revoke-cert"), {"certificate": encode_b64jose(der)}),
    ):
        path = address.removeprefix(SITE)
        ask = partial(sender.post, address, payload)
        one = step("portal", "acme", "POST", path, sender.client, ask)
        if path.endswith("/1"):
            one.prepare = partial(_crossed, der)
        yield one
    for path in ("directory", "new-nonce", "renewal-info", f"renewal-info/{CertId.of(der)}"):
        ask = partial(client.client.get, f"/acme/{path}", secure=True)
        yield step("portal", "acme", "GET", f"/acme/{path}", client.client, ask)


def _crossed(der: bytes) -> None:
    """Another authority vouches for the one that issued this: what it signed is not looked at."""
    row = Certificate.objects.select_related("authority").get(der=der)
    others = CertificationAuthority.objects.exclude(pk=row.authority_id)
    CrossCertificate.objects.create(
        authority=row.authority,
        issuer=others.earliest("pk"),
        certificate=row,
        created_at=timezone.now(),
    )


def _prove(domain: str) -> None:
    at = timezone.now()
    DomainProof.objects.create(
        structure=Structure.objects.get(national_id=HOSPITAL),
        domain=domain,
        token=domain,
        asked_by="test",
        asked_at=at,
        proved_at=at,
    )


def _change(client: Acme) -> dict[str, Any]:
    """A new key for the account, which signs that it is (RFC 8555 §7.3.5)."""
    new = p256()
    header = {"alg": "ES256", "jwk": new.public_key().to_json(), "url": url("key-change")}
    payload = {"account": client.kid, "oldKey": client.key.public_key().to_json()}
    return sealed(header, json.dumps(payload).encode(), ES256.sign, new.key)


def est(scene: Scene) -> Iterator[Step]:
    """A device that enrols, comes back with its certificate, and asks what it may ask."""
    machine = device(profiles=frozenset({"ORG/AUTH_CLI"}))
    secret, request = machine.secret(), pki.csr(pki.fresh_key("p-256"), "Pare-feu")
    assert machine.post(ENROL, request, secret).status_code == 202
    scene.town.sign()
    (found,) = certificates(machine.post(ENROL, request, secret))
    der = found.public_bytes(Encoding.DER)
    machine.bind(der)
    near_their_end()
    other = pki.csr(pki.fresh_key("p-256"), "Autre")
    for label in ("", "org-auth-cli/"):
        for path in ("cacerts", "csrattrs", "serverkeygen", "fullcmc", "autre"):
            yield _est(machine, "GET", f"{label}{path}", partial(machine.get, f"{label}{path}"))
        first = partial(machine.post, f"{label}simpleenroll", other, machine.secret())
        yield _est(machine, "POST", f"{label}simpleenroll", first)
        next_ = partial(machine.post, f"{label}simplereenroll", renewal_of(der), certificate=der)
        yield _est(machine, "POST", f"{label}simplereenroll", next_)
    peer = PeerTls((der,), "TLSv1.3", "TLS_AES_256_GCM_SHA384")
    caller = Client(**CARD, **{"guichet.peer": peer})
    asked = {"grant_type": "client_credentials", "client_id": str(machine.account)}
    token = partial(caller.post, "/api/v1/oauth/token", asked, secure=True)
    yield step("card", "machine", "POST", "/api/v1/oauth/token", caller, token)
    told = "/.well-known/oauth-authorization-server"
    yield step("card", "machine", "GET", told, caller, partial(caller.get, told, secure=True))


def _est(machine: Device, method: str, path: str, ask: Any) -> Step:
    return step("card", "device", method, f"/.well-known/est/{path}", machine.client, ask)
