"""The demo's cards: a key, a certificate of the Fort or Standard range, the files of the holder."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings

from guichet.authority import queries
from guichet.authority.operations import SigningAsked, revoke
from guichet.demo.files import write_card, write_identities
from guichet.demo.issuance import HIERARCHY_AGE, issue, new_key
from guichet.demo.people import (
    FORMER_CARD,
    LOST_CARD,
    NEW_CARDS,
    PEOPLE,
    UNKNOWN_CARD,
    DemoPerson,
)
from guichet.domain.certificates.naming import CardSubject, PersonSubject, named
from guichet.domain.identifiers import CardNumber, PersonId
from guichet.x509 import request
from guichet.x509.crl import Reason

CARD_REFERENCE = "demo:card"
BY = "demo:seed"
DAY = timedelta(days=1)


def make_former_card(at: datetime) -> str:
    """A card whose three years are over: signed in the first days of the hierarchy.

    Made before anything else is asked of the signer, so that the journal goes forward in time.
    """
    person = FORMER_CARD
    if _is_made(person):
        return person.file
    authority = queries.authority_certificate(person.card_authority)
    began = x509.load_der_x509_certificate(authority).not_valid_before_utc
    if began > at - HIERARCHY_AGE + DAY:
        return "aucune, les autorités sont trop récentes"
    _make_card(person, began + DAY)
    return person.file


def make_cards(at: datetime) -> str:
    """Make the cards that are missing; a card once made is kept."""
    every = (*PEOPLE, *NEW_CARDS, UNKNOWN_CARD, LOST_CARD)
    for person in every:
        if not _is_made(person):
            _make_card(person, at)
    _revoke_lost_card(at)
    write_identities(settings.GUICHET.state / "demo" / "identities.json")
    return ", ".join(person.file for person in every)


def _revoke_lost_card(at: datetime) -> None:
    """Once; also when an earlier run made it and came no further."""
    made = queries.issued_with_references(f"{CARD_REFERENCE}:{LOST_CARD.file}:")
    for found in queries.certificates(made.values()).values():
        if found.revoked_at is None:
            revoke(certificate_id=found.id, reason=Reason.KEY_COMPROMISE, by=BY, at=at)


def _is_made(person: DemoPerson) -> bool:
    cards: Path = settings.GUICHET.state / "demo" / "cards"
    return (cards / f"{person.file}.p12").exists()


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
            csr_der=request.unnamed(key),
            reference=f"{CARD_REFERENCE}:{person.file}:{count}",
        ),
        at,
    )
    folder = settings.GUICHET.state / "demo" / "cards"
    write_card(folder, person.file, key, (certificate.der, *certificate.chain_ders))
