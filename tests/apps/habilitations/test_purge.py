"""Retention: what is deleted, when, after which notices, and the stub that stays."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format

from apps.habilitations import dossiers
from apps.habilitations.purging import NOW, _state, decided, draft, purge  # noqa: F401 the fixtures
from apps.habilitations.rights_kit import grant_org, mails
from guichet.domain.dossier.states import DossierAct, DossierState
from guichet.habilitations import files
from guichet.habilitations import models as stored
from guichet.habilitations.models import Attachment, Dossier, PurgedDossier, Right
from guichet.habilitations.operations import (
    attachments,
    deciding,
    drafting,
    instructing,
    purging,
    reminding,
    rights,
)
from guichet.habilitations.policy import policy
from guichet.identities.models import Account
from guichet.journal import queries as journal
from guichet.notifications import queries as outbox
from guichet.notifications.models import OutboxMail

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_a_draft_goes_after_three_notices(draft, applicant) -> None:
    """Told at 7 days, 14 and 2 days before, then deleted; each once, however many rounds."""
    life = policy().draft_life
    for days in range(life.days + 1):
        at = NOW + days * DAY
        assert purge(at - timedelta(seconds=1)) == []
        for _round in range(2):
            reminding.remind_drafts(at)
    every = OutboxMail.objects.order_by("pk")
    told = [(mail.dedupe_key.split(":")[2], mail.created_at) for mail in every]
    assert told == [
        ("draft-idle", NOW + 7 * DAY),
        ("draft-expiring", NOW + life - 14 * DAY),
        ("draft-expiring", NOW + life - 2 * DAY),
    ]
    assert purge(NOW + life) == [(draft, "draft")]
    assert [mail.to for mail in OutboxMail.objects.all()] == [["monmail@sante.fr"]]
    assert "supprimé" in mails("draft-purged")[0].subject
    assert purge(NOW + life + DAY) == []


def test_a_draft_is_not_deleted_unwarned(draft) -> None:
    """The clerk was stopped for months: the owner still has two days after the last notice."""
    late = NOW + policy().draft_life + 30 * DAY
    assert purge(late) == []
    reminding.remind_drafts(late)
    assert [mail.dedupe_key.split(":")[2] for mail in OutboxMail.objects.all()] == [
        "draft-expiring"
    ]
    assert purge(late + DAY) == []
    assert purge(late + 2 * DAY) == [(draft, "draft")]


def test_touching_a_draft_starts_again(draft, applicant) -> None:
    """The delays are counted from the last change, and so are the notices."""
    at = NOW + policy().draft_life - DAY
    reminding.remind_drafts(at)
    drafting.save(number=draft, changes={"use.description": "encore"}, by=applicant.actor, at=at)
    assert purge(at + 3 * DAY) == []
    reminding.remind_drafts(at + 7 * DAY)
    assert len(mails("draft-idle")) == 1
    reminding.remind_drafts(at + policy().draft_life - 2 * DAY)
    assert len(mails("draft-expiring")) == 2


def test_an_owner_without_an_address_cannot_be_warned(enter) -> None:
    """The draft goes when its time is over."""
    person = enter("Sans", "ADRESSE")
    Account.objects.filter(pk=person.actor.account_id).update(email="")
    number = dossiers.begin_draft(person.actor, at=NOW)
    assert reminding.remind_drafts(NOW + 8 * DAY) == 0
    assert purge(NOW + policy().draft_life) == [(number, "draft")]


def test_the_bin_is_emptied_after_its_delay(draft, applicant) -> None:
    """Sooner than the draft's own life, without another word; restored in time it stays."""
    drafting.trash(number=draft, by=applicant.actor, at=NOW)
    end = NOW + policy().trash_life
    assert purge(end - timedelta(seconds=1)) == []
    assert reminding.remind_drafts(NOW + 8 * DAY) == 0
    drafting.restore(number=draft, by=applicant.actor, at=NOW + DAY)
    assert purge(end) == []
    drafting.trash(number=draft, by=applicant.actor, at=NOW + DAY)
    assert purge(end + DAY) == [(draft, "trash")]
    assert OutboxMail.objects.count() == 0


@pytest.mark.parametrize("state", ["filed", "in-instruction", "trashed"])
def test_what_nobody_decided_stays_however_old(applicant, instructor, state) -> None:
    """REFUSED to delete: en construction, en instruction, in the bin or not."""
    number = dossiers.deposited(applicant.actor, at=NOW)
    if state == "in-instruction":
        instructing.take(number=number, by=instructor.actor, at=NOW)
    if state == "trashed":
        drafting.trash(number=number, by=applicant.actor, at=NOW)
    assert purge(NOW + 20 * 365 * DAY) == []
    assert reminding.remind_drafts(NOW + 20 * 365 * DAY) == 0


def test_a_decided_dossier_goes_with_everything_of_it(
    known_registers, applicant, instructor, django_capture_on_commit_callbacks
) -> None:
    """A stub stays: number, dates, state; no other row, no file, no e-mail; journalled."""
    number = dossiers.complete_draft(applicant.actor, at=NOW)
    for name in ("mandat.pdf", "piece.pdf"):
        attachments.attach(
            number=number,
            kind=Attachment.MANDATE,
            upload=SimpleUploadedFile(name, PDF),
            by=applicant.actor,
            at=NOW,
        )
    dossiers.depositing.deposit(number=number, by=applicant.actor, at=NOW)
    instructing.annotate(number=number, body="note", by=instructor.actor, at=NOW)
    instructing.follow(number=number, by=instructor.actor, follows=True, at=NOW)
    decided(number, instructor, NOW + DAY)
    keys = list(Attachment.objects.values_list("key", flat=True))
    assert all(files.path_of(key).exists() for key in keys)
    end = NOW + DAY + policy().decided_life
    assert purge(end - timedelta(seconds=1)) == []
    with django_capture_on_commit_callbacks(execute=True):
        assert purge(end) == [(number, "decided")]
    stub = PurgedDossier.objects.get()
    assert (stub.number, stub.state) == (number, DossierState.REFUSED.value)
    assert (stub.filed_at, stub.decided_at, stub.purged_at) == (NOW, NOW + DAY, end)
    assert {name: count for name, count in _rows_of_dossiers().items() if count} == {}
    assert not any(files.path_of(key).exists() for key in keys)
    assert outbox.about(f"dossier:{number}") == ()
    last = journal.entries_about(f"dossier:{number}")[-1]
    assert (last.event, last.facts["why"]) == ("dossier-purged", "decided")


def _rows_of_dossiers() -> dict[str, int]:
    """How many rows each model holds that a dossier may own, whoever adds one."""
    found = [
        m for m in vars(stored).values() if isinstance(m, type) and issubclass(m, models.Model)
    ]
    owned = [
        model
        for model in found
        if model is Dossier
        or any(field.related_model is Dossier for field in model._meta.get_fields())
    ]
    assert len(owned) > 8
    return {model.__name__: model.objects.count() for model in owned}


def test_the_staff_are_told_that_a_dossier_was_purged(
    draft, applicant, instructor, auditor, stranger
) -> None:
    """410 with its number and its days, in place of a page that is no more; others get 404."""
    number = dossiers.deposited(applicant.actor, at=NOW)
    decided(number, instructor, NOW)
    gone_at = NOW + policy().decided_life
    assert purge(gone_at) == [(number, "decided")]
    PurgedDossier.objects.create(number=1, state="draft", created_at=NOW, purged_at=NOW)
    desk, front = f"/gestion/dossiers/{number}/", f"/habilitations/dossiers/{number}/"
    day = date_format(timezone.localtime(gone_at))
    for person in (instructor, auditor):
        for page in (desk, f"{desk}historique/", front, f"{front}messagerie/"):
            answer = person.get(page)
            assert answer.status_code == 410, page
            assert f"Le dossier n° {number} a été effacé le {day}" in answer.content.decode()
        assert person.get("/gestion/dossiers/1/").status_code == 404
    for person in (applicant, stranger):
        assert person.get(front).status_code == 404
        assert person.get(desk).status_code in {403, 404}


def test_a_stub_holds_nobody_s_data() -> None:
    """Numbers, dates, a state: no name, no address, no account, no company."""
    names = {field.name for field in PurgedDossier._meta.get_fields()}
    assert names == {"id", "number", "state", "created_at", "filed_at", "decided_at", "purged_at"}


def test_an_accepted_dossier_stays_while_a_right_of_it_is_open(
    known_registers, applicant, instructor
) -> None:
    """Also one that was handed on: narrowed, or carried over to a new card."""
    number = dossiers.deposited(applicant.actor, at=NOW)
    decided(number, instructor, NOW, DossierAct.ACCEPT)
    first = Right.objects.get()
    heir = grant_org(
        card_number="2800203049",
        structure_id=first.structure.national_id,
        ends_at=NOW + 20 * 365 * DAY,
    )
    first.ends_at, first.successor = NOW + DAY, Right.objects.get(key=heir)
    first.save()
    end = NOW + policy().decided_life
    assert purge(end) == []
    rights.close_row(Right.objects.get(key=heir), by="test", at=end)
    assert purge(end) == [(number, "decided")]
    assert Right.objects.count() == 2


def test_activity_keeps_a_decided_dossier(
    known_registers, applicant, instructor, supervisor
) -> None:
    """The delay is counted from the last activity: reopened and decided again, it starts anew."""
    number = dossiers.deposited(applicant.actor, at=NOW)
    decided(number, instructor, NOW)
    end = NOW + policy().decided_life
    deciding.reopen(number=number, reason="x", by=supervisor.actor, at=end - DAY)
    assert purge(end) == []


def test_a_dossier_touched_meanwhile_is_not_deleted(draft, applicant) -> None:
    """The rule is applied again under the lock."""
    drafting.trash(number=draft, by=applicant.actor, at=NOW)
    at = NOW + policy().trash_life
    assert [found.number for found in purging.purgeable(at)] == [draft]
    drafting.restore(number=draft, by=applicant.actor, at=at)
    assert purging._purge(draft, "test", at) is False
    assert purging._purge(1, "test", at) is False
    assert Dossier.objects.filter(number=draft).exists()
