"""Letting in the holders of cards that somebody answerable named: they may log in."""

from datetime import datetime

from guichet.habilitations import registers
from guichet.identities import holders
from guichet.identities import operations as identities
from guichet.identities.actors import Role
from guichet.identities.operations import AccountAsked


def admit(*, card_number: str, name: str, email: str, by: str, at: datetime) -> None:
    """Match a card to an account, made where its holder has none; safe to repeat.

    The register tells who the holder is; where it does not know the card, the name declared
    stands, and the card itself proves the rest when it is presented.
    """
    if card_number in holders.holders([card_number]):
        return
    known = registers.card_of(card_number)
    surname, given = (known.surname, known.given_names) if known else (name, "")
    label = f"{surname} / {given}" if given else surname
    account_id = identities.register_account(
        asked=AccountAsked(
            display_name=label,
            given_names=given,
            surname=surname,
            email=email,
            national_id=known.person_id.value if known else None,
            roles=(Role.ADMINISTRATOR.value,),
        ),
        by=by,
        at=at,
    )
    identities.register_card(
        number=card_number, account_id=account_id, holder_name=label, by=by, at=at
    )
