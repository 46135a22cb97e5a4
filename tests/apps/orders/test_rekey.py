"""A lost key before the withdrawal: the same order takes another, never has two certificates."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from apps.orders.counter import WITHDRAWAL, Person, Sign, csr_pem, text_of
from guichet.authority import lookups
from guichet.authority.models import Certificate
from guichet.authority.signer import Signer
from guichet.authority.witnesses import witnesses as of_authority
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import operations as habilitations
from guichet.habilitations import queries as rights
from guichet.journal import triggers
from guichet.journal.models import Entry
from guichet.journal.verify import verify
from guichet.journal.witnesses import untold
from guichet.notifications import queries as notifications
from guichet.orders import operations
from guichet.orders.models import Order, Product, SupersededCertificate
from guichet.orders.witnesses import witnesses
from guichet.processes import console
from kit import pki
from kit.refusals import assert_refused


@pytest.fixture
def number(sophie: Person, sign: Sign) -> int:
    """An order ready to be withdrawn, whose key is lost."""
    found = sophie.orders()
    sign()
    return found


def rekeyed(somebody: Person, number: int, csr: str | None = None) -> str:
    """Send another request from the page; where it leads."""
    data = {"csr_text": csr or csr_pem(), "key_origin": "browser"}
    answer = somebody.post(f"/produits/retirer/{number}/nouvelle-cle/", data)
    assert answer.status_code == 302, text_of(answer)
    return answer["Location"]


def states() -> list[tuple[str, str]]:
    """State and reason of every certificate that orders gave, in the order they were made."""
    rows = Certificate.objects.filter(request__reference__startswith="order:").order_by("pk")
    return [(row.state, row.reason) for row in rows]


def test_the_same_order_with_another_key(sophie: Person, number: int, sign: Sign) -> None:
    """One click: same number, same right, the first certificate revoked, the second withdrawn."""
    before = Order.objects.get()
    key = pki.fresh_key("p-256")
    assert rekeyed(sophie, number, csr_pem(key)) == f"/produits/retirer/{number}/"
    waiting = Order.objects.get()
    assert (waiting.state, waiting.attempt, waiting.key_origin) == ("issuing", 2, "browser")
    assert (waiting.number, waiting.right_key) == (number, before.right_key)
    assert waiting.certificate_id is None
    assert states() == [("revoked", "superseded")]
    sign(timezone.now() + timedelta(days=10))
    again = Order.objects.get()
    assert again.state == "available"
    assert again.withdraw_before is not None
    assert again.withdraw_before > (before.withdraw_before or timezone.now()) + timedelta(days=9)
    sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)
    product = Product.objects.get()
    issued = Certificate.objects.get(pk=product.certificate_id)
    assert issued.spki_sha256 == again.spki_sha256 == waiting.spki_sha256
    assert states() == [("revoked", "superseded"), ("valid", "")]
    subjects = [mail.subject for mail in notifications.about(f"order:{number}")]
    assert sum("disponible" in subject for subject in subjects) == 2
    assert sum("a une nouvelle clé" in subject for subject in subjects) == 1
    for address in (f"suivre/demandes/{number}/", f"suivre/parc/{product.number}/"):
        assert "Clé remplacée" in text_of(sophie.get(f"/produits/{address}"))
    assert verify(None, [*witnesses(), *of_authority()]).ok


def test_pressed_twice_or_too_late(sophie: Person, number: int, sign: Sign) -> None:
    """The same request again changes nothing; after the withdrawal the page says what to do."""
    csr = csr_pem()
    assert rekeyed(sophie, number, csr) == rekeyed(sophie, number, csr)
    assert Order.objects.get().attempt == 2
    with assert_refused(Code.MOVE_FORBIDDEN, state="issuing", act="rekey"):
        _rekey(sophie, number)
    sign()
    sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)
    assert Product.objects.count() == 1
    page = sophie.get(f"/produits/retirer/{number}/nouvelle-cle/")
    assert "Après le retrait, renouvelez le produit" in text_of(page)
    with assert_refused(Code.MOVE_FORBIDDEN, state="withdrawn", act="rekey"):
        _rekey(sophie, number)


def _rekey(somebody: Person, number: int, csr: str | None = None) -> None:
    operations.rekey(
        number=number,
        csr=(csr or csr_pem()).encode(),
        key_origin="csr",
        by=somebody.actor,
        at=timezone.now(),
    )


def test_wrong_keys_change_nothing(sophie: Person, number: int) -> None:
    """The key that is given up, a short one, a private one: said on the form, nothing revoked."""
    kept = pki.fresh_key("p-256")
    other = sophie.orders(csr_pem(kept))
    address = f"/produits/retirer/{number}/nouvelle-cle/"
    for csr in (csr_pem(kept), csr_pem(kind="rsa-1024"), "", "rien"):
        answer = sophie.post(address, {"csr_text": csr})
        assert answer.status_code == 422, csr
        assert answer.context["form"]["csr_text"].value() == csr
    secret = pki.fresh_key("p-256")
    sent = console_pem(secret)
    answer = sophie.post(address, {"csr_text": sent})
    assert "considérez-la comme compromise" in text_of(answer)
    assert sent not in answer.content.decode()
    assert sophie.post(address, {"csr_text": csr_pem(secret)}).status_code == 422
    assert Order.objects.get(number=number).attempt == 1
    assert Order.objects.get(number=other).attempt == 1
    assert states() == [("valid", "")]


def test_a_private_key_beside_a_good_file(sophie: Person, number: int) -> None:
    """REFUSED before anything happens: the file is good, and the order keeps its certificate."""
    secret = console_pem(pki.fresh_key("p-256"))
    file = SimpleUploadedFile("a.csr", csr_pem().encode())
    sent = {"csr_file": file, "csr_text": secret}
    answer = sophie.post(f"/produits/retirer/{number}/nouvelle-cle/", sent)
    assert answer.status_code == 422
    assert "considérez-la comme compromise" in text_of(answer)
    assert Order.objects.get().attempt == 1
    assert states() == [("valid", "")]


def console_pem(key: pki.Key) -> str:
    from cryptography.hazmat.primitives import serialization as forms  # noqa: PLC0415

    return key.private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()
    ).decode()


def test_wrong_hands(sophie: Person, jeanne: Person, jean: Person, number: int) -> None:
    """Strangers see nothing; a representative sees it, and orders nothing; rights must be open."""
    address = f"/produits/retirer/{number}/nouvelle-cle/"
    for answer in (jeanne.get(address), jeanne.post(address, {"csr_text": csr_pem()})):
        assert answer.status_code == 404
    assert "ne permet pas de retirer" in text_of(jean.get(address))
    with assert_refused(Code.RIGHT_MISSING):
        _rekey(jean, number)
    at = timezone.now()
    for right in rights.rights_of(sophie.actor.card_number, at):
        if right.offer == "ORG":
            habilitations.close_right(right=right, by="test", at=at)
    with assert_refused(Code.RIGHT_MISSING):
        _rekey(sophie, number)
    assert states() == [("valid", "")]


def test_a_burnt_key_is_compromised(sophie: Person, sign: Sign) -> None:
    """Its private half was sent to us: the certificate given up says so."""
    key = pki.fresh_key("p-256")
    number = sophie.orders(csr_pem(key))
    sign()
    with pytest.raises(Refusal, match="csr-is-private-key"):
        _rekey(sophie, number, console_pem(key))
    rekeyed(sophie, number)
    assert states() == [("revoked", "keyCompromise")]


@pytest.mark.parametrize(
    ("failure", "is_taken"),
    [
        ("key-burnt", True),
        ("csr-signature, key-weak", True),
        ("profile-unknown", False),
        ("", False),
    ],
)
def test_a_failed_order_takes_another_key_when_its_key_failed(
    sophie: Person, authorities: Signer, sign: Sign, failure: str, is_taken: bool
) -> None:
    """And no other: what failed for another cause fails again."""
    number = sophie.orders()
    Order.objects.update(state="failed", failure=failure, ended_at=timezone.now())
    assert "key-burnt" not in text_of(sophie.get(f"/produits/suivre/demandes/{number}/"))
    if not is_taken:
        with assert_refused(Code.MOVE_FORBIDDEN, state="failed", act="rekey"):
            _rekey(sophie, number)
        return
    rekeyed(sophie, number)
    sign()
    row = Order.objects.get()
    assert (row.state, row.failure, row.ended_at) == ("available", "", None)
    assert not SupersededCertificate.objects.exists()


def test_the_operator_revokes_one_that_was_superseded(
    sophie: Person, number: int, sign: Sign
) -> None:
    """It is revoked already, and the product of the other key is left alone."""
    rekeyed(sophie, number)
    sign()
    sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)
    made = Certificate.objects.filter(request__reference__startswith="order:")
    first, second = made.order_by("pk")
    assert not console.revoke_serial(first.serial_hex, "superseded").ok
    assert Product.objects.get().revoked_at is None
    assert console.revoke_serial(second.serial_hex, "superseded").ok
    assert Product.objects.get().revoked_at is not None


def test_what_the_signer_did_before_is_not_taken_for_now(
    sophie: Person, number: int, monkeypatch: pytest.MonkeyPatch, sign: Sign
) -> None:
    """A clerk who read the order before it was re-keyed does not make the revoked one ready."""
    real = lookups.settled
    Order.objects.update(state="issuing", certificate_id=None)
    calls: list[object] = []

    def slow(requests: Sequence[UUID]) -> frozenset[UUID]:
        done = real(requests)
        if not calls:
            calls.append(requests)
            operations.collect_issued(timezone.now())
            _rekey(sophie, number)
        return done

    monkeypatch.setattr(lookups, "settled", slow)
    operations.collect_issued(timezone.now())
    assert Order.objects.get().state == "issuing"


@pytest.mark.parametrize("table", [True, False])
def test_a_removed_entry_is_missed(sophie: Person, number: int, table: bool) -> None:
    """By the order's count of keys, and by the certificate that was given up."""
    rekeyed(sophie, number)
    assert list(untold(witnesses())) == []
    triggers.allow_changes(connection)
    try:
        Entry.objects.filter(event="order-rekeyed").delete()
    finally:
        triggers.forbid_changes(connection)
    if table:
        Order.objects.update(attempt=1)
    else:
        SupersededCertificate.objects.all().delete()
    assert [w.event.value for w in untold(witnesses())] == ["order-rekeyed"]
