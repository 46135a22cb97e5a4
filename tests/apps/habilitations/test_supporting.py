"""Supporting documents on the form: several at once, told of, withdrawn, frozen, abandoned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.habilitations import dossiers, uploads
from apps.habilitations.instruction_kit import ask, text_of
from apps.habilitations.instruction_kit import at as desk
from apps.habilitations.uploads import upload
from guichet.domain.refusals import Code
from guichet.habilitations import files
from guichet.habilitations.models import Attachment, Dossier
from guichet.habilitations.operations import attachments, depositing, drafting, instructing
from guichet.habilitations.policy import DossierPolicy
from guichet.habilitations.queries import exchanges
from guichet.journal import queries as journal
from kit.refusals import assert_refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_registers")]


def page(number: int, name: str = "formulaire/") -> str:
    return f"/habilitations/dossiers/{number}/{name}"


def join(number: int, by, name: str, content: bytes = uploads.PDF) -> Attachment:
    """Join a supporting document now."""
    key = attachments.attach(
        number=number,
        kind="supporting",
        upload=upload(content, name),
        by=by.actor,
        at=timezone.now(),
    )
    return Attachment.objects.get(key=key)


def withdraw(found: Attachment, by) -> None:
    attachments.remove(key=found.key, by=by.actor, at=timezone.now())


def names(number: int, who) -> list[str]:
    """The pieces somebody sees on the page of messages, the mark of withdrawn ones included."""
    found = exchanges.pieces(number, who.actor)
    return [f"{f.name} withdrawn" if f.removed_at else f.name for f in found]


def test_several_pieces_come_at_once_with_the_form(applicant) -> None:
    """The sound ones are kept, each other one is told of by its name, and the texts are saved."""
    number = dossiers.begin_draft(applicant.actor)
    sent = {
        "use.editor": "Gardé",
        "_attach": "supporting",
        "_supporting": [
            upload(uploads.PDF, "nomination.pdf"),
            upload(b"MZ\x90\0 program", "outil.exe"),
            upload(uploads.PNG, "cachet.png"),
            upload(b"", "vide.txt"),
        ],
    }
    answer = applicant.post(page(number), sent)
    assert answer.status_code == 422
    assert "« outil.exe » n’est ni un PDF" in text_of(answer)
    assert "« vide.txt » est vide" in text_of(answer)
    assert 'href="#supporting"' in text_of(answer)
    shown = text_of(applicant.get(page(number)))
    assert 'value="Gardé"' in shown
    assert "nomination.pdf" in shown
    assert "cachet.png" in shown
    assert "outil.exe" not in shown
    sound = {**sent, "_supporting": [upload(uploads.JPEG, "photo.jpg")]}
    assert applicant.post(page(number), sound)["Location"] == f"{page(number)}#pieces"


def test_several_pieces_come_at_once_from_the_messages(applicant) -> None:
    """The sound ones are kept, the page of refusal names the other ones."""
    number = dossiers.deposited(applicant.actor)
    address = f"/habilitations/dossiers/{number}/pieces/"
    two = [upload(uploads.PDF, "un.pdf"), upload(uploads.PNG, "deux.png")]
    sent = {"kind": "supporting", "next": f"/habilitations/dossiers/{number}/messagerie/"}
    answer = applicant.post(address, {**sent, "upload": two})
    assert answer["Location"] == f"{sent['next']}#pieces"
    mixed = [upload(b"MZ\x90\0 program", "outil.exe"), upload(uploads.JPEG, "trois.jpg")]
    refused = applicant.post(address, {**sent, "upload": mixed})
    assert refused.status_code == 422
    assert "« outil.exe » n’est ni un PDF" in text_of(refused)
    assert sorted(names(number, applicant)) == ["deux.png", "trois.jpg", "un.pdf"]


def test_one_more_than_allowed_is_named(applicant, settings) -> None:
    """REFUSED. ATTACHMENTS_TOO_MANY says which file was not joined."""
    settings.GUICHET_HABILITATIONS = DossierPolicy(attachments_per_dossier=1)
    number = dossiers.begin_draft(applicant.actor)
    two = [upload(uploads.PDF, "un.pdf"), upload(uploads.PNG, "deux.png")]
    answer = applicant.post(page(number), {"_supporting": two})
    assert "« deux.png » n’a pas été joint : le dossier a déjà 1 pièces" in text_of(answer)


@pytest.mark.parametrize(
    ("scan", "told"),
    [("pending", "Vérification en cours"), ("infected", "Infecté, supprimé"), ("clean", "a.pdf")],
)
def test_the_form_tells_what_the_antivirus_said(scan, told, applicant) -> None:
    """A link is there only once the file may be read; it can be withdrawn in each state."""
    number = dossiers.begin_draft(applicant.actor)
    found = join(number, applicant, "a.pdf")
    Attachment.objects.update(scan=scan)
    shown = text_of(applicant.get(page(number)))
    assert told in shown
    assert (f'href="/habilitations/pieces/{found.key}/"' in shown) is (scan == "clean")
    assert f'name="_detach" value="{found.key}"' in shown


def test_pieces_are_frozen_with_the_dossier(applicant, instructor) -> None:
    """REFUSED. Neither joined nor withdrawn once the instruction began; both sides still read."""
    number = dossiers.complete_draft(applicant.actor)
    found = join(number, applicant, "statuts.pdf")
    depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    instructing.take(number=number, by=instructor.actor, at=timezone.now())
    sent = {"_supporting": [upload(uploads.PNG, "tard.png")]}
    assert applicant.post(page(number), sent).status_code == 409
    for send in (applicant.get, applicant.post):
        assert send(f"/habilitations/pieces/{found.key}/retirer/").status_code == 409
    assert "statuts.pdf" in text_of(applicant.get(page(number, "demande/")))
    assert "statuts.pdf" in text_of(instructor.get(f"/gestion/dossiers/{number}/"))
    assert Attachment.objects.filter(removed_at=None).count() == 1


def test_the_instruction_sees_what_was_deposited(applicant, instructor) -> None:
    """A file joined or withdrawn since the deposit changes nothing there before the next one."""
    number = dossiers.complete_draft(applicant.actor)
    kept, gone = (join(number, applicant, n, n.encode()) for n in ("garde.txt", "parti.txt"))
    depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    withdraw(gone, applicant)
    passing = join(number, applicant, "passage.txt", b"passage")
    withdraw(passing, applicant)
    join(number, applicant, "neuf.txt", b"neuf")
    assert names(number, instructor) == ["garde.txt", "parti.txt"]
    assert names(number, applicant) == ["garde.txt", "neuf.txt"]
    told = text_of(applicant.get(page(number, "demande/")))
    assert "<del>parti.txt</del>" in told
    assert "<ins>neuf.txt</ins>" in told
    assert "passage.txt" not in told
    depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    assert names(number, instructor) == ["garde.txt", "parti.txt withdrawn", "neuf.txt"]
    again = text_of(applicant.get(page(number, "demande/")))
    assert "Modifications non déposées" not in again
    assert "<ins>neuf.txt</ins>" in again
    assert kept.name in again


def test_pieces_stay_through_a_correction_that_may_ask_for_one(
    applicant, instructor, second_instructor
) -> None:
    """What was joined is still there; the missing document is asked for on its field."""
    number = dossiers.complete_draft(applicant.actor)
    join(number, applicant, "statuts.pdf")
    depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    assert 'name="field.supporting"' in text_of(instructor.get(desk(number, "correction/")))
    ask(number, instructor.actor, "supporting")
    shown = text_of(applicant.get(page(number)))
    assert 'href="#supporting"' in shown
    assert shown.count("Quelle version ?") == 2
    assert "statuts.pdf" in shown
    there = text_of(second_instructor.get(f"/gestion/dossiers/{number}/"))
    assert "Quelle version ?" in there
    join(number, applicant, "acte.pdf", uploads.PDF + b"%")
    depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    assert names(number, instructor) == ["statuts.pdf", "acte.pdf"]


def test_abandoning_takes_files_back_too(applicant, django_capture_on_commit_callbacks) -> None:
    """Those joined since are erased, those withdrawn since come back; nothing differs any more."""
    number = dossiers.complete_draft(applicant.actor)
    old = join(number, applicant, "ancien.txt", b"ancien")
    depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    withdraw(old, applicant)
    new = join(number, applicant, "nouveau.txt", b"nouveau")
    assert dossiers.row(number).draft_differs
    assert "pièces jointes depuis" in text_of(applicant.get(page(number, "")))
    with django_capture_on_commit_callbacks(execute=True):
        applicant.post(page(number, "abandonner/"))
    assert not dossiers.row(number).draft_differs
    assert names(number, applicant) == ["ancien.txt"]
    assert files.path_of(old.key).exists()
    assert not files.path_of(new.key).exists()
    told = journal.entries_about(f"dossier:{number}")[-1]
    assert told.event == "dossier-changes-abandoned"
    assert (told.facts["withdrawn"], told.facts["restored"]) == (1, 1)
    with assert_refused(Code.NOTHING_CHANGED):
        drafting.abandon_changes(number=number, by=applicant.actor, at=timezone.now())


def test_a_file_joined_then_withdrawn_is_no_change(
    applicant, django_capture_on_commit_callbacks
) -> None:
    """Nothing to deposit, nothing kept of what was never deposited."""
    number = dossiers.deposited(applicant.actor)
    found = join(number, applicant, "passage.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(found, applicant)
    assert not dossiers.row(number).draft_differs
    assert not files.path_of(found.key).exists()


def test_a_deposit_that_overtakes_a_file_does_not_carry_it(applicant, instructor) -> None:
    """Instants of requests may cross: what was there is what counts, on both sides."""
    number = dossiers.complete_draft(applicant.actor)
    at = timezone.now()
    before, after = at - timedelta(seconds=5), at + timedelta(seconds=5)

    def send(content: bytes, name: str, when) -> None:
        attachments.attach(
            number=number,
            kind="supporting",
            upload=upload(content, name),
            by=applicant.actor,
            at=when,
        )

    send(b"a", "a.txt", after)
    depositing.deposit(number=number, by=applicant.actor, at=at)
    send(b"b", "b.txt", before)
    assert names(number, instructor) == ["a.txt"]
    assert dossiers.row(number).draft_differs
    assert Dossier.objects.get().revisions.get().deposited_at == after
