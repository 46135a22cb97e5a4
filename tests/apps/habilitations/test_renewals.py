"""A new card of a known person: recognised, its older rights asked for, consented to, carried."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from apps.habilitations.rights_kit import (
    CLINIC,
    EDITOR_SIRET,
    END,
    HOSPITAL,
    NOW,
    appoint,
    grant,
    grant_org,
    know_card,
    mails,
    right,
    structure,
    written_to,
)
from guichet.domain.certificates.naming import CardSubject, PersonSubject
from guichet.domain.identifiers import CardNumber, PersonId
from guichet.domain.refusals import Code
from guichet.habilitations import queries, registers
from guichet.habilitations.models import CardRenewal, Delegation, Right, Structure
from guichet.habilitations.operations import lives, renewing
from guichet.habilitations.policy import CarryOver, DossierPolicy
from guichet.habilitations.queries import renewals
from guichet.identities.actors import Actor
from guichet.identities.models import Account, Card
from guichet.identities.peer import LISTENER_KEY, PEER_KEY, PeerTls
from guichet.identities.queries import actor_of
from guichet.journal import queries as journal
from kit.pki import Pki
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db
OLD, NEW, PERSON = "0203040506", "2800203049", "899700203047"
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0)
OLD_END, NEW_END = MIDNIGHT + timedelta(days=20), MIDNIGHT + timedelta(days=900)
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _registers(settings: Any, tmp_path: Any, db: None) -> None:
    """The register knows both cards of Jeanne CHARLES."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    for number, end in ((OLD, OLD_END), (NEW, NEW_END)):
        know_card(registers.register(), number, "CHARLES", "JEANNE", PERSON, end)
    structure()
    structure(CLINIC, "CLINIQUE DU PORT")


@pytest.fixture
def jean(enter):
    return appoint(enter("Jean", "DUPONT", email="jean@hopital.fr"))


@pytest.fixture
def jeanne(enter):
    """Logged in with the new card; the old one is registered too."""
    person = enter("Jeanne", "CHARLES", email="jeanne@hopital.fr", card=OLD, national_id=PERSON)
    account = Account.objects.get(pk=person.actor.account_id)
    Card.objects.filter(number=OLD).update(opened_at=NOW - timedelta(days=900))
    card = Card.objects.create(
        number=NEW, account=account, holder_name="CHARLES / JEANNE", opened_at=NOW
    )
    return replace(person, actor=actor_of(account, card, "ecps"))


def under(settings: Any, mode: CarryOver) -> None:
    settings.GUICHET_HABILITATIONS = DossierPolicy(report_habilitation=mode)


def with_card(person: Any, number: str) -> Actor:
    account = Account.objects.get(pk=person.actor.account_id)
    return actor_of(account, Card.objects.get(number=number), "ecps")


def lapsing(person: Any, at: datetime = NOW) -> list[tuple[str, str]]:
    return [
        (one.structure.national_id, found.offer)
        for one in renewals.lapsing(person.actor, at)
        for found in one.rights
    ]


def link(place: int = 0) -> str:
    """What the link of an e-mail ends with."""
    found = re.search(r"/renouvellements/(\S+)/", mails("renewal-asked")[place].text)
    assert found
    return found[1]


def held(number: str, at: datetime = LATER) -> list[str]:
    return sorted(found.offer.value for found in queries.rights_of(number, at))


def test_one_click_carries_the_rights_over(jean, jeanne) -> None:
    """ACCEPTED. Closed on the old card, open on the new one, until the new one ends."""
    serv = grant(card_number=OLD, ends_at=OLD_END, origin="dossier:9073113")
    grant_org(card_number=OLD, ends_at=OLD_END)
    assert renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW) == 2
    assert written_to("renewal-asked") == ["jean@hopital.fr"]
    assert held(NEW) == []
    assert renewing.answer(signed=link(), consents=True, at=LATER) == 2
    assert held(OLD) == []
    assert held(NEW) == ["ORG", "SERV"]
    old, new = right(serv), Right.objects.get(card_number=NEW, offer="SERV")
    assert (old.ends_at, old.successor) == (LATER, new)
    assert (new.usages, new.domains, new.servers) == (old.usages, old.domains, old.servers)
    row = CardRenewal.objects.get()
    assert (new.origin, new.ends_at) == (f"renewal:{row.pk}", NEW_END)
    assert (row.consented, row.answered_by) == (True, "Jean DUPONT")
    assert written_to("renewal-answered") == ["jean@hopital.fr", "jeanne@hopital.fr"]


def test_every_step_is_journalled(jean, jeanne) -> None:
    """Asked, answered by whose link, carried over, right by right."""
    key = grant(card_number=OLD, ends_at=OLD_END)
    renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    renewing.answer(signed=link(), consents=True, at=LATER)
    told = journal.entries_about(f"structure:{HOSPITAL}")
    assert [entry.event for entry in told][-5:] == [
        "renewal-asked",
        "renewal-answered",
        "right-closed",
        "right-granted",
        "right-carried-over",
    ]
    answered = next(entry for entry in told if entry.event == "renewal-answered")
    assert answered.facts["account"] == jean.actor.account_id
    assert told[-1].facts["right"] == key


def test_rights_that_lapsed_are_carried_over_too(jean, jeanne) -> None:
    """ACCEPTED. The old card ended weeks ago, nobody closed anything."""
    grant(card_number=OLD, ends_at=NOW - timedelta(days=20))
    grant_org(card_number=OLD, starts_at=NOW - timedelta(days=900), ends_at=NOW - timedelta(740))
    assert lapsing(jeanne) == [(HOSPITAL, "SERV")]
    renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    renewing.answer(signed=link(), consents=True, at=LATER)
    assert held(NEW) == ["SERV"]


def test_what_is_not_carried_over(jean, jeanne) -> None:
    """What was ended, suspended, delegated, taken over already, or is held by the new card."""
    ended = grant(card_number=OLD, ends_at=OLD_END)
    lives.end(key=ended, because="x", by=jean.actor, at=NOW)
    suspended = grant_org(card_number=OLD, ends_at=OLD_END)
    lives.suspend(key=suspended, because="x", by=jean.actor, at=NOW)
    grant_org(card_number=OLD, structure_id=CLINIC, ends_at=OLD_END)
    grant_org(card_number=NEW, structure_id=CLINIC)
    lent = Delegation.objects.create(
        structure=Structure.objects.get(national_id=CLINIC),
        editor_siret=EDITOR_SIRET,
        editor_name="E",
        starts_at=NOW,
        ends_at=END,
        given_by="x",
        given_at=NOW,
    )
    grant(card_number=OLD, structure_id=CLINIC, delegation_id=lent.pk, ends_at=OLD_END)
    assert lapsing(jeanne) == []
    with assert_refused(Code.RENEWAL_IMPOSSIBLE):
        renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)


def test_a_right_ended_since_does_not_come_back_with_an_older_one(jean, jeanne) -> None:
    """The last right of the offer counts, not one that lapsed before it."""
    grant(card_number=OLD, ends_at=NOW - timedelta(days=20))
    last = grant(card_number=OLD, starts_at=NOW - timedelta(days=10), ends_at=OLD_END)
    lives.end(key=last, because="plus lui", by=jean.actor, at=NOW)
    assert lapsing(jeanne, LATER) == []


def test_nothing_goes_from_the_new_card_to_the_old_one(jean, jeanne) -> None:
    """Older is what ends before."""
    grant(card_number=NEW, ends_at=NEW_END)
    actor = with_card(jeanne, OLD)
    assert renewals.lapsing(actor, NOW) == ()
    with assert_refused(Code.RENEWAL_IMPOSSIBLE):
        renewing.ask(national_id=HOSPITAL, by=actor, at=NOW)


def test_the_rights_of_somebody_else_s_card_are_theirs(jean, jeanne, enter) -> None:
    """REFUSED. Another person, another national identifier."""
    grant(card_number=OLD, ends_at=OLD_END)
    other = enter("Paul", "AUTRE", card="2800555555", national_id="899700999001")
    without_card = enter("Marie", "SANS", email="m@sans.fr")
    for person in (other, without_card):
        with assert_refused(Code.RENEWAL_IMPOSSIBLE):
            renewing.ask(national_id=HOSPITAL, by=person.actor, at=NOW)


def test_a_refusal_changes_nothing(jean, jeanne) -> None:
    """The asker is told, and may ask again."""
    grant(card_number=OLD, ends_at=OLD_END)
    renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    assert renewing.answer(signed=link(), consents=False, at=LATER) == 0
    assert held(OLD) == ["SERV"]
    assert held(NEW) == []
    assert "n’a pas consenti" in mails("renewal-answered")[0].text
    assert renewals.lapsing(jeanne.actor, LATER)[0].refused_at == LATER
    assert renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=LATER) == 1
    assert len(mails("renewal-asked")) == 2


def test_asking_twice_writes_once(jean, jeanne) -> None:
    """While the answer is awaited; a request left unanswered is renewed with another link."""
    grant(card_number=OLD, ends_at=OLD_END)
    for _turn in range(2):
        renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    assert len(mails("renewal-asked")) == 1
    after = NOW + timedelta(days=15)
    with assert_refused(Code.INVITATION_INVALID):
        renewing.answer(signed=link(), consents=True, at=after)
    renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=after)
    with assert_refused(Code.INVITATION_INVALID):
        renewing.answer(signed=link(), consents=True, at=after)
    assert renewing.answer(signed=link(1), consents=True, at=after) == 1


def test_a_link_serves_once_and_for_whom_it_was_sent(jean, jeanne, enter) -> None:
    """REFUSED: used, forged, cut, or of somebody who no longer represents the structure."""
    marc = appoint(enter("Marc", "SECOND", email="marc@hopital.fr"))
    grant(card_number=OLD, ends_at=OLD_END)
    renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    links = {mail.to[0]: link(place) for place, mail in enumerate(mails("renewal-asked"))}
    own, other = links["jean@hopital.fr"], links["marc@hopital.fr"]
    token, account, signature = own.split(".")
    for forged in (
        f"{token}.{marc.actor.account_id}.{signature}",
        f"{token}.{account}.{signature[:-2]}xx",
        token,
        "",
        "a.b.c",
        own + "x",
    ):
        with assert_refused(Code.INVITATION_INVALID):
            renewing.answer(signed=forged, consents=True, at=NOW)
    Structure.objects.get(national_id=HOSPITAL).representatives.filter(
        account_id=jean.actor.account_id
    ).delete()
    with assert_refused(Code.INVITATION_INVALID):
        renewing.answer(signed=own, consents=True, at=NOW)
    renewing.answer(signed=other, consents=True, at=LATER)
    with assert_refused(Code.INVITATION_INVALID):
        renewing.answer(signed=other, consents=False, at=LATER)


def test_without_a_representative_nobody_can_consent(jeanne) -> None:
    """REFUSED, and nothing waits."""
    grant(card_number=OLD, ends_at=OLD_END)
    with assert_refused(Code.REPRESENTATIVE_MISSING):
        renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    assert not CardRenewal.objects.exists()


def test_a_new_card_that_is_lost_takes_nothing(jean, jeanne) -> None:
    """REFUSED, when asked and when consented to."""
    grant(card_number=OLD, ends_at=OLD_END)
    renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    know_card(registers.register(), NEW, "CHARLES", "JEANNE", PERSON, NEW_END, opposed=True)
    with assert_refused(Code.CARD_NOT_VALID):
        renewing.answer(signed=link(), consents=True, at=LATER)
    with assert_refused(Code.CARD_NOT_VALID):
        renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=LATER)


def test_what_was_ended_while_asked_is_not_carried(jean, jeanne) -> None:
    """REFUSED. The consent is about what is left."""
    key = grant(card_number=OLD, ends_at=OLD_END)
    renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    lives.end(key=key, because="x", by=jean.actor, at=NOW)
    with assert_refused(Code.RENEWAL_IMPOSSIBLE):
        renewing.answer(signed=link(), consents=True, at=LATER)


def test_the_deck_s_policy_offers_no_carry_over(jean, jeanne, settings) -> None:
    """REFUSED. The page leads to a new dossier instead; links sent before serve no more."""
    grant(card_number=OLD, ends_at=OLD_END)
    renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    under(settings, CarryOver.NEW_DOSSIER)
    with assert_refused(Code.RENEWAL_IMPOSSIBLE):
        renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    with assert_refused(Code.RENEWAL_IMPOSSIBLE):
        renewing.answer(signed=link(), consents=True, at=LATER)
    page = jeanne.get("/habilitations/renouvellement/").content.decode()
    assert "Un nouveau dossier est nécessaire" in page
    assert "Une nouvelle carte" not in jeanne.get("/").content.decode()
    assert renewing.carry_automatically(LATER) == 0


def test_the_automatic_policy_carries_at_once(jean, jeanne, settings) -> None:
    """ACCEPTED. Same person, same structure: done by the clerk, told to both, once."""
    under(settings, CarryOver.AUTOMATIC)
    grant(card_number=OLD, ends_at=OLD_END)
    grant_org(card_number=OLD, ends_at=NOW - timedelta(days=3))
    assert renewing.carry_automatically(NOW) == 2
    assert renewing.carry_automatically(LATER) == 0
    assert held(NEW) == ["ORG", "SERV"]
    assert held(OLD) == []
    assert written_to("renewal-answered") == ["jean@hopital.fr", "jeanne@hopital.fr"]
    assert "automatiquement" in mails("renewal-answered")[0].text
    assert mails("renewal-asked") == []


def test_under_the_automatic_policy_asking_carries(jeanne, settings) -> None:
    """ACCEPTED. Without waiting for the clerk, nor for a representative."""
    under(settings, CarryOver.AUTOMATIC)
    grant(card_number=OLD, ends_at=OLD_END)
    renewing.ask(national_id=HOSPITAL, by=jeanne.actor, at=NOW)
    assert held(NEW) == ["SERV"]


def test_the_clerk_leaves_others_alone(jean, jeanne, settings, enter) -> None:
    """One card, or a new card that is not valid: nothing moves."""
    grant(card_number=OLD, ends_at=OLD_END)
    assert renewing.carry_automatically(NOW) == 0
    under(settings, CarryOver.AUTOMATIC)
    know_card(registers.register(), NEW, "CHARLES", "JEANNE", PERSON, NEW_END, opposed=True)
    assert renewing.carry_automatically(NOW) == 0
    assert held(OLD) == ["SERV"]


def test_the_person_asks_and_the_representative_consents_on_pages(jean, jeanne) -> None:
    """Two people, two pages, no account needed for the second."""
    grant(card_number=OLD, ends_at=OLD_END)
    assert "Demander leur report" in jeanne.get("/").content.decode()
    page = jeanne.get("/habilitations/renouvellement/").content.decode()
    assert OLD in page
    for _press in range(2):
        answer = jeanne.post("/habilitations/renouvellement/", {"structure": HOSPITAL})
        assert answer.status_code == 302
    assert "Le report est demandé" in jeanne.get(answer["Location"]).content.decode()
    address = f"/habilitations/renouvellements/{link()}/"
    browser = Client()
    asked = browser.get(address, secure=True).content.decode()
    for words in ("Jeanne CHARLES", OLD, NEW, "SMIME, SSL_SERV", "HOPITAL DES 3 DAMES"):
        assert words in asked
    assert browser.post(address, {"reponse": "peut-être"}, secure=True).status_code == 200
    done = browser.post(address, {"reponse": "consentir"}, secure=True)
    assert "Les droits sont reportés" in done.content.decode()
    again = browser.post(address, {"reponse": "consentir"}, secure=True)
    assert again.status_code == browser.get(address, secure=True).status_code == 410
    assert held(NEW, timezone.now()) == ["SERV"]
    assert "Rien à reporter" in jeanne.get("/habilitations/renouvellement/").content.decode()


def test_refusing_on_the_page(jean, jeanne) -> None:
    """One click too."""
    grant(card_number=OLD, ends_at=OLD_END)
    jeanne.post("/habilitations/renouvellement/", {"structure": HOSPITAL})
    address = f"/habilitations/renouvellements/{link()}/"
    done = Client().post(address, {"reponse": "refuser"}, secure=True)
    assert "Le report est refusé" in done.content.decode()


def test_a_structure_without_representative_says_so(jeanne) -> None:
    """409, in words, on the page."""
    grant(card_number=OLD, ends_at=OLD_END)
    answer = jeanne.post("/habilitations/renouvellement/", {"structure": HOSPITAL})
    assert answer.status_code == 409
    assert "Aucun représentant joignable" in answer.content.decode()


# --- The card port: a card that nobody registered


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
