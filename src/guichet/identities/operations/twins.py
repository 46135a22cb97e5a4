"""The two accounts of one person, one with a card and one without: put together, and parted.

Nothing is merged: each keeps its ways in, its roles and its address. What the one owns, the other
reaches as its own.
"""

from datetime import datetime

from django.db import transaction

from guichet.domain.refusals import Code, Refusal
from guichet.identities import mails
from guichet.identities.models import Account
from guichet.journal import operations as journal
from guichet.journal.events import Event


@transaction.atomic
def attach_card(*, account_id: int, card_account_id: int, by: str, at: datetime) -> None:
    """Make an account without a card and the account of a card twins; both are told.

    The caller has seen a login to each. Safe to repeat. Raises Refusal CARD_ATTACHED_ELSEWHERE
    when either has another twin already, or when the first has a card of its own.
    """
    mine, cards = _locked(account_id, card_account_id)
    if mine.twin_id == cards.pk:
        return
    is_taken = mine.twin_id is not None or cards.twin_id is not None
    if is_taken or mine.pk == cards.pk or mine.national_id is not None or mine.cards.exists():
        raise Refusal(Code.CARD_ATTACHED_ELSEWHERE)
    for one, other in ((mine, cards), (cards, mine)):
        one.twin, one.twin_since = other, at
        one.save(update_fields=["twin", "twin_since"])
        mails.tell(one, "card-attached", one.email, at, other=other.display_name)
    facts = {"twin": str(cards)}
    journal.record(Event.CARD_ATTACHED, subject=str(mine), actor=by, at=at, facts=facts)


@transaction.atomic
def detach_card(*, account_id: int, by: str, at: datetime) -> None:
    """Part an account from its twin; each keeps what it owns. Safe to repeat."""
    known = Account.objects.filter(pk=account_id).values_list("twin_id", flat=True).first()
    if known is None:
        return
    mine, twin = _locked(account_id, known)
    if mine.twin_id != twin.pk:
        return
    for one, other in ((mine, twin), (twin, mine)):
        one.twin, one.twin_since = None, None
        one.save(update_fields=["twin", "twin_since"])
        mails.tell(one, "card-detached", one.email, at, other=other.display_name)
    facts = {"twin": str(twin)}
    journal.record(Event.CARD_DETACHED, subject=str(mine), actor=by, at=at, facts=facts)


def _locked(first: int, second: int) -> tuple[Account, Account]:
    """Both rows, locked in one order whoever asks. Raises Refusal ACCOUNT_UNKNOWN."""
    rows = Account.objects.select_for_update(no_key=True).filter(
        pk__in={first, second}, is_active=True
    )
    found = {row.pk: row for row in rows.order_by("pk")}
    if found.keys() != {first, second}:
        raise Refusal(Code.ACCOUNT_UNKNOWN)
    return found[first], found[second]
