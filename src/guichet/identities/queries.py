"""Accounts and cards, read."""

from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor, AuthenticatedBy, roles_in_effect
from guichet.identities.models import Account, Card


def actor_of_card(card_id: int) -> Actor:
    """The actor that a recognised card opens. Raises Refusal CARD_UNKNOWN once it is gone."""
    card = Card.objects.select_related("account").filter(pk=card_id).first()
    if card is None:
        raise Refusal(Code.CARD_UNKNOWN)
    return actor_of(card.account, card, "card")


def account_of_national_id(national_id: str) -> int | None:
    """Id of the open account of a national person identifier."""
    found = Account.objects.filter(national_id=national_id, is_active=True).first()
    return found.pk if found else None


def actor_of(account: Account, card: Card | None, by: AuthenticatedBy) -> Actor:
    """The frozen value of an account, acting with `card`, with the roles that `by` lets it use."""
    return Actor(
        ref=str(card or account),
        label=card.holder_name if card else account.display_name,
        card_number=card.number if card else None,
        account_id=account.pk,
        roles=roles_in_effect(account.roles, by),
        email=account.email,
        authenticated_by=by,
        display_name=account.display_name,
        given_names=account.given_names,
        surname=account.surname,
        national_id=account.national_id,
    )


def contact(account_id: int) -> tuple[str, str] | None:
    """Display name and e-mail of an open account."""
    found = Account.objects.filter(pk=account_id, is_active=True).first()
    return (found.display_name, found.email) if found else None
