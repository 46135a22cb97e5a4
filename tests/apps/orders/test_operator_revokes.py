"""An operator revokes a certificate by its serial number: its product or its order follows."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from apps.orders.counter import CODE, WITHDRAWAL, Person, Sign, csr_pem, text_of, withdrawn
from guichet.authority import operations as authority
from guichet.authority.models import Certificate
from guichet.domain.refusals import Code
from guichet.journal import queries as journal
from guichet.notifications import queries as notifications
from guichet.orders import operations
from guichet.orders.models import Order, Product
from guichet.processes import console
from guichet.x509.crl import Reason
from kit.refusals import assert_refused


def serial() -> str:
    """Of the only certificate that an order gave."""
    return Certificate.objects.exclude(request=None).get().serial_hex


def mails_about(order: int) -> list[str]:
    return [mail.subject for mail in notifications.about(f"order:{order}")]


def test_the_product_follows_its_certificate(sophie: Person, sign: Sign) -> None:
    """Revoked on the terminal: revoked on every page, told by e-mail and in the journal."""
    number = withdrawn(sophie, sign)
    told = console.revoke_serial(serial(), "superseded")
    assert told.ok
    assert told.text.startswith(f"Revoked {serial()} at ")
    product = Product.objects.get()
    assert product.revoked_at == Certificate.objects.get(serial_hex=serial()).revoked_at
    assert product.revocation_motive == "superseded"
    page = text_of(sophie.get(f"/produits/revoquer/{number}/fait/"))
    assert "l’opérateur du guichet" in page
    assert str(product.revocation_number) in page
    assert any("révoqué" in subject for subject in mails_about(product.order.number))
    [entry] = [e for e in journal.entries_about(f"product:{number}") if "revoked" in e.event]
    assert entry.actor == console.ACTOR


def test_the_owner_is_told_that_it_is_done(sophie: Person, sign: Sign) -> None:
    """No loop: the confirmation page leads to the receipt."""
    number = withdrawn(sophie, sign)
    console.revoke_serial(serial(), "unspecified")
    address = f"/produits/revoquer/{number}/confirmer/?motif=theft"
    assert sophie.post(address, {"confirmed": "on"})["Location"].endswith(f"/{number}/fait/")
    assert sophie.get(f"/produits/revoquer/{number}/fait/").status_code == 200


def test_a_second_time_says_so_and_fails(sophie: Person, sign: Sign) -> None:
    withdrawn(sophie, sign)
    assert console.revoke_serial(serial(), "superseded").ok
    again = console.revoke_serial(serial().lower().replace(":", ""), "superseded")
    assert not again.ok
    assert again.text.startswith("Certificate already revoked.")


@pytest.mark.parametrize("reason", ["certificateHold", "removeFromCRL", "because", ""])
def test_a_reason_that_is_not_definitive_is_refused(
    sophie: Person, sign: Sign, reason: str
) -> None:
    withdrawn(sophie, sign)
    assert not console.revoke_serial(serial(), reason).ok
    assert Product.objects.get().revoked_at is None


@pytest.mark.parametrize("which", ["AA:BB", "nothing", ""])
def test_an_unknown_serial_number_is_said(authorities: object, which: str) -> None:
    assert not console.revoke_serial(which, "superseded").ok


def test_a_certificate_of_nobody_s_order_is_revoked_alone(authorities: object) -> None:
    """A card, a responder: nothing follows."""
    found = Certificate.objects.filter(request=None).latest("pk")
    assert console.revoke_serial(found.serial_hex, "superseded").ok
    found.refresh_from_db()
    assert found.state == "revoked"


@pytest.mark.parametrize("is_collected", [True, False])
def test_an_order_that_waits_ends(
    sophie: Person, authorities: object, sign: Sign, is_collected: bool
) -> None:
    """A revoked certificate is never handed over, collected before or not."""
    number = sophie.orders()
    sign()
    if not is_collected:
        Order.objects.update(state="issuing", certificate_id=None, available_at=None)
    assert console.revoke_serial(serial(), "keyCompromise").ok
    assert Order.objects.get().state == "revoked"
    assert any("annulée" in subject for subject in mails_about(number))
    page = text_of(sophie.get(f"/produits/suivre/demandes/{number}/"))
    assert "Certificat révoqué avant son retrait" in page
    sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)
    assert Product.objects.count() == 0
    assert "order-revoked" in [entry.event for entry in journal.entries_about(f"order:{number}")]


class TestOutOfStep:
    """Certificates that the authority revoked without their product, as once happened."""

    @pytest.fixture
    def number(self, sophie: Person, sign: Sign) -> int:
        number = withdrawn(sophie, sign)
        at = timezone.now()
        pk = Certificate.objects.get(serial_hex=serial()).pk
        authority.revoke(certificate_id=pk, reason=Reason.KEY_COMPROMISE, by="test", at=at)
        assert Product.objects.get().revoked_at is None
        cache.clear()
        return number

    def test_the_owner_s_revocation_brings_it_in_step(self, sophie: Person, number: int) -> None:
        address = f"/produits/revoquer/{number}/confirmer/?motif=theft"
        answer = sophie.post(address, {"confirmed": "on"})
        assert answer["Location"].endswith(f"/produits/revoquer/{number}/fait/")
        assert sophie.get(answer["Location"]).status_code == 200
        product = Product.objects.get()
        assert product.revoked_at == Certificate.objects.get(serial_hex=serial()).revoked_at
        assert product.revocation_motive == "key-compromise"

    def test_so_does_the_operator_s(self, number: int) -> None:
        assert console.revoke_serial(serial(), "superseded").ok
        assert Product.objects.get().revocation_motive == "key-compromise"
        assert not console.revoke_serial(serial(), "superseded").ok


def test_a_revoked_certificate_is_not_withdrawn(sophie: Person, sign: Sign) -> None:
    """REFUSED. Though the order was not told."""
    number = sophie.orders(csr=csr_pem())
    sign()
    pk = Certificate.objects.get(serial_hex=serial()).pk
    at = timezone.now()
    authority.revoke(certificate_id=pk, reason=Reason.SUPERSEDED, by="test", at=at)
    with assert_refused(Code.ALREADY_REVOKED, serial=serial()):
        operations.withdraw(number=number, by=sophie.actor, code=CODE, terms_accepted=True, at=at)
