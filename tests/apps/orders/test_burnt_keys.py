"""A private key that was sent to us is burnt: never stored, never certified, told first."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.orders.counter import (
    HOSPITAL,
    INFORMATION,
    Person,
    Sign,
    csr_pem,
    everything_stored,
    text_of,
    withdrawn,
)
from guichet.authority import operations as authority
from guichet.authority import queries as authority_queries
from guichet.authority.models import BurntKey, Certificate, SigningRequest
from guichet.authority.signer import Signer
from guichet.domain.certificates.csr_policy import KeyPast
from guichet.journal import queries as journal
from guichet.orders import operations
from guichet.orders.models import Order, OrderDraft, Product
from guichet.x509 import keys
from kit import pki


def pem(key: pki.Key) -> str:
    """The private key, as openssl writes it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def digest(key: pki.Key) -> str:
    """What is kept of it."""
    return keys.facts(key.public_key()).spki_sha256


def objections(answer: object) -> list[str]:
    """Codes on the form as a whole, in order."""
    form = answer.context["form"]  # type: ignore[attr-defined]
    return [error.code for error in form.non_field_errors().as_data()]


def test_a_burnt_key_is_never_certified(sophie: Person, authorities: object) -> None:
    """REFUSED. The CSR alone, sent after the private key, gets no certificate."""
    key = pki.fresh_key("p-256")
    base = sophie.to_step_4()
    page = text_of(sophie.post(base + "4/", {"csr_text": pem(key)}))
    assert "Ceci est une clé privée : considérez-la comme compromise" in page
    answer = sophie.post(base + "4/", {"csr_text": csr_pem(key)})
    assert answer.status_code == 422
    assert objections(answer) == ["key-burnt"]
    assert Order.objects.count() == 0
    assert BurntKey.objects.get().spki_sha256 == digest(key)


def test_another_person_is_refused_the_burnt_key_too(
    sophie: Person, jeanne: Person, authorities: object
) -> None:
    """The key is known to others than its owner: whoever asks."""
    key = pki.fresh_key("p-256")
    operations.burn(sent=pem(key).encode(), by=jeanne.actor, at=timezone.now())
    answer = sophie.post(sophie.to_step_4() + "4/", {"csr_text": csr_pem(key)})
    assert objections(answer) == ["key-burnt"]


@pytest.mark.parametrize("is_planned", [False, True])
def test_the_signer_refuses_a_key_burnt_meanwhile(
    sophie: Person,
    authorities: Signer,
    monkeypatch: pytest.MonkeyPatch,
    is_planned: bool,
) -> None:
    """REFUSED. Ordered first, sent afterwards: also when a signer died with the plan in hand."""
    key = pki.fresh_key("p-256")
    number = sophie.orders(csr=csr_pem(key))
    at = timezone.now()
    if is_planned:
        with monkeypatch.context() as patch:
            patch.setattr(Signer, "_sign", _dies)
            with pytest.raises(MemoryError):
                authorities.run_once(at)
        assert SigningRequest.objects.get().state == "planned"
        SigningRequest.objects.update(lease_until=at)
    operations.burn(sent=pem(key).encode(), by=sophie.actor, at=at)
    authorities.run_once(at)
    operations.collect_issued(at)
    assert not Certificate.objects.exclude(request=None).exists()
    assert SigningRequest.objects.get().failure == "key-burnt"
    assert Order.objects.get(number=number).state == "failed"


def _dies(*_: object) -> bytes:
    raise MemoryError


def test_a_product_that_carries_the_key_is_proposed_for_revocation(
    sophie: Person, sign: Sign
) -> None:
    """The person is told which certificate to revoke, one click away; the journal knows it."""
    key = pki.fresh_key("p-256")
    product = withdrawn(sophie, sign, csr=csr_pem(key))
    answer = sophie.post(sophie.to_step_4() + "4/", {"csr_text": pem(key)})
    assert objections(answer) == ["csr-is-private-key", "key-in-use"]
    address = f"/produits/revoquer/{product}/?motif=key-compromise"
    assert address in text_of(answer)
    assert sophie.get(address).status_code == 302
    serial = Product.objects.get().serial_hex
    [burnt] = journal.entries_about(f"key:{digest(key)}")
    assert burnt.facts == {"certificates": serial}


def test_an_order_that_waits_is_proposed_for_cancellation(sophie: Person, sign: Sign) -> None:
    """A certificate not yet withdrawn has no product: its order is given up instead."""
    key = pki.fresh_key("p-256")
    number = sophie.orders(csr=csr_pem(key))
    sign()
    answer = sophie.post(sophie.to_step_4() + "4/", {"csr_text": pem(key)})
    assert f"/produits/suivre/demandes/{number}/" in text_of(answer)


def test_somebody_else_s_certificate_is_not_named(
    sophie: Person, jeanne: Person, sign: Sign
) -> None:
    """Who sends a key found somewhere learns nothing of its owner; the journal does."""
    key = pki.fresh_key("p-256")
    withdrawn(sophie, sign, csr=csr_pem(key))
    found = operations.burn(sent=pem(key).encode(), by=jeanne.actor, at=timezone.now())
    assert [objection.code.value for objection in found] == ["csr-is-private-key"]
    assert journal.recent()[0].facts["certificates"] == 1


def test_the_past_of_a_key(authorities: object) -> None:
    """Burnt outlasts everything, and burning twice changes nothing."""
    key = digest(pki.fresh_key("p-256"))
    assert authority_queries.key_past(key) is KeyPast.UNSEEN
    for _turn in range(2):
        authority.burn_keys(spki_sha256s=[key], by="test", at=timezone.now())
    assert authority_queries.key_past(key) is KeyPast.BURNT
    assert len(journal.entries_about(f"key:{key}")) == 1


@pytest.mark.parametrize(
    "sent",
    [
        lambda key: {"csr_text": pem(key) + "A" * 70_000},
        lambda key: {"csr_text": "A" * 70_000 + "\n" + pem(key)},
        lambda key: {"csr_file": SimpleUploadedFile("a", b"-" * 70_000 + pem(key).encode())},
    ],
    ids=["pasted before", "pasted after", "file"],
)
def test_a_key_in_a_large_text_is_told_beside_its_size(
    sophie: Person, authorities: object, sent: Callable[[pki.Key], dict[str, object]]
) -> None:
    """BURNT. The size hides nothing."""
    key = pki.fresh_key("p-256")
    answer = sophie.post(sophie.to_step_4() + "4/", sent(key))
    assert objections(answer) == ["csr-is-private-key", "csr-too-large"]
    assert "considérez-la comme compromise" in text_of(answer)
    assert BurntKey.objects.get().spki_sha256 == digest(key)


def test_a_key_pasted_beside_a_good_file_is_found(sophie: Person, authorities: object) -> None:
    """BURNT. Nothing is ordered, though the file alone would have been taken."""
    key = pki.fresh_key("p-256")
    file = SimpleUploadedFile("a.csr", csr_pem(key).encode())
    answer = sophie.post(sophie.to_step_4() + "4/", {"csr_file": file, "csr_text": pem(key)})
    assert objections(answer) == ["csr-is-private-key"]
    assert Order.objects.count() == 0


@pytest.mark.parametrize("field", ["service", "informed_email"])
@pytest.mark.parametrize("kind", ["p-256", "rsa-2048"])
def test_a_key_typed_in_step_3_is_not_kept_and_is_burnt(
    sophie: Person, authorities: object, field: str, kind: str
) -> None:
    """BURNT. No field of a draft keeps it, and the page does not send it back."""
    key = pki.fresh_key(kind)
    base = sophie.draft()
    sophie.post(base + "1/", {"offer": "ORG", "structure_id": HOSPITAL})
    sophie.post(base + "2/")
    answer = sophie.post(base + "3/", {**INFORMATION, field: pem(key)})
    assert answer.status_code == 422
    assert objections(answer) == ["csr-is-private-key"]
    body = pem(key).splitlines()[1][:40]
    assert body not in text_of(answer)
    assert body not in everything_stored()
    typed = OrderDraft.objects.get().typed
    assert typed[field] == ""
    assert typed["actor_email"] == INFORMATION["actor_email"]
    assert BurntKey.objects.get().spki_sha256 == digest(key)


def test_the_body_of_a_locked_key_is_not_kept_either(sophie: Person) -> None:
    """What cannot be told from an encrypted key is not stored."""
    base = sophie.draft()
    sophie.post(base + "1/", {"offer": "ORG", "structure_id": HOSPITAL})
    sophie.post(base + "2/")
    noise = "Zm9vYmFyYmF6cXV4" * 4
    sophie.post(base + "3/", {**INFORMATION, "informed_email": noise})
    assert OrderDraft.objects.get().typed["informed_email"] == ""
