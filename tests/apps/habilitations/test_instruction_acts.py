"""What instructors do with a dossier beside deciding it: notes, turns, archives; twice is once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from guichet.habilitations.models import Annotation, Following
from guichet.habilitations.operations import drafting
from guichet.notifications.models import OutboxMail

pytestmark = pytest.mark.django_db


def test_notes_stay_between_instructors(applicant, instructor, second_instructor) -> None:
    """Written twice they are one; the applicant's pages never show them."""
    number = dossiers.deposited(applicant.actor)
    for _twice in range(2):
        assert kit.act(instructor, number, "annoter/", body="Appeler le DSI").status_code == 302
    assert kit.act(instructor, number, "annoter/", body="  ").status_code == 302
    assert Annotation.objects.count() == 1
    assert "Appeler le DSI" in kit.text_of(second_instructor.get(kit.at(number)))
    for page in ("", "demande/", "messagerie/"):
        answer = applicant.get(f"/habilitations/dossiers/{number}/{page}")
        assert "Appeler le DSI" not in kit.text_of(answer)


def test_follow_and_assign(applicant, instructor, second_instructor) -> None:
    """Each once however often it is pressed; who lost the race is told."""
    number = dossiers.deposited(applicant.actor)
    for _twice in range(2):
        kit.act(instructor, number, "suivre/", suivre="oui")
        assert (
            kit.act(
                instructor, number, "attribuer/", to=str(instructor.actor.account_id), avant=""
            ).status_code
            == 302
        )
    assert Following.objects.filter(follows=True).count() == 1
    assert dossiers.row(number).assignee_label == "MOREL / Inès"
    assert kit.told(number).count("dossier-assigned") == 1
    late = kit.act(
        second_instructor,
        number,
        "attribuer/",
        to=str(second_instructor.actor.account_id),
        avant="",
    )
    assert late.status_code == 409
    before = str(instructor.actor.account_id)
    other = str(second_instructor.actor.account_id)
    kit.act(instructor, number, "attribuer/", to=other, avant=before)
    assert dossiers.row(number).assignee_label == "SECOND / Ali"
    kit.act(instructor, number, "attribuer/", to="", avant=other)
    assert dossiers.row(number).assignee_id is None
    kit.act(instructor, number, "suivre/", suivre="non")
    assert not Following.objects.filter(follows=True).exists()


def test_nobody_is_assigned_who_does_not_instruct(applicant, instructor, stranger) -> None:
    """REFUSED: an account that is no instructor's changes nothing."""
    number = dossiers.deposited(applicant.actor)
    kit.act(instructor, number, "attribuer/", to=str(stranger.actor.account_id), avant="")
    assert dossiers.row(number).assignee_id is None


def test_taking_twice_takes_once(applicant, instructor) -> None:
    """A double click: the second finds it done."""
    number = dossiers.deposited(applicant.actor)
    lu = kit.stamp(number)
    for _twice in range(2):
        answer = kit.act(instructor, number, "prendre/", lu=lu)
        assert answer["Location"] == kit.at(number)
    assert kit.told(number).count("dossier-taken") == 1
    assert OutboxMail.objects.filter(dedupe_key__contains=":taken:").count() == 1
    assert dossiers.row(number).assignee_id == instructor.actor.account_id


def test_edits_in_progress_are_passed_over_knowingly(applicant, instructor) -> None:
    """Taking is refused first, and the page offers to pass over."""
    number = dossiers.deposited(applicant.actor)
    dossiers.fill(number, applicant.actor, {"use.solution": "Version 2"})
    refused = kit.act(instructor, number, "prendre/")
    assert refused.status_code == 409
    text = kit.text_of(refused)
    assert "Modifications non déposées" in text
    assert "Je passe outre" in text
    assert dossiers.row(number).state == "filed"
    assert kit.act(instructor, number, "prendre/", force="on").status_code == 302
    assert dossiers.row(number).state == "in-instruction"


def test_giving_back_twice(applicant, instructor) -> None:
    number = dossiers.deposited(applicant.actor)
    kit.take(number, instructor.actor)
    lu = kit.stamp(number)
    for _twice in range(2):
        assert kit.act(instructor, number, "rendre/", lu=lu).status_code == 302
    assert kit.told(number).count("dossier-given-back") == 1
    drafting.save(
        number=number, changes={"use.solution": "x"}, by=applicant.actor, at=timezone.now()
    )


def test_archiving_twice(applicant, instructor) -> None:
    number = dossiers.deposited(applicant.actor)
    kit.take(number, instructor.actor)
    kit.decide(number, instructor.actor, "close")
    for _twice in range(2):
        assert kit.act(instructor, number, "archiver/").status_code == 302
    assert kit.told(number).count("dossier-archived") == 1
    assert "Archivé" in kit.text_of(instructor.get(kit.at(number)))
