"""The holder of a product shows that its private key is at hand: our challenge, signed."""

import base64
import binascii
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core.signing import BadSignature, Signer
from django.db import transaction

from guichet.authority import queries as authority
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders import queries
from guichet.orders.models import KeyProof, Product
from guichet.x509 import certificate, possession

GOOD_FOR: Final = timedelta(minutes=10)
SALT: Final = "guichet.orders.key-proof"
TEXT_AT_MOST: Final = 2000  # an RSA-4096 signature takes 684 characters of base64


def challenge(product_number: int, by: Actor, at: datetime) -> str:
    """What the key of a product is to sign within ten minutes: random bytes of ours, base64.

    Raises Refusal(PRODUCT_UNKNOWN).
    """
    product = queries.product(product_number, by, at)
    told = {
        "product": product.number,
        "nonce": secrets.token_urlsafe(16),
        "at": int(at.timestamp()),
    }
    return base64.b64encode(Signer(salt=SALT).sign_object(told).encode()).decode()


def prove(
    *, product_number: int, challenge: str, signature: str, by: Actor, at: datetime
) -> datetime:
    """Note, once, that a product's private key is held; when that was first shown.

    `signature` (base64) is as WebCrypto makes it over the challenge's bytes. Raises Refusal:
    PRODUCT_UNKNOWN, KEY_CHALLENGE_STALE (old, or another product's), KEY_PROOF_WRONG.
    """
    product = queries.product(product_number, by, at)
    message = _decoded(challenge)
    if not _is_ours(message, product.number, at):
        raise Refusal(Code.KEY_CHALLENGE_STALE)
    spki = certificate.spki_der(authority.certificate(product.certificate_id).der)
    if not possession.verifies(spki, _decoded(signature), message):
        raise Refusal(Code.KEY_PROOF_WRONG)
    return _note(product.number, by, at)


@transaction.atomic
def _note(number: int, by: Actor, at: datetime) -> datetime:
    row = Product.objects.select_for_update().get(number=number)
    proof, is_new = KeyProof.objects.get_or_create(
        product=row, defaults={"at": at, "by": by.label[:200]}
    )
    if is_new:
        facts = {"serial": row.serial_hex}
        journal.record(
            Event.KEY_PROVED, subject=f"product:{number}", actor=by.ref, at=at, facts=facts
        )
    return proof.at


def _is_ours(message: bytes, product_number: int, at: datetime) -> bool:
    try:
        told: Any = Signer(salt=SALT).unsign_object(message.decode("ascii"))
    except (BadSignature, UnicodeDecodeError):
        return False
    given = datetime.fromtimestamp(told["at"], UTC)
    return bool(told["product"] == product_number) and given <= at <= given + GOOD_FOR


def _decoded(text: str) -> bytes:
    """The bytes; none for what is no base64, or longer than anything of ours."""
    try:
        return base64.b64decode(text[:TEXT_AT_MOST], validate=True)
    except (binascii.Error, ValueError):
        return b""
