"""What pages of dossiers and rights answer: by their first objection, and by HEAD nothing noted."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.habilitations import dossiers, talking, uploads
from apps.habilitations import instruction_kit as kit
from apps.habilitations.holdings_world import (  # noqa: F401 the fixtures
    editor,
    representative,
    world,
)
from apps.habilitations.plain_browser import address, form_of
from apps.habilitations.talking import _own_folder, bodies  # noqa: F401 the fixture
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations.forms.page import FormPage
from guichet.habilitations.models import Attachment, Message
from guichet.habilitations.operations import lives, sharing
from guichet.habilitations.policy import DossierPolicy
from guichet.habilitations.views import structures, verification
from guichet.identities.operations.throttle import Limit
from guichet.journal.models import Entry
from guichet.web.forms import status_of
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db
DOCTOR = "👩\u200d⚕️ می\u200cخواهم"


def refusing(code: Code, **facts: Any) -> Any:
    def act(**_asked: object) -> None:
        raise Refusal(code, **facts)

    return act


@pytest.mark.parametrize("page", ["formulaire/", "deposer/"])
def test_a_file_too_large_is_413_with_the_form(page: str, applicant, settings) -> None:
    """What was typed with it is shown and saved."""
    settings.GUICHET_HABILITATIONS = DossierPolicy(attachment_bytes=100_000)
    number = dossiers.begin_draft(applicant.actor)
    sent = form_of(applicant.get(address(number, "formulaire/")))
    sent |= {"use.editor": "Éditeur d’ici", "_mandate": uploads.upload(b"a" * 100_001)}
    answer = applicant.post(address(number, page), sent)
    shown = answer.content.decode()
    assert answer.status_code == 413
    assert "Éditeur d’ici" in shown
    assert 'href="#representative.mandate"' in shown
    assert dossiers.typed(number).get("use.editor") == "Éditeur d’ici"


def test_the_first_objection_of_the_summary_decides(applicant) -> None:
    """In the order of the form, not in that of the objections."""
    number = dossiers.begin_draft(applicant.actor)
    typed = dossiers.typed(number)
    late = Objection(Code.ATTACHMENT_TOO_LARGE, (("field", "supporting"), ("size", 2)))
    early = Objection(Code.FIELD_MISSING, (("field", "representative.phone"),))
    page = FormPage(typed=typed, objections=(early,), refused=(late,), strict=True)
    assert page.summed_up == (early, late)
    assert status_of(beside=page.summed_up) == 422
    assert status_of(beside=FormPage(typed=typed, refused=(late,)).summed_up) == 413
    assert status_of(beside=FormPage(typed=typed).summed_up) == 200


def test_a_piece_too_large_is_413(applicant, settings) -> None:
    settings.GUICHET_HABILITATIONS = DossierPolicy(attachment_bytes=100_000)
    number = dossiers.begin_draft(applicant.actor)
    sent = {"kind": Attachment.SUPPORTING, "upload": uploads.upload(b"a" * 100_001)}
    answer = applicant.post(address(number, "pieces/"), sent)
    assert answer.status_code == 413
    assert "mandat.pdf" in answer.content.decode()


def test_an_act_on_a_right_that_comes_too_late_is_409(
    world, representative, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason typed is still there."""
    late = refusing(Code.RIGHT_OVERLAPS)
    monkeypatch.setattr(lives, "narrow", late)
    monkeypatch.setitem(structures.VERBS, "suspendre", structures.Verb("suspend", late))
    sent = {"usages": ["SMIME"], "mail_domains": ["hopital.fr"], "because": "Fin de mission ici"}
    for where in (world["right-narrow"], f"{world['right']}suspendre/"):
        answer = representative.post(where, sent)
        assert answer.status_code == 409
        assert "Fin de mission ici" in answer.content.decode()
        assert "data-focus" in answer.content.decode()


def test_head_of_an_export_is_no_export(applicant, instructor) -> None:
    """Nobody had the list: the journal says nothing."""
    dossiers.deposited(applicant.actor)
    for ending in ("csv", "xlsx", "ods"):
        answer = instructor.browser.head(f"{kit.LIST}export.{ending}", secure=True)
        assert answer.status_code == 200
        answer.close()
        assert not Entry.objects.filter(event="dossiers-exported").exists()
    assert instructor.get(f"{kit.LIST}export.csv").status_code == 200
    assert Entry.objects.filter(event="dossiers-exported").count() == 1


def test_head_of_messages_reads_nothing(applicant, instructor) -> None:
    """What nobody saw stays unread."""
    number = dossiers.deposited(applicant.actor)
    talking.send(number, applicant)
    unread = partial(Message.objects.filter, from_staff=False, read_at=None)
    assert instructor.browser.head(talking.address(number), secure=True).status_code == 200
    assert unread().exists()
    assert not Entry.objects.filter(event="dossier-read").exists()
    instructor.get(talking.address(number))
    assert not unread().exists()


def test_messages_keep_joined_emoji_and_spellings(applicant) -> None:
    """ACCEPTED as typed; what turns the writing stays refused, by its name."""
    number = dossiers.deposited(applicant.actor)
    where = talking.address(number)
    sent = applicant.post(where, {"body": DOCTOR, "token": str(uuid4())})
    assert sent.status_code == 302
    assert bodies(number) == [DOCTOR]
    wrong = applicant.post(where, {"body": f"{DOCTOR}\u202e", "token": str(uuid4())})
    assert wrong.status_code == 422
    assert "U+202E" in wrong.content.decode()
    assert DOCTOR in wrong.content.decode()


def test_a_look_too_many_says_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch, client, db: None
) -> None:
    monkeypatch.setattr(verification, "LOOKS", Limit("verify-paper", 1, timedelta(minutes=7)))
    looks = [client.get("/habilitations/verifier/ABCDEFGHJKMN/", secure=True) for _turn in range(2)]
    assert [look.status_code for look in looks] == [404, 429]
    assert not looks[0].has_header("Retry-After")
    assert 400 < int(looks[1]["Retry-After"]) <= 420


def test_invitations_say_when_to_come_back(applicant) -> None:
    """The oldest of the window is the first that counts no more."""
    number = dossiers.begin_draft(applicant.actor)
    now = timezone.now()

    def offer(hours: int) -> None:
        at = now + timedelta(hours=hours)
        sharing.propose_transfer(number=number, email="a@b.fr", by=applicant.actor, at=at)

    for hours in range(3 * sharing.AT_MOST):
        offer(hours)
    left = timedelta(days=14) - timedelta(hours=72)
    with assert_refused(Code.TOO_MANY_TRIES, seconds=int(left.total_seconds())):
        offer(72)
    offer(14 * 24 + 1)
