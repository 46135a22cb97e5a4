"""EST renewals: by the present certificate or another of the account, with a new key or its own."""
# ruff: noqa: F811 a fixture is an argument of the same name

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from apps.automation.callers import JEANNE
from apps.automation.est_callers import (  # noqa: F401 the fixtures
    ENROL,
    Device,
    Sign,
    _no_waiting,
    certificates,
    common_name,
    device,
    enrolled,
    firewall,
    near_their_end,
    renewal_of,
)
from guichet.authority.models import Certificate
from guichet.habilitations.models import Right
from guichet.identities.operations import machines
from guichet.orders.models import Order, Product
from kit import pki

RENEW = "org-auth-cli/simplereenroll"
SERVER = "serv-ssl-serv"


def test_the_present_certificate_renews_itself(firewall: Device, sign_everything: Sign) -> None:
    """A renewal of the product, by new key; the old request repeated is the same order."""
    der = enrolled(firewall, sign_everything)
    request = renewal_of(der)
    assert firewall.post(RENEW, request, certificate=der).status_code == 202
    sign_everything()
    (found,) = certificates(firewall.post(RENEW, request, certificate=der))
    first, second = Order.objects.order_by("number")
    assert (second.renewal_of, second.requester_ref) == (
        first.product.number,
        first.requester_ref,
    )
    again = found.public_bytes(Encoding.DER)
    assert common_name(again) == "Pare-feu"
    near_their_end()
    assert firewall.post(RENEW, renewal_of(again), certificate=again).status_code == 202


def test_a_renewal_may_keep_its_key(firewall: Device, sign_everything: Sign) -> None:
    """RFC 7030 4.2.2 calls it renewing; a new key is rekeying."""
    key, secret = pki.fresh_key("p-256"), firewall.secret()
    request = pki.csr(key, "Pare-feu")
    firewall.post(ENROL, request, secret)
    sign_everything()
    (found,) = certificates(firewall.post(ENROL, request, secret))
    near_their_end()
    der = found.public_bytes(Encoding.DER)
    assert firewall.post(RENEW, renewal_of(der, key), certificate=der).status_code == 202


def test_a_key_lost_before_the_certificate_was_fetched(
    firewall: Device, sign_everything: Sign
) -> None:
    """The renewal that nobody fetched takes another key; the first request gets nothing more."""
    der = enrolled(firewall, sign_everything)
    lost = renewal_of(der)
    assert firewall.post(RENEW, lost, certificate=der).status_code == 202
    assert firewall.post(RENEW, renewal_of(der), certificate=der).status_code == 503
    sign_everything()
    request = renewal_of(der)
    assert firewall.post(RENEW, request, certificate=der).status_code == 202
    gone = firewall.post(RENEW, lost, certificate=der)
    assert (gone.status_code, "est-order-ended" in gone.content.decode()) == (403, True)
    sign_everything()
    (found,) = certificates(firewall.post(RENEW, request, certificate=der))
    assert found.public_key() == x509.load_der_x509_csr(request).public_key()
    assert Certificate.objects.exclude(revoked_at=None).count() == 1
    twice = firewall.post(RENEW, renewal_of(der), certificate=der)
    assert (twice.status_code, "renewal-pending" in twice.content.decode()) == (400, True)


def test_another_certificate_of_the_account_renews(firewall: Device, sign_everything: Sign) -> None:
    """By the subject of the request: that of a bound certificate, or with a secret of one use."""
    bound = enrolled(firewall, sign_everything, name="Relais")
    firewall.bind(bound)
    server = enrolled(firewall, sign_everything, f"{SERVER}/simpleenroll", "www.hopital.fr")
    one = renewal_of(server)
    assert firewall.post(f"{SERVER}/simplereenroll", one, certificate=bound).status_code == 202
    (product,) = Product.objects.filter(order__fqdn="www.hopital.fr")
    assert Order.objects.get(renewal_of=product.number).fqdn == "www.hopital.fr"
    answer = firewall.post(RENEW, renewal_of(bound), firewall.secret())
    assert answer.status_code == 202, answer.content.decode()


def test_what_a_stranger_holds_renews_nothing_here(firewall: Device, sign_everything: Sign) -> None:
    """401 or 403: the certificate, or the account, is of another structure."""
    der = enrolled(firewall, sign_everything)
    port = device("port", structure="10B0288882")
    Right.objects.filter(card_number=JEANNE.card_number).update(usages=["AUTH_CLI"])
    answer = port.post(RENEW, renewal_of(der), port.secret())
    assert (answer.status_code, "est-nothing-to-renew" in answer.content.decode()) == (403, True)
    machines.disable_machine(key=firewall.account, by=JEANNE, at=timezone.now())
    assert port.post(RENEW, renewal_of(der), certificate=der).status_code == 401
