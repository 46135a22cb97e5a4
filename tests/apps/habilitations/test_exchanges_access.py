"""Every address of exchanges, tried by everybody who has no business there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.habilitations import dossiers, uploads
from apps.habilitations.test_papers import decide
from apps.habilitations.uploads import upload
from guichet.domain.dossier.states import DossierAct
from guichet.habilitations.exchange_urls import urlpatterns
from guichet.habilitations.models import Attachment, Message, Participation
from guichet.habilitations.operations import attachments
from guichet.journal import queries as journal

pytestmark = pytest.mark.django_db
PUBLIC = {"verify", "verified"}
READ = ("messages", "receipt", "paper", "decision-paper", "attachment", "detach")
WRITE = ("messages", "attach", "detach")


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path) -> None:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)


@pytest.fixture
def filed(applicant) -> tuple[int, str]:
    """A dossier with a piece: its number, the piece's key."""
    number = dossiers.complete_draft(applicant.actor)
    key = attachments.attach(
        number=number, kind="supporting", upload=upload(), by=applicant.actor, at=timezone.now()
    )
    dossiers.depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    return number, str(key)


def addresses(number: int, key: str) -> dict[str, str]:
    base = f"/habilitations/dossiers/{number}/"
    return {
        "messages": f"{base}messagerie/",
        "attach": f"{base}pieces/",
        "receipt": f"{base}attestation.pdf",
        "paper": f"{base}dossier.pdf",
        "decision-paper": f"{base}decision.pdf",
        "attachment": f"/habilitations/pieces/{key}/",
        "detach": f"/habilitations/pieces/{key}/retirer/",
    }


def test_every_address_is_tried_here() -> None:
    assert {found.name for found in urlpatterns} == PUBLIC | {*READ, *WRITE}


def form(name: str) -> dict[str, Any]:
    return {
        "messages": {"body": "Bonjour", "token": str(uuid4())},
        "attach": {"kind": "supporting", "upload": upload(uploads.PNG, "x.png")},
    }.get(name, {})


def read(answer: Any) -> bytes:
    """The body; a file is read to its end, which closes it."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("who", ["stranger", "other_applicant", "holder"])
def test_strangers_find_nothing(who, filed, request) -> None:
    """REFUSED. 404 everywhere, as for a dossier that does not exist; nothing is written."""
    person = request.getfixturevalue(who)
    dossiers.deposited(request.getfixturevalue("other_applicant").actor)
    before = Message.objects.count(), Attachment.objects.count()
    known = addresses(*filed)
    for name in READ:
        assert person.get(known[name]).status_code == 404, name
    for name in WRITE:
        assert person.post(known[name], form(name)).status_code == 404, name
    assert (Message.objects.count(), Attachment.objects.count()) == before
    assert Attachment.objects.filter(removed_at=None).count() == before[1]


def test_a_visitor_is_sent_to_login(filed, visitor) -> None:
    """REFUSED. Nothing is told before one is known."""
    known = addresses(*filed)
    for name in READ:
        answer = visitor.get(known[name], secure=True)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/connexion/"), name
    for name in WRITE:
        answer = visitor.post(known[name], form(name), secure=True)
        assert answer["Location"].startswith("/connexion/"), name
    assert not Message.objects.filter(kind=Message.FREE).exists()


def test_an_unknown_key_and_an_unknown_number(applicant) -> None:
    known = addresses(123, str(uuid4()))
    for name in READ:
        assert applicant.get(known[name]).status_code == 404, name


@pytest.mark.parametrize("who", ["instructor", "auditor"])
def test_staff_see_no_draft(who, applicant, request) -> None:
    """REFUSED. A draft is its owner's alone, its pieces too."""
    number = dossiers.begin_draft(applicant.actor)
    key = attachments.attach(
        number=number, kind="mandate", upload=upload(), by=applicant.actor, at=timezone.now()
    )
    person = request.getfixturevalue(who)
    known = addresses(number, str(key))
    for name in READ:
        assert person.get(known[name]).status_code == 404, name


def test_staff_read_and_do_not_touch_pieces(filed, instructor, auditor) -> None:
    """REFUSED. Pieces are the applicant's to join and to withdraw."""
    known = addresses(*filed)
    for person in (instructor, auditor):
        for name in ("messages", "receipt", "paper", "attachment"):
            answer = person.get(known[name])
            read(answer)
            assert answer.status_code == 200, name
        for name in ("attach", "detach"):
            assert person.post(known[name], form(name)).status_code == 403, name
        assert person.get(known["detach"]).status_code == 403
    assert auditor.post(known["messages"], form("messages")).status_code == 403
    assert not Message.objects.filter(kind=Message.FREE).exists()


def test_a_co_writer_reads_writes_and_joins(filed, stranger) -> None:
    """Once invited and accepted; no longer once it ended."""
    number, _key = filed
    at = timezone.now()
    shared = Participation.objects.create(
        dossier=dossiers.row(number),
        email="paul.rien@ailleurs.test",
        token_sha256="0" * 64,
        account_id=stranger.actor.account_id,
        invited_by="x",
        invited_at=at,
        expires_at=at,
        accepted_at=at,
    )
    known = addresses(*filed)
    assert stranger.get(known["messages"]).status_code == 200
    assert stranger.post(known["messages"], form("messages")).status_code == 302
    assert stranger.post(known["attach"], form("attach")).status_code == 302
    shared.ended_at = at
    shared.save()
    assert stranger.get(known["messages"]).status_code == 404


def test_a_file_is_a_download_that_nothing_renders(filed, applicant, instructor) -> None:
    """RFC 6266 and 8187 names, no sniffing, a sandbox, no cache; the staff's reading is told."""
    number, _key = filed
    name = "Pouvoir – Été « 2026 »; x=y.pdf"
    key = attachments.attach(
        number=number,
        kind="supporting",
        upload=upload(uploads.PDF + b"%", name),
        by=applicant.actor,
        at=timezone.now(),
    )
    answer = instructor.get(f"/habilitations/pieces/{key}/")
    assert read(answer) == uploads.PDF + b"%"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Pouvoir%20")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]
    assert int(answer["Content-Length"]) == len(uploads.PDF) + 1
    told = [e for e in journal.entries_about(f"dossier:{number}") if e.event == "dossier-read"]
    assert [e.facts.get("attachment") for e in told] == [str(key)]
    read(applicant.get(f"/habilitations/pieces/{key}/"))
    told = [e for e in journal.entries_about(f"dossier:{number}") if e.event == "dossier-read"]
    assert len(told) == 1


def test_joining_and_withdrawing_from_the_page(filed, applicant) -> None:
    """Back where it was done, and never to another site."""
    known = addresses(*filed)
    sent = {**form("attach"), "next": f"{known['messages']}#pieces"}
    assert applicant.post(known["attach"], sent)["Location"] == f"{known['messages']}#pieces"
    gone = applicant.post(known["detach"], {"next": "https://ailleurs.test/"})
    assert gone["Location"] == "/"
    assert Attachment.objects.filter(removed_at=None).count() == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"upload": upload(b"")}, 422),
        ({"upload": ""}, 422),
        ({"kind": "message"}, 400),
        ({"upload": upload(b"<html>", "mandat.pdf")}, 422),
    ],
)
def test_a_bad_piece_gets_a_clear_page(changes, status, filed, applicant) -> None:
    """REFUSED. In the words of the refusal."""
    answer = applicant.post(addresses(*filed)["attach"], {**form("attach"), **changes})
    assert answer.status_code == status


def test_a_request_that_is_too_large_gets_a_clear_page(filed, applicant) -> None:
    """REFUSED. 21 MB: by the form, words kept; far more: before it is read."""
    known = addresses(*filed)
    large = upload(b"%PDF-1.7\n" + b"0" * 21_000_000)
    answer = applicant.post(known["messages"], {"body": "Mes mots", "uploads": large})
    assert answer.status_code == 413
    assert "Le fichier dépasse la taille permise, 20 Mo" in answer.content.decode()
    assert "Mes mots" in answer.content.decode()
    huge = upload(b"0" * 31_000_000)
    assert applicant.post(known["messages"], {"uploads": huge}).status_code == 413


def test_twenty_megabytes_are_kept(filed, applicant) -> None:
    """ACCEPTED. Exactly the limit."""
    content = b"%PDF-1.7\n" + b"0" * (20_000_000 - 9)
    sent = {"uploads": upload(content), "token": str(uuid4())}
    assert applicant.post(addresses(*filed)["messages"], sent).status_code == 302
    assert Attachment.objects.get(kind="message").size == 20_000_000


def test_reading_a_decision(filed, applicant, instructor, known_registers) -> None:
    number, _key = filed
    decide(number, instructor, DossierAct.REFUSE)
    for person in (applicant, instructor):
        assert person.get(addresses(*filed)["decision-paper"]).status_code == 200
