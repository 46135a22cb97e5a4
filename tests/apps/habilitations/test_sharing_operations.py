"""Invitations, transfers and confirmations: links that serve once, expire, and are journalled."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.domain.dossier.permissions import Act
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.models import AdministratorConfirmation, Message, Participation
from guichet.habilitations.operations import confirming, depositing, drafting, instructing, sharing
from guichet.habilitations.policy import policy
from guichet.habilitations.standing import find
from guichet.journal import queries as journal
from guichet.notifications.models import OutboxMail
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db
LINK = re.compile(r"/habilitations/(?:invitations|confirmations)/([\w-]+)/")


def token(to: str) -> str:
    """The token of the last link sent to an address."""
    mails = [m for m in OutboxMail.objects.order_by("pk") if m.to == [to]]
    return LINK.findall(mails[-1].text)[-1]


def invited(applicant, email: str = "editeur@ans.test") -> tuple[int, str]:
    number = dossiers.begin_draft(applicant.actor)
    sharing.invite(number=number, email=email, by=applicant.actor, at=timezone.now())
    return number, token(email)


def events(number: int) -> list[str]:
    return [entry.event for entry in journal.entries_about(f"dossier:{number}")]


def test_a_co_writer_reads_and_writes_and_never_deposits(applicant, stranger) -> None:
    """ACCEPTED, then DOSSIER_ACT_FORBIDDEN on deposit, sharing and deletion."""
    number, link = invited(applicant)
    assert sharing.accept(token=link, by=stranger.actor, at=timezone.now()) == number
    find(number, stranger.actor, Act.WRITE)
    for act in (Act.DEPOSIT, Act.SHARE, Act.DELETE):
        with assert_refused(Code.DOSSIER_ACT_FORBIDDEN):
            find(number, stranger.actor, act)
    with assert_refused(Code.DOSSIER_ACT_FORBIDDEN):
        depositing.deposit(number=number, by=stranger.actor, at=timezone.now())
    assert events(number)[-2:] == ["dossier-shared", "dossier-joined"]
    told = OutboxMail.objects.get(dedupe_key__contains=":joined:")
    assert told.to == ["monmail@sante.fr"]


def test_a_link_serves_once(applicant, stranger, other_applicant) -> None:
    """INVITATION_INVALID for the second person, and for the first again."""
    _number, link = invited(applicant)
    sharing.accept(token=link, by=stranger.actor, at=timezone.now())
    for who in (other_applicant, stranger):
        with assert_refused(Code.INVITATION_INVALID):
            sharing.accept(token=link, by=who.actor, at=timezone.now())


def test_a_link_expires_and_only_its_digest_is_kept(applicant, stranger) -> None:
    """INVITATION_INVALID after the policy's delay; a stolen table opens nothing."""
    number, link = invited(applicant)
    late = timezone.now() + policy().invitation_life
    with assert_refused(Code.INVITATION_INVALID):
        sharing.accept(token=link, by=stranger.actor, at=late + timedelta(seconds=1))
    kept = Participation.objects.get(dossier__number=number).token_sha256
    assert kept != link
    with assert_refused(Code.INVITATION_INVALID):
        sharing.accept(token=kept, by=stranger.actor, at=timezone.now())


def test_inviting_again_sends_another_link(applicant, stranger) -> None:
    """The first link serves no more; case of the address does not count."""
    number, first = invited(applicant)
    sharing.invite(number=number, email="Editeur@ANS.test", by=applicant.actor, at=timezone.now())
    with assert_refused(Code.INVITATION_INVALID):
        sharing.accept(token=first, by=stranger.actor, at=timezone.now())
    assert Participation.objects.filter(dossier__number=number, ended_at=None).count() == 1


def test_an_access_is_taken_back_in_every_state(applicant, stranger, instructor) -> None:
    """The former co-writer meets DOSSIER_UNKNOWN, also while the dossier is examined."""
    number = dossiers.complete_draft(applicant.actor)
    at = timezone.now()
    sharing.invite(number=number, email="a@b.fr", by=applicant.actor, at=at)
    sharing.accept(token=token("a@b.fr"), by=stranger.actor, at=at)
    depositing.deposit(number=number, by=applicant.actor, at=at)
    instructing.take(number=number, by=instructor.actor, at=at)
    held = Participation.objects.get(dossier__number=number)
    with assert_refused(Code.DOSSIER_ACT_FORBIDDEN):
        sharing.revoke(number=number, participation=held.pk, by=stranger.actor, at=at)
    for _again in range(2):
        sharing.revoke(number=number, participation=held.pk, by=applicant.actor, at=at)
    with assert_refused(Code.DOSSIER_UNKNOWN):
        find(number, stranger.actor, Act.READ)
    assert events(number).count("dossier-left") == 1


def test_a_participation_of_another_dossier_is_left_alone(applicant, other_applicant) -> None:
    """IDOR: the number and the participation must go together."""
    mine, _link = invited(applicant)
    theirs = dossiers.begin_draft(other_applicant.actor)
    sharing.invite(number=theirs, email="c@d.fr", by=other_applicant.actor, at=timezone.now())
    foreign = Participation.objects.get(dossier__number=theirs)
    sharing.revoke(number=mine, participation=foreign.pk, by=applicant.actor, at=timezone.now())
    foreign.refresh_from_db()
    assert foreign.ended_at is None


def test_a_co_writer_leaves(applicant, stranger) -> None:
    """By themselves, once."""
    number, link = invited(applicant)
    sharing.accept(token=link, by=stranger.actor, at=timezone.now())
    sharing.leave(number=number, by=stranger.actor, at=timezone.now())
    with assert_refused(Code.DOSSIER_UNKNOWN):
        sharing.leave(number=number, by=stranger.actor, at=timezone.now())


def test_the_owner_does_not_join_their_own_dossier(applicant) -> None:
    """INVITATION_INVALID: nothing to gain, and the link is not spent."""
    _number, link = invited(applicant)
    with assert_refused(Code.INVITATION_INVALID):
        sharing.accept(token=link, by=applicant.actor, at=timezone.now())
    assert Participation.objects.get().accepted_at is None


def test_a_declined_invitation_is_told(applicant, stranger) -> None:
    """The owner reads that nobody came."""
    _number, link = invited(applicant)
    sharing.decline(token=link, by=stranger.actor, at=timezone.now())
    with assert_refused(Code.INVITATION_INVALID):
        sharing.accept(token=link, by=stranger.actor, at=timezone.now())
    assert "n’a pas accepté" in OutboxMail.objects.get(dedupe_key__contains=":declined:").subject


def test_a_transfer_changes_the_owner_and_closes_the_giver_s_access(applicant, stranger) -> None:
    """The receiver owns, the giver meets DOSSIER_UNKNOWN and is told so."""
    number = dossiers.complete_draft(applicant.actor)
    at = timezone.now()
    sharing.propose_transfer(number=number, email="x@y.fr", by=applicant.actor, at=at)
    link = token("x@y.fr")
    assert "n’y aura plus accès" in OutboxMail.objects.get(dedupe_key__contains=":transfer:").text
    find(number, applicant.actor, Act.DEPOSIT)
    sharing.accept(token=link, by=stranger.actor, at=at)
    with assert_refused(Code.DOSSIER_UNKNOWN):
        find(number, applicant.actor, Act.READ)
    depositing.deposit(number=number, by=stranger.actor, at=at)
    assert "dossier-transferred" in events(number)
    assert OutboxMail.objects.get(dedupe_key__contains=":transferred:").to == ["monmail@sante.fr"]


def test_a_co_writer_who_takes_over_is_the_owner_alone(applicant, stranger) -> None:
    """Their former access ends with the transfer."""
    number, link = invited(applicant)
    at = timezone.now()
    sharing.accept(token=link, by=stranger.actor, at=at)
    sharing.propose_transfer(number=number, email="x@y.fr", by=applicant.actor, at=at)
    sharing.accept(token=token("x@y.fr"), by=stranger.actor, at=at)
    assert not Participation.objects.filter(ended_at=None).exists()
    find(number, stranger.actor, Act.SHARE)


def test_one_transfer_waits_at_a_time(applicant, stranger) -> None:
    """The second offer takes the first one back."""
    number = dossiers.begin_draft(applicant.actor)
    at = timezone.now()
    sharing.propose_transfer(number=number, email="a@a.fr", by=applicant.actor, at=at)
    sharing.propose_transfer(number=number, email="b@b.fr", by=applicant.actor, at=at)
    with assert_refused(Code.INVITATION_INVALID):
        sharing.accept(token=token("a@a.fr"), by=stranger.actor, at=at)


def test_a_frozen_dossier_does_not_change_hands(applicant, stranger, instructor) -> None:
    """DOSSIER_FROZEN for offering and for accepting."""
    number = dossiers.deposited(applicant.actor)
    at = timezone.now()
    sharing.propose_transfer(number=number, email="a@a.fr", by=applicant.actor, at=at)
    instructing.take(number=number, by=instructor.actor, at=at)
    with assert_refused(Code.DOSSIER_FROZEN):
        sharing.accept(token=token("a@a.fr"), by=stranger.actor, at=at)
    with assert_refused(Code.DOSSIER_FROZEN):
        sharing.propose_transfer(number=number, email="a@a.fr", by=applicant.actor, at=at)


def test_a_thrown_away_dossier_is_not_joined(applicant, stranger) -> None:
    """INVITATION_INVALID until it is restored."""
    number, link = invited(applicant)
    drafting.trash(number=number, by=applicant.actor, at=timezone.now())
    with assert_refused(Code.INVITATION_INVALID):
        sharing.accept(token=link, by=stranger.actor, at=timezone.now())
    drafting.restore(number=number, by=applicant.actor, at=timezone.now())
    sharing.accept(token=link, by=stranger.actor, at=timezone.now())


@pytest.mark.parametrize("email", ["", "pas une adresse", "a@b", "a@b.fr\nBcc: x@y.fr"])
def test_an_address_that_is_none_is_refused(applicant, email: str) -> None:
    """EMAIL_INVALID on the field, and nothing is sent."""
    number = dossiers.begin_draft(applicant.actor)
    with assert_refused(Code.EMAIL_INVALID, field="email"):
        sharing.invite(number=number, email=email, by=applicant.actor, at=timezone.now())
    assert not Participation.objects.exists()


def test_invitations_are_not_a_way_to_flood(applicant) -> None:
    """TOO_MANY_TRIES beyond the limit."""
    number = dossiers.begin_draft(applicant.actor)
    at = timezone.now()
    for place in range(sharing.AT_MOST):
        sharing.invite(number=number, email=f"p{place}@b.fr", by=applicant.actor, at=at)
    with assert_refused(Code.TOO_MANY_TRIES):
        sharing.invite(number=number, email="more@b.fr", by=applicant.actor, at=at)
    for one in Participation.objects.all():
        sharing.revoke(number=number, participation=one.pk, by=applicant.actor, at=at)
    for _again in range(2 * sharing.AT_MOST):
        sharing.invite(number=number, email="same@b.fr", by=applicant.actor, at=at)
    with assert_refused(Code.TOO_MANY_TRIES):
        sharing.invite(number=number, email="same@b.fr", by=applicant.actor, at=at)


def test_a_stranger_shares_nothing(applicant, stranger, instructor) -> None:
    """DOSSIER_UNKNOWN, whatever is asked."""
    number = dossiers.begin_draft(applicant.actor)
    at = timezone.now()
    for who in (stranger, instructor):
        for act in (sharing.invite, sharing.propose_transfer):
            with assert_refused(Code.DOSSIER_UNKNOWN):
                act(number=number, email="a@b.fr", by=who.actor, at=at)


def test_an_administrator_confirms_by_the_link_alone(applicant) -> None:
    """No account; each answer is journalled once, and may change until the decision."""
    number = dossiers.deposited(applicant.actor)
    link, at = token("monemaildadmin@sante.fr"), timezone.now()
    confirming.answer(token=link, confirms=True, at=at)
    confirming.answer(token=link, confirms=True, at=at)
    asked = AdministratorConfirmation.objects.get()
    assert (asked.confirmed_at, asked.denied_at) == (at, None)
    assert events(number).count("dossier-confirmed") == 1
    confirming.answer(token=link, confirms=False, at=at)
    asked.refresh_from_db()
    assert (asked.confirmed_at, asked.denied_at) == (None, at)
    told = Message.objects.filter(dossier__number=number).latest("pk")
    assert "ne se reconnaît pas" in told.subject


def test_a_confirmation_of_a_changed_row_is_stale(applicant) -> None:
    """INVITATION_INVALID once another card or address is deposited; the new one is asked."""
    number = dossiers.deposited(applicant.actor)
    link = token("monemaildadmin@sante.fr")
    other = {"administrators.0.email": "autre@sante.fr"}
    dossiers.fill(number, applicant.actor, other)
    confirming.asked(link)
    depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    with assert_refused(Code.INVITATION_INVALID):
        confirming.answer(token=link, confirms=True, at=timezone.now())
    confirming.answer(token=token("autre@sante.fr"), confirms=True, at=timezone.now())


def test_a_wrong_token_confirms_nothing(db) -> None:
    """INVITATION_INVALID."""
    with pytest.raises(Refusal) as caught:
        confirming.answer(token="nothing", confirms=True, at=timezone.now())
    assert caught.value.code is Code.INVITATION_INVALID
