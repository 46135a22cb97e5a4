"""A new card of a known person: recognised, its older rights asked for, consented to, carried."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

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
    written_to,
)
from apps.habilitations.two_cards import (
    LATER,
    NEW,
    NEW_END,
    OLD,
    OLD_END,
    PERSON,
    held,
    link,
)
from guichet.domain.refusals import Code
from guichet.habilitations import registers
from guichet.habilitations.models import CardRenewal, Delegation, Right, Structure
from guichet.habilitations.operations import lives, renewing
from guichet.habilitations.queries import renewals
from guichet.identities.actors import Actor
from guichet.identities.models import Account, Card
from guichet.identities.queries import actor_of
from guichet.journal import queries as journal
from kit.refusals import assert_refused

pytestmark = pytest.mark.usefixtures("both_cards")


def with_card(person: Any, number: str) -> Actor:
    account = Account.objects.get(pk=person.actor.account_id)
    return actor_of(account, Card.objects.get(number=number), "ecps")


def lapsing(person: Any, at: datetime = NOW) -> list[tuple[str, str]]:
    return [
        (one.structure.national_id, found.offer)
        for one in renewals.lapsing(person.actor, at)
        for found in one.rights
    ]


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


# --- The card port: a card that nobody registered
