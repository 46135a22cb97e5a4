"""Nonces (RFC 8555 §6.5): sealed by us, stored only once they were used, and then refused.

A nonce that nobody uses costs no row: whoever asks for thousands fills nothing.
"""

import secrets
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from josepy.errors import DeserializationError
from josepy.json_util import decode_b64jose, encode_b64jose

from guichet.automation.acme.policy import policy
from guichet.automation.acme.problems import Problem
from guichet.automation.models import AcmeNonce

STAMP, RANDOM, SEAL = 5, 11, 16  # octets: seconds since 1970, chance, HMAC-SHA256 cut
SWEPT: Final = 64  # one use in so many sweeps what is past away
PAST: Final = 500


def fresh(at: datetime) -> str:
    """A nonce, base64url."""
    body = int(at.timestamp()).to_bytes(STAMP, "big") + secrets.token_bytes(RANDOM)
    return encode_b64jose(body + _seal(body))


def spend(nonce: str, at: datetime) -> None:
    """Use a nonce up. Raises Problem badNonce: not one of ours, too old, or used before."""
    made = _made_at(nonce)
    age = at.timestamp() - made if made is not None else None
    life = policy().nonce_life
    if age is None or not -life.total_seconds() < age < life.total_seconds():
        raise _wrong()
    try:
        with transaction.atomic():
            AcmeNonce.objects.create(value=nonce, expires_at=at + 2 * life)
    except IntegrityError as error:
        raise _wrong() from error
    if secrets.randbelow(SWEPT) == 0:
        sweep(at)


def sweep(at: datetime) -> None:
    """Forget nonces that are too old to be believed again."""
    past = AcmeNonce.objects.filter(expires_at__lte=at).order_by("expires_at")[:PAST]
    AcmeNonce.objects.filter(pk__in=list(past.values_list("pk", flat=True))).delete()


def _made_at(nonce: str) -> int | None:
    """When it was made, seconds since 1970; None when its seal is not ours."""
    try:
        octets = decode_b64jose(nonce)
    except DeserializationError:
        return None
    body, seal = octets[: STAMP + RANDOM], octets[STAMP + RANDOM :]
    if encode_b64jose(octets) != nonce or not secrets.compare_digest(seal, _seal(body)):
        return None
    return int.from_bytes(body[:STAMP], "big")


def _seal(body: bytes) -> bytes:
    return salted_hmac("automation.acme.nonce", body, algorithm="sha256").digest()[:SEAL]


def _wrong() -> Problem:
    detail = _(
        "Ce jeton anti-rejeu est inconnu, périmé ou déjà employé. Recommencez avec celui de cette "
        "réponse (Replay-Nonce)."
    )
    return Problem("badNonce", detail)
