"""The demo's cards: a key, a certificate of the Fort or Standard range, the files of the holder."""

from datetime import datetime

from django.conf import settings

from guichet.authority import queries
from guichet.authority.operations import SigningAsked
from guichet.demo.files import write_card, write_identities
from guichet.demo.issuance import csr_of, issue, new_key
from guichet.demo.people import NEW_CARDS, PEOPLE, DemoPerson
from guichet.domain.certificates.naming import CardSubject, PersonSubject, named
from guichet.domain.identifiers import CardNumber, PersonId

CARD_REFERENCE = "demo:card"


def make_cards(at: datetime) -> str:
    """Make the cards that are missing; a card once made is kept."""
    folder = settings.GUICHET.state / "demo"
    every = (*PEOPLE, *NEW_CARDS)
    missing = [p for p in every if not (folder / "cards" / f"{p.file}.p12").exists()]
    for person in missing:
        _make_card(person, at)
    write_identities(folder / "identities.json")
    return ", ".join(person.file for person in every)


def _make_card(person: DemoPerson, at: datetime) -> None:
    key = new_key()
    count = len(queries.issued_with_references(f"{CARD_REFERENCE}:{person.file}:"))
    holder = PersonSubject(
        national_id=PersonId.parse(person.national_id),
        surname=person.surname,
        given_names=person.given_name,
    )
    subject = named(CardSubject(person=holder, card_number=CardNumber.parse(person.card_number)))
    certificate = issue(
        SigningAsked(
            profile="CARD-AUTH",
            authority=person.card_authority,
            subject=subject.subject,
            sans=subject.sans,
            csr_der=csr_of(key),
            reference=f"{CARD_REFERENCE}:{person.file}:{count}",
        ),
        at,
    )
    folder = settings.GUICHET.state / "demo" / "cards"
    write_card(folder, person.file, key, (certificate.der, *certificate.chain_ders))
