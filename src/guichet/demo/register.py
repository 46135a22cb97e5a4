"""The people of the demo in the product's own tables, by its own operations."""

from datetime import datetime

from guichet.demo import dossiers
from guichet.demo.people import PEOPLE, STRUCTURES, DemoPerson, DemoRight
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations import operations as habilitations
from guichet.habilitations import queries
from guichet.habilitations.operations import RightAsked
from guichet.habilitations.registers import card_ends
from guichet.identities import operations as identities
from guichet.identities.queries import account_of_national_id

BY = "demo:seed"


def fill(at: datetime) -> str:
    """Register what is missing; what a person changed since is left alone."""
    known = queries.structures(s.national_id for s in STRUCTURES)
    for structure in STRUCTURES:
        if structure.national_id not in known:
            habilitations.register_structure(facts=structure, by=BY, at=at)
    newcomers = [p for p in PEOPLE if account_of_national_id(p.national_id) is None]
    for person in newcomers:
        _register(person, at)
    for person in newcomers:
        for structure_id in dossiers.BY_DOSSIER & {right.structure for right in person.rights}:
            dossiers.open_rights(structure_id, person, at)
    return f"{len(STRUCTURES)} structures, {len(PEOPLE)} personnes"


def _register(person: DemoPerson, at: datetime) -> None:
    account_id = identities.register_account(
        asked=identities.AccountAsked(
            display_name=f"{person.surname} / {person.given_name}",
            given_names=person.given_name,
            surname=person.surname,
            email=person.email,
            national_id=person.national_id,
            roles=person.roles,
        ),
        by=BY,
        at=at,
    )
    identities.register_card(
        number=person.card_number,
        account_id=account_id,
        holder_name=f"{person.surname} / {person.given_name}",
        by=BY,
        at=at,
    )
    for right in person.rights:
        if right.structure in dossiers.BY_DOSSIER:
            continue
        habilitations.grant_right(asked=_asked(person, right, at), by=BY, at=at)
    for structure_id in person.represents:
        habilitations.appoint_representative(
            account_id=account_id, structure_id=structure_id, by=BY, at=at
        )


def _asked(person: DemoPerson, right: DemoRight, at: datetime) -> RightAsked:
    return RightAsked(
        card_number=person.card_number,
        structure_id=right.structure,
        offer=Offer(right.offer),
        usages=frozenset(map(Usage, right.usages)),
        domains=right.domains,
        mail_domains=right.mail_domains,
        starts_at=at,
        ends_at=card_ends([person.card_number])[person.card_number],
    )
