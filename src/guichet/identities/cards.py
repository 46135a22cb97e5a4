"""From a presented certificate to a card that the guichet knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from guichet.domain.identifiers import CardNumber
from guichet.domain.refusals import Code, Refusal
from guichet.identities.models import Card
from guichet.identities.trust import Kind, TrustFault, trust_folder, twin_refusal
from guichet.x509 import decode
from guichet.x509.errors import Unreadable

CARD_ROOTS: Final = ("ACR-FO", "ACR-ST")
SOFTWARE_ROOTS: Final = ("ACR-EL",)
CLIENT_AUTH: Final = "1.3.6.1.5.5.7.3.2"
CODES: Final[Mapping[Kind, Code]] = {
    "untrusted": Code.CARD_UNTRUSTED,
    "malformed": Code.CARD_UNTRUSTED,
    "expired": Code.CARD_EXPIRED,
    "not-yet-valid": Code.CARD_NOT_YET_VALID,
    "revoked": Code.CARD_REVOKED,
    "unavailable": Code.CARD_STATUS_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedCard:
    """A genuine card, valid now, matched to an open account."""

    card_id: int
    account_id: int
    number: str
    certificate: bytes


def recognise(chain: Sequence[bytes], at: datetime) -> RecognisedCard:
    """Verify chain, validity, revocation and kind, then look the card up.

    `chain` is DER, leaf first, as presented (the leaf alone is enough). Raises Refusal CARD_*.
    """
    if not chain:
        raise Refusal(Code.CARD_ABSENT)
    number = _number_of_genuine(chain, at)
    card = Card.objects.filter(number=number, account__is_active=True).first()
    if card is None or not _is_open(card, at):
        raise Refusal(Code.CARD_UNKNOWN, card=number)
    return RecognisedCard(
        card_id=card.pk, account_id=card.account_id, number=number, certificate=chain[0]
    )


def claimed_number(chain: Sequence[bytes]) -> str | None:
    """The card number a certificate states, unverified: for the journal of refusals only."""
    try:
        stated = decode.describe(chain[0]).private.get("cardNumber") if chain else None
        return CardNumber.parse(stated).value if stated else None
    except (Unreadable, Refusal):
        return None


def _number_of_genuine(chain: Sequence[bytes], at: datetime) -> str:
    trust = trust_folder(settings.GUICHET.published)
    try:
        verified = trust.verify(chain, CARD_ROOTS, at)
        number = _number(verified.leaf)
        trust.require_not_revoked(verified, at)
    except TrustFault as fault:
        raise twin_refusal(fault) or Refusal(_code(fault, chain, at)) from fault
    return number


def _number(leaf: bytes) -> str:
    """The number of an authentication certificate of a card (private extension .2)."""
    described = decode.describe(leaf)
    stated = described.private.get("cardNumber")
    authenticates = (
        "digitalSignature" in described.key_usage and CLIENT_AUTH in described.extended_key_usage
    )
    if stated is None or not authenticates or described.is_ca:
        raise Refusal(Code.CARD_NOT_A_CARD)
    try:
        return CardNumber.parse(stated).value
    except Refusal as refusal:
        raise Refusal(Code.CARD_NOT_A_CARD) from refusal


def _code(fault: TrustFault, chain: Sequence[bytes], at: datetime) -> Code:
    """As CODES; a software certificate of ours is told apart from a foreign one."""
    if fault.kind == "untrusted":
        try:
            trust_folder(settings.GUICHET.published).verify(chain, SOFTWARE_ROOTS, at)
        except TrustFault:
            return Code.CARD_UNTRUSTED
        return Code.CARD_NOT_A_CARD
    return CODES[fault.kind]


def _is_open(card: Card, at: datetime) -> bool:
    return card.opened_at <= at and (card.ended_at is None or at < card.ended_at)
