"""A product's key answers a challenge of ours: once is enough, and nothing else passes for it."""

import base64
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.utils import timezone

from apps.orders.counter import Person, Sign, csr_pem, text_of, withdrawn
from guichet.domain.refusals import Code
from guichet.journal import queries as journal
from guichet.journal.witnesses import untold
from guichet.orders import operations
from guichet.orders.models import KeyProof
from guichet.orders.witnesses import witnesses
from kit import pki
from kit.refusals import assert_refused


def signed(key: pki.Key, challenge: str) -> str:
    """A signature as WebCrypto makes it, base64."""
    message = base64.b64decode(challenge)
    if isinstance(key, rsa.RSAPrivateKey):
        made = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    else:
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        digest = hashes.SHA384() if key.curve.name == "secp384r1" else hashes.SHA256()
        size = key.key_size // 8
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
        made = r.to_bytes(size) + s.to_bytes(size)
    return base64.b64encode(made).decode()


@pytest.mark.parametrize("kind", ["rsa-2048", "p-256", "p-384"])
def test_proved_once(sophie: Person, jeanne: Person, sign: Sign, kind: str) -> None:
    """204, told in the journal and in the product's life; a second time changes nothing."""
    key = pki.fresh_key(kind)
    number = withdrawn(sophie, sign, csr_pem(key))
    address = f"/produits/suivre/parc/{number}/preuve/"
    challenge = json.loads(sophie.get(address).content)["challenge"]
    sent = {"challenge": challenge, "signature": signed(key, challenge)}
    assert jeanne.get(address).status_code == jeanne.post(address, sent).status_code == 404
    for _turn in range(2):
        assert sophie.post(address, sent).status_code == 204
    events = [entry.event for entry in journal.entries_about(f"product:{number}")]
    assert events.count("key-proved") == 1
    assert "Possession de la clé privée prouvée" in text_of(
        sophie.get(f"/produits/suivre/parc/{number}/")
    )
    assert list(untold(witnesses())) == []


def test_what_does_not_pass(sophie: Person, jeanne: Person, sign: Sign) -> None:
    """REFUSED. Another's signature, another's challenge, an old one, a forged one, rubbish."""
    key = pki.fresh_key("p-256")
    number, other = withdrawn(sophie, sign, csr_pem(key)), withdrawn(sophie, sign)
    at = timezone.now()
    good = operations.challenge(number, sophie.actor, at)
    forged = base64.b64encode(base64.b64decode(good)[:-2] + b"xx").decode()

    def prove(challenge: str, signature: str, product: int = number, minutes: int = 0) -> None:
        operations.prove(
            product_number=product,
            challenge=challenge,
            signature=signature,
            by=sophie.actor,
            at=at + timedelta(minutes=minutes),
        )

    for signature in (signed(pki.fresh_key("p-256"), good), signed(pki.fresh_key(), good), "", "é"):
        with assert_refused(Code.KEY_PROOF_WRONG):
            prove(good, signature)
    with assert_refused(Code.KEY_CHALLENGE_STALE):
        prove(good, signed(key, good), product=other)
    with assert_refused(Code.KEY_CHALLENGE_STALE):
        prove(good, signed(key, good), minutes=11)
    for challenge in (forged, "", "pas du base64"):
        with assert_refused(Code.KEY_CHALLENGE_STALE):
            prove(challenge, signed(key, forged))
    with assert_refused(Code.PRODUCT_UNKNOWN):
        operations.challenge(number, jeanne.actor, at)
    answer = sophie.post(f"/produits/suivre/parc/{number}/preuve/", {"challenge": "x"})
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert not KeyProof.objects.exists()
