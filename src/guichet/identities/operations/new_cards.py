"""A person whom the guichet knows presents a card that it does not know yet."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from guichet.directories.register import Register, RegisterError
from guichet.directories.values import CardHolder
from guichet.domain.identifiers import CardNumber
from guichet.identities.models import Account, Card
from guichet.identities.operations.accounts import register_card
from guichet.x509 import decode, names

REGISTER = "register:annuaire-sante"


@transaction.atomic
def register_new_card(*, chain: Sequence[bytes], number: str, at: datetime) -> bool:
    """Match a genuine card to the account of its holder; False when nothing proves whose it is.

    The card's own certificate and the register of cards must name the same person, and an open
    account must have that person's national identifier. `chain` was verified by the caller. A
    card that was known once is not let in again.
    """
    holder = _holder(number)
    if holder is None or not holder.is_valid(at.date()):
        return False
    if holder.person_id.value != _stated_person(chain[0]):
        return False
    account = Account.objects.filter(national_id=holder.person_id.value, is_active=True).first()
    if account is None or Card.objects.filter(number=number).exists():
        return False
    register_card(
        number=number,
        account_id=account.pk,
        holder_name=f"{holder.surname} / {holder.given_names}",
        by=REGISTER,
        at=at,
        kind=holder.kind.code or "CPA",
    )
    return True


def _holder(number: str) -> CardHolder | None:
    try:
        return Register(settings.GUICHET.registers).card(CardNumber(number))
    except RegisterError:
        return None


def _stated_person(leaf: bytes) -> str | None:
    """The national identifier that a card's certificate carries as its common name."""
    subject = decode.describe(leaf).subject
    found = [text for relative in subject for kind, text in relative if kind == names.COMMON_NAME]
    return found[-1] if found else None
