"""EST: a machine gets its first certificate; the same request is one order."""
# ruff: noqa: F811 a fixture is an argument of the same name

import base64
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from apps.automation.est_callers import (  # noqa: F401 the fixtures
    ALL,
    ENROL,
    HOSPITAL,
    Device,
    Sign,
    _no_waiting,
    certificates,
    common_name,
    csr,
    device,
    enrolled,
    firewall,
    near_their_end,
    renewal_of,
)
from guichet.authority.models import Certificate
from guichet.automation.est import fetching
from guichet.automation.est.policy import EstPolicy
from guichet.domain.machines import Verb
from guichet.identities.models import MachineCredential
from guichet.journal.models import Entry
from guichet.orders.models import Order, Product
from kit import pki

RENEW = "org-auth-cli/simplereenroll"


def test_a_secret_opens_one_order(firewall: Device, sign_everything: Sign) -> None:
    """202, then the certificate alone, as often as asked: the answer may be lost. RFC 7030 4.2.3"""
    secret, request = firewall.secret(), csr()
    wait = firewall.post(ENROL, request, secret, user="PARE-FEU")
    assert (wait.status_code, wait["Retry-After"]) == (202, "5")
    order = Order.objects.get()
    assert (order.channel, order.service, order.structure_id) == ("est", "Pare-feu", HOSPITAL)
    assert order.actor_email == "reseau@hopital.fr"
    assert firewall.post(ENROL, request, secret).status_code == 202
    sign_everything()
    for _ in range(2):
        (found,) = certificates(firewall.post(ENROL, request, secret))
        assert found.public_key() == x509.load_der_x509_csr(request).public_key()
    assert Order.objects.count() == Product.objects.count() == 1
    other = firewall.post(ENROL, csr(), secret)
    assert other.status_code == 401
    assert other["WWW-Authenticate"].startswith("Basic ")
    told = list(Entry.objects.values_list("event", flat=True))
    assert told.count("credential-used") == told.count("order-placed") == 1


def test_a_refused_request_spends_no_secret(firewall: Device) -> None:
    """400, in both languages; the same secret then serves a good request."""
    secret = firewall.secret()
    weak = firewall.post(ENROL, pki.csr(pki.fresh_key("rsa-1024"), "Pare-feu"), secret)
    assert weak.status_code == 400
    assert weak["Content-Type"] == "text/plain; charset=utf-8"
    text = weak.content.decode()
    assert "(key-too-short)" in text
    french, english = text.split("\n\n")
    assert french != english
    assert firewall.post(ENROL, csr(), secret).status_code == 202


@pytest.mark.parametrize("form", ["pem", "der", "one line"])
def test_how_a_request_is_wrapped(firewall: Device, form: str) -> None:
    """RFC 8951 says base64; habits are taken too, and are the same request."""
    secret, request = firewall.secret(), csr()
    wrapped = {
        "pem": x509.load_der_x509_csr(request).public_bytes(Encoding.PEM),
        "der": request,
        "one line": base64.b64encode(request),
    }[form]
    header = "Basic " + base64.b64encode(f"{firewall.account}:{secret}".encode()).decode()
    path = f"/.well-known/est/{ENROL}"
    told = {"content_type": "application/pkcs10", "HTTP_AUTHORIZATION": header}
    assert firewall.client.post(path, wrapped, secure=True, **told).status_code == 202
    assert firewall.post(ENROL, request, secret).status_code == 202


SERVER = "serv-ssl-serv"
NAMED = [
    (SERVER, "www.hopital.fr", ["www.hopital.fr"], "www.hopital.fr"),
    (SERVER, "Un serveur", ["WWW.hopital.fr"], "www.hopital.fr"),
    (SERVER, "www.hopital.fr", [], "www.hopital.fr"),
    (f"{SERVER}~vpn.hopital.fr", "usine-0042", [], "vpn.hopital.fr"),
    ("ORG-AUTH-CLI~Service d’imagerie", "usine-0042", [], "Service d’imagerie"),
]


@pytest.mark.parametrize(("label", "common", "sans", "expected"), NAMED)
def test_who_the_certificate_is_for(
    firewall: Device, label: str, common: str, sans: list[str], expected: str
) -> None:
    """The label's name, or else the request's; never its organisation."""
    names = [x509.DNSName(name) for name in sans]
    extensions = [(x509.SubjectAlternativeName(names), False)] if names else []
    request = pki.csr(pki.fresh_key("p-256"), common, extensions)  # type: ignore[arg-type]
    answer = firewall.post(f"{label}/simpleenroll", request, firewall.secret())
    assert answer.status_code == 202, answer.content.decode()
    assert Order.objects.get().beneficiary == expected


def test_the_only_service_and_profile_of_an_account(structures: None) -> None:
    """Neither label nor name is needed where the account leaves no choice."""
    narrow = device("bornes", profiles=frozenset({"ORG/AUTH_CLI"}), services=("Bornes",))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    nameless = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    request = nameless.public_bytes(Encoding.DER)
    assert narrow.post("simpleenroll", request, narrow.secret()).status_code == 202
    assert Order.objects.get().beneficiary == "Bornes"


def test_a_bound_certificate_enrols_and_its_own_does_not(
    firewall: Device, sign_everything: Sign
) -> None:
    """401 for a certificate that may only renew itself."""
    der = enrolled(firewall, sign_everything)
    alone = firewall.post(ENROL, csr("Autre"), certificate=der)
    assert (alone.status_code, "client-certificate-unbound" in alone.content.decode()) == (
        401,
        True,
    )
    firewall.bind(der)
    assert firewall.post(ENROL, csr("Autre"), certificate=der).status_code == 202


def test_the_signer_is_waited_for(
    firewall: Device, sign_everything: Sign, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One request is enough when it is quick; no thread waits beyond what the policy lets."""
    settings.GUICHET_EST = EstPolicy(wait=timedelta(seconds=20))
    monkeypatch.setattr(fetching, "time", SimpleNamespace(sleep=lambda _seconds: sign_everything()))
    secret, request = firewall.secret(), csr()
    (found,) = certificates(firewall.post(ENROL, request, secret))
    assert common_name(found.public_bytes(Encoding.DER)) == "Pare-feu"
    settings.GUICHET_EST = EstPolicy(waiters=0)
    assert firewall.post(ENROL, csr("Autre"), firewall.secret()).status_code == 202
    product = Product.objects.get()
    Certificate.objects.filter(pk=product.certificate_id).update(revoked_at=timezone.now())
    gone = firewall.post(ENROL, request, secret)
    assert (gone.status_code, "already-revoked" in gone.content.decode()) == (400, True)


def test_an_order_that_ended_gives_nothing(firewall: Device) -> None:
    """403: the structure gave the order up."""
    secret, request = firewall.secret(), csr()
    firewall.post(ENROL, request, secret)
    Order.objects.update(state="cancelled")
    gone = firewall.post(ENROL, request, secret)
    assert (gone.status_code, "est-order-ended" in gone.content.decode()) == (403, True)


@pytest.mark.parametrize(
    "values",
    [
        {"wait": timedelta(minutes=1)},
        {"waiters": 33},
        {"retry_after": timedelta(0)},
    ],
)
def test_what_a_policy_may_be(values: dict[str, Any]) -> None:
    """Threads are few, and clients come back."""
    with pytest.raises(ValueError, match=next(iter(values))):
        EstPolicy(**values)


def test_a_spent_secret_ends(firewall: Device, sign_everything: Sign) -> None:
    """401 once it is revoked or past its date, even for its own request."""
    secret, request = firewall.secret(), csr()
    firewall.post(ENROL, request, secret)
    sign_everything()
    MachineCredential.objects.update(expires_at=timezone.now())
    assert firewall.post(ENROL, request, secret).status_code == 401
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("address", "missing"),
    [(ENROL, Verb.ORDER), (ENROL, Verb.WITHDRAW), (RENEW, Verb.RENEW), (RENEW, Verb.WITHDRAW)],
)
def test_verbs(structures: None, address: str, missing: Verb) -> None:
    """403, before anything is placed or spent."""
    limited = device("bornes", ALL - {missing})
    answer = limited.post(address, csr(), limited.secret())
    assert (answer.status_code, "verb-missing" in answer.content.decode()) == (403, True)
    assert not Order.objects.exists()
    assert not MachineCredential.objects.exclude(used_at=None).exists()
