"""A person's two accounts, one with a card: each reaches what the other owns, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.domain.dossier.permissions import Act
from guichet.domain.refusals import Code
from guichet.habilitations.operations import sharing
from guichet.habilitations.queries import applicant as listing
from guichet.habilitations.queries import instruction
from guichet.habilitations.standing import find
from guichet.identities import operations as identities
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(instructor: dossiers.Person, applicant: dossiers.Person) -> dossiers.Person:
    """The instructor, whose account without a card is Jean's."""
    from guichet.identities.models import Account  # noqa: PLC0415

    mine, cards = applicant.actor.account_id, instructor.actor.account_id
    Account.objects.filter(pk=mine).update(national_id=None)
    identities.attach_card(account_id=mine, card_account_id=cards, by="test", at=timezone.now())
    return replace(instructor, actor=replace(instructor.actor, twin_id=mine))


def test_both_lists_show_both(applicant, ines, stranger) -> None:
    drafts = {dossiers.begin_draft(who.actor) for who in (applicant, ines)}
    for who in (applicant, ines):
        page = who.get("/habilitations/").content.decode()
        assert all(str(number) in page for number in drafts)
        for number in drafts:
            assert who.get(f"/habilitations/dossiers/{number}/formulaire/").status_code == 200
    assert all(line.is_owner for line in listing.mine(ines.actor).drafts)
    for number in drafts:
        assert stranger.get(f"/habilitations/dossiers/{number}/").status_code == 404


def test_nobody_instructs_the_dossier_of_their_other_account(applicant, ines) -> None:
    """REFUSED, and not in the queue: it is one's own."""
    number = dossiers.deposited(applicant.actor)
    assert not instruction.dossiers(ines.actor).filter(number=number).exists()
    with assert_refused(Code.DOSSIER_ACT_FORBIDDEN):
        find(number, ines.actor, Act.DECIDE)
    assert ines.get(f"/gestion/dossiers/{number}/").status_code in {403, 404}


def test_one_does_not_invite_oneself(applicant, ines) -> None:
    """REFUSED: the link is for somebody else."""
    from apps.habilitations.test_sharing_operations import token  # noqa: PLC0415

    number, at = dossiers.begin_draft(applicant.actor), timezone.now()
    sharing.propose_transfer(number=number, email="x@y.fr", by=applicant.actor, at=at)
    with assert_refused(Code.INVITATION_INVALID):
        sharing.accept(token=token("x@y.fr"), by=ines.actor, at=at)
