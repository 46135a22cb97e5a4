"""Open rights: suspended, resumed, narrowed, ended; who is told, what is journalled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.habilitations.rights_kit import (
    CARD,
    CLINIC,
    END,
    HOSPITAL,
    NOW,
    OTHER_CARD,
    _structures,  # noqa: F401 the fixtures
    appoint,
    grant,
    grant_org,
    mails,
    right,
    written_to,
)
from guichet.domain.catalogue.offers import Usage
from guichet.domain.refusals import Code
from guichet.habilitations import queries
from guichet.habilitations.models import Right
from guichet.habilitations.operations import lives
from guichet.habilitations.operations.lives import Kept
from guichet.journal import queries as journal
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
WHY = "Le prestataire est parti."


@pytest.fixture
def jean(enter):
    """Representative of the hospital, without a card."""
    return appoint(enter("Jean", "DUPONT", email="jean@hopital.fr"))


@pytest.fixture
def sophie(enter):
    """Holds CARD."""
    return enter("Sophie", "DIRECTRICE", email="sophie@hopital.fr", card=CARD)


def events() -> list[str]:
    return [entry.event for entry in journal.entries_about(f"structure:{HOSPITAL}")]


def open_offers(card: str = CARD, at=LATER) -> list[str]:
    return sorted(found.offer.value for found in queries.rights_of(card, at))


def test_a_representative_suspends_and_resumes(jean, sophie) -> None:
    """ACCEPTED. The right gives nothing meanwhile; both people are told, once each."""
    key = grant()
    grant_org()
    lives.suspend(key=key, because=WHY, by=jean.actor, at=NOW)
    lives.suspend(key=key, because="autre", by=jean.actor, at=NOW)
    assert open_offers() == ["ORG"]
    assert right(key).suspension == WHY
    assert written_to("right-changed") == ["jean@hopital.fr", "sophie@hopital.fr"]
    assert WHY in mails("right-changed")[0].text
    lives.resume(key=key, because="", by=jean.actor, at=LATER)
    lives.resume(key=key, because="", by=jean.actor, at=LATER)
    assert open_offers() == ["ORG", "SERV"]
    assert len(mails("right-changed")) == 4
    assert events()[-2:] == ["right-suspended", "right-resumed"]


def test_what_an_instructor_suspends_only_an_instructor_resumes(
    jean, instructor, second_instructor
) -> None:
    """REFUSED to the representative; also where they had suspended it first."""
    key = grant()
    lives.suspend(key=key, because=WHY, by=jean.actor, at=NOW)
    lives.suspend(key=key, because="contrôle", by=instructor.actor, at=NOW)
    with assert_refused(Code.RIGHT_SUSPENDED_BY_STAFF):
        lives.resume(key=key, because="", by=jean.actor, at=LATER)
    lives.resume(key=key, because="", by=second_instructor.actor, at=LATER)
    assert open_offers() == ["SERV"]


def test_nobody_gives_their_own_card_its_rights_back(instructor) -> None:
    """REFUSED."""
    card = instructor.actor.card_number
    key = grant(card_number=card)
    lives.suspend(key=key, because=WHY, by=instructor.actor, at=NOW)
    with assert_refused(Code.OWN_DOSSIER):
        lives.resume(key=key, because="", by=instructor.actor, at=LATER)


def test_an_instructor_who_represents_a_structure_is_no_instructor_of_it(instructor) -> None:
    """Nobody is on both sides: a suspension by such a person is a representative's."""
    appoint(instructor)
    key = grant()
    lives.suspend(key=key, because=WHY, by=instructor.actor, at=NOW)
    assert right(key).suspended_by_staff is False


def test_narrowing_replaces_the_right(jean, sophie) -> None:
    """ACCEPTED. The old one is closed and the new one open at the same instant, until the same
    end, under the same origin."""
    key = grant(origin="dossier:9073113")
    kept = Kept(usages=frozenset({Usage.SSL_SERV, Usage.AUTH}), domains=frozenset({"hopital.fr"}))
    heir = lives.narrow(key=key, kept=kept, because=WHY, by=jean.actor, at=NOW)
    old, new = right(key), right(heir)
    assert (old.ends_at, old.closing, old.successor) == (NOW, WHY, new)
    assert (new.usages, new.domains, new.servers, new.mail_domains) == (
        ["SSL_SERV"],
        ["hopital.fr"],
        [],
        [],
    )
    assert (new.starts_at, new.ends_at, new.origin) == (NOW, END, "dossier:9073113")
    assert [found.id for found in queries.rights_of(CARD, NOW)] == [heir]
    assert events()[-3:] == ["right-closed", "right-granted", "right-narrowed"]
    assert "SSL_SERV, hopital.fr" in mails("right-changed")[0].text


def test_narrowing_a_suspended_right_keeps_it_suspended(jean, instructor) -> None:
    """A suspension cannot be shaken off by narrowing."""
    key = grant()
    lives.suspend(key=key, because="contrôle", by=instructor.actor, at=NOW)
    kept = Kept(usages=frozenset({Usage.SMIME}))
    heir = lives.narrow(key=key, kept=kept, because=WHY, by=jean.actor, at=LATER)
    assert open_offers(at=LATER) == []
    with assert_refused(Code.RIGHT_SUSPENDED_BY_STAFF):
        lives.resume(key=heir, because="", by=jean.actor, at=LATER)


@pytest.mark.parametrize(
    ("kept", "code"),
    [
        (Kept(usages=frozenset()), Code.FIELD_MISSING),
        (Kept(usages=frozenset({Usage.AUTH_CLI})), Code.FIELD_MISSING),
        (
            Kept(
                usages=frozenset(Usage),
                domains=frozenset({"hopital.fr", "autre.fr"}),
                servers=frozenset({"www.autre.fr"}),
                mail_domains=frozenset({"hopital.fr"}),
            ),
            Code.RIGHT_UNCHANGED,
        ),
    ],
)
def test_narrowing_to_nothing_or_not_at_all(jean, kept, code) -> None:
    """REFUSED. Nothing is widened either: what the right did not have is ignored."""
    key = grant()
    with assert_refused(code, field="usages"):
        lives.narrow(key=key, kept=kept, because=WHY, by=jean.actor, at=NOW)
    assert right(key).ends_at == END
    assert Right.objects.count() == 1


def test_ending_is_for_good(jean, sophie) -> None:
    """ACCEPTED once; afterwards nothing can be done to it."""
    key = grant()
    lives.end(key=key, because=WHY, by=jean.actor, at=NOW)
    assert open_offers(at=NOW) == []
    assert (right(key).closed_at, right(key).closing) == (NOW, WHY)
    for act in (lives.end, lives.suspend, lives.resume):
        with assert_refused(Code.RIGHT_STATE):
            act(key=key, because=WHY, by=jean.actor, at=LATER)
    with assert_refused(Code.RIGHT_STATE):
        lives.narrow(key=key, kept=Kept(usages=frozenset()), because=WHY, by=jean.actor, at=LATER)
    told = journal.entries_about(f"structure:{HOSPITAL}")[-1]
    assert (told.event, told.facts["because"], told.facts["right"]) == ("right-closed", WHY, key)


@pytest.mark.parametrize("act", [lives.suspend, lives.end])
def test_a_reason_is_needed(jean, act) -> None:
    """REFUSED."""
    key = grant()
    with assert_refused(Code.REASON_MISSING, field="because"):
        act(key=key, because="  ", by=jean.actor, at=NOW)
    with assert_refused(Code.REASON_MISSING, field="because"):
        lives.administrator_leaves(
            national_id=HOSPITAL, card_number=CARD, because=" ", by=jean.actor, at=NOW
        )


def test_an_administrator_leaves_one_structure(jean, sophie) -> None:
    """ACCEPTED. Every right of the card there, and none elsewhere; one e-mail each."""
    grant()
    grant_org()
    grant(structure_id=CLINIC)
    grant(card_number=OTHER_CARD)
    ended = lives.administrator_leaves(
        national_id=HOSPITAL, card_number=CARD, because=WHY, by=jean.actor, at=NOW
    )
    assert ended == 2
    assert [found.structure_id for found in queries.rights_of(CARD, NOW)] == [CLINIC]
    assert open_offers(OTHER_CARD, NOW) == ["SERV"]
    assert written_to("right-changed") == ["jean@hopital.fr", "sophie@hopital.fr"]
    with assert_refused(Code.RIGHT_UNKNOWN):
        lives.administrator_leaves(
            national_id=HOSPITAL, card_number=CARD, because=WHY, by=jean.actor, at=LATER
        )


def test_a_structure_leaves(jean, instructor, supervisor) -> None:
    """ACCEPTED of instructors; REFUSED to representatives, who end rights one card at a time."""
    grant()
    grant_org(card_number=OTHER_CARD)
    with assert_refused(Code.ROLE_MISSING):
        lives.structure_leaves(national_id=HOSPITAL, because=WHY, by=jean.actor, at=NOW)
    ended = lives.structure_leaves(national_id=HOSPITAL, because=WHY, by=supervisor.actor, at=NOW)
    assert ended == 2
    assert open_offers(CARD, NOW) == open_offers(OTHER_CARD, NOW) == []
    with assert_refused(Code.RIGHT_UNKNOWN):
        lives.structure_leaves(national_id=HOSPITAL, because=WHY, by=instructor.actor, at=LATER)


@pytest.mark.parametrize("who", ["stranger", "sophie", "elsewhere"])
def test_strangers_find_no_right(request, enter, who) -> None:
    """REFUSED as unknown: also to the administrator whose right it is."""
    elsewhere = appoint(enter("Denise", "AUTRE", email="d@clinique.fr"), CLINIC)
    person = elsewhere if who == "elsewhere" else request.getfixturevalue(who)
    key = grant()
    for act in (lives.suspend, lives.resume, lives.end):
        with assert_refused(Code.RIGHT_UNKNOWN):
            act(key=key, because=WHY, by=person.actor, at=NOW)
    with assert_refused(Code.STRUCTURE_UNKNOWN):
        lives.structure_leaves(national_id=HOSPITAL, because=WHY, by=person.actor, at=NOW)


def test_auditors_only_read(auditor) -> None:
    """REFUSED."""
    key = grant()
    for act in (lives.suspend, lives.resume, lives.end):
        with assert_refused(Code.ROLE_MISSING):
            act(key=key, because=WHY, by=auditor.actor, at=NOW)
