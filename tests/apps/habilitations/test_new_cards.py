"""A card that nobody registered, at the card port: whose it is, if the registers prove it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from apps.habilitations.rights_kit import NOW, grant, know_card
from apps.habilitations.two_cards import NEW, NEW_END, OLD, OLD_END, PERSON
from guichet.domain.certificates.naming import CardSubject, PersonSubject
from guichet.domain.identifiers import CardNumber, PersonId
from guichet.habilitations import registers
from guichet.identities.models import Account, Card
from guichet.identities.peer import LISTENER_KEY, PEER_KEY, PeerTls
from guichet.journal import queries as journal
from kit.pki import Pki

pytestmark = pytest.mark.usefixtures("both_cards")


@pytest.fixture
def pki(tmp_path: Any) -> Pki:
    """A hierarchy published where the card port looks, with fresh lists."""
    now = datetime.now(UTC)
    made = Pki(now=now - timedelta(days=1))
    codes = ("ACR-FO-TEST", "ACI-FO-PP-TEST")
    for folder in ("ac", "crl"):
        (tmp_path / "published" / folder).mkdir(parents=True)
    for code in codes:
        authority = made.authority(code)
        (tmp_path / "published" / "ac" / f"{code}.cer").write_bytes(authority.der)
        (tmp_path / "published" / "crl" / f"{code}.crl").write_bytes(made.crl(code))
    return made


def card_of(pki: Pki, number: str = NEW, person: str = PERSON) -> tuple[bytes, ...]:
    """The chain of a genuine card."""
    holder = PersonSubject(
        national_id=PersonId.parse(person), surname="CHARLES", given_names="JEANNE"
    )
    subject = CardSubject(person=holder, card_number=CardNumber.parse(number))
    return pki.leaf("CARD-AUTH", ordered=subject, authority="ACI-FO-PP-TEST").chain


def log_in(chain: tuple[bytes, ...], settings: Any) -> tuple[Client, int]:
    """Through the portal and the card port; the browser, and the card port's answer."""
    browser = Client()
    begun = browser.get("/connexion/carte/", secure=True)
    parts = urlsplit(begun["Location"])
    settings.ROOT_URLCONF = "guichet.conf.card_urls"
    port = Client(**{LISTENER_KEY: "card", PEER_KEY: PeerTls(chain, "TLSv1.3", "")})
    answer = port.get(f"{parts.path}?{parts.query}", secure=True)
    settings.ROOT_URLCONF = "guichet.conf.urls"
    if answer.status_code == 302:
        back = urlsplit(answer["Location"])
        browser.get(f"{back.path}?{back.query}", secure=True)
    return browser, answer.status_code


def test_a_known_person_enters_with_a_new_card(enter, pki, settings) -> None:
    """ACCEPTED. Registered on the way, journalled, and the rights to carry over are shown."""
    enter("Jeanne", "CHARLES", card=OLD, national_id=PERSON)
    grant(card_number=OLD, ends_at=OLD_END)
    browser, status = log_in(card_of(pki), settings)
    assert status == 302
    card = Card.objects.get(number=NEW)
    assert (card.holder_name, card.kind) == ("CHARLES / JEANNE", "CPE")
    told = journal.entries_about(f"card:{NEW}")
    assert [(entry.event, entry.actor) for entry in told] == [
        ("card-registered", "register:annuaire-sante")
    ]
    page = browser.get("/", secure=True)
    assert page.context["actor"].card_number == NEW
    assert "Une nouvelle carte" in page.content.decode()
    assert log_in(card_of(pki), settings)[1] == 302
    assert Card.objects.filter(number=NEW).count() == 1


@pytest.mark.parametrize(
    "wrong",
    ["unknown-person", "other-person", "opposed", "expired", "not-listed", "inactive", "ended"],
)
def test_a_card_whose_holder_is_not_proved_stays_unknown(enter, pki, settings, wrong) -> None:
    """REFUSED as before, and journalled as refused."""
    person = enter("Jeanne", "CHARLES", card=OLD, national_id=PERSON)
    number, stated = NEW, PERSON
    register = registers.register()
    if wrong == "unknown-person":
        Account.objects.update(national_id=None)
    elif wrong == "other-person":
        stated = "899700102033"
    elif wrong == "opposed":
        know_card(register, NEW, "CHARLES", "JEANNE", PERSON, NEW_END, opposed=True)
    elif wrong == "expired":
        know_card(register, NEW, "CHARLES", "JEANNE", PERSON, NOW - timedelta(days=3))
    elif wrong == "not-listed":
        number = "2800203050"
    elif wrong == "inactive":
        Account.objects.update(is_active=False)
    else:
        Card.objects.create(
            number=NEW,
            account_id=person.actor.account_id,
            holder_name="x",
            opened_at=NOW - timedelta(days=9),
            ended_at=NOW - timedelta(days=1),
        )
    before = Card.objects.count()
    _browser, status = log_in(card_of(pki, number, stated), settings)
    assert status == 403
    assert Card.objects.count() == before
    assert journal.entries_about(f"card:{number}")[-1].event == "card-refused"


def test_an_unreadable_register_lets_nobody_new_in(enter, pki, settings, tmp_path) -> None:
    """REFUSED. What cannot be asked proves nothing."""
    enter("Jeanne", "CHARLES", card=OLD, national_id=PERSON)
    (tmp_path / "registers.sqlite").write_bytes(b"not a database" * 100)
    assert log_in(card_of(pki), settings)[1] == 403
