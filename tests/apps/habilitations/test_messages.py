"""Messages: two sides, one thread; what is sent twice arrives once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.habilitations import dossiers, uploads
from apps.habilitations.talking import (  # noqa: F401 the fixtures
    NOW,
    _own_folder,
    address,
    bodies,
    page,
    send,
)
from apps.habilitations.uploads import upload
from guichet.habilitations.models import Message
from guichet.habilitations.operations import instructing
from guichet.habilitations.operations.instructing import CorrectionReason
from guichet.habilitations.queries import exchanges
from guichet.journal import queries as journal
from guichet.notifications.models import OutboxMail

pytestmark = pytest.mark.django_db


def test_the_applicant_writes_and_the_instructor_answers(applicant, instructor) -> None:
    """The same address for both; the answer is mailed, the question is not."""
    number = dossiers.deposited(applicant.actor)
    written = applicant.post(address(number), {"body": "Une question", "token": str(uuid4())})
    assert written.status_code == 302
    assert written["Location"].startswith(f"{address(number)}#message-")
    assert not OutboxMail.objects.filter(dedupe_key__contains=":message:").exists()
    answered = instructor.post(address(number), {"body": "Une réponse", "token": str(uuid4())})
    assert answered.status_code == 302
    assert bodies(number) == ["Une question", "Une réponse"]
    mail = OutboxMail.objects.get(dedupe_key__contains=":message:")
    assert mail.to == ["monmail@sante.fr"]
    assert "Une réponse" in mail.text
    assert f"/habilitations/dossiers/{number}/messagerie/" in mail.text
    events = [e.event for e in journal.entries_about(f"dossier:{number}")]
    assert events.count("dossier-message") == 2


def test_the_deck_s_automatic_message_is_shown(applicant) -> None:
    """ "Email automatique", its subject in brackets, then its words."""
    number = dossiers.deposited(applicant.actor)
    shown = page(applicant.get(address(number)))
    assert "Email automatique" in shown
    assert f"[Votre dossier n° {number} a bien été déposé (F413" in shown
    assert "vous pouvez encore y apporter des modifications" in shown


def test_reading_marks_read_and_the_writer_sees_it(applicant, instructor, auditor) -> None:
    """An auditor's reading is nobody's answer."""
    number = dossiers.deposited(applicant.actor)
    sent = send(number, applicant)
    assert "Pas encore lu" in page(applicant.get(address(number)))
    auditor.get(address(number))
    assert Message.objects.get(pk=sent).read_at is None
    assert "Nouveau" in page(instructor.get(address(number)))
    assert Message.objects.get(pk=sent).read_at is not None
    assert "Lu" in page(applicant.get(address(number)))
    own = send(number, instructor)
    instructor.get(address(number))
    assert Message.objects.get(pk=own).read_at is None


def test_staff_reading_leaves_a_trace(applicant, instructor, auditor) -> None:
    number = dossiers.deposited(applicant.actor)
    for person in (instructor, auditor):
        assert person.get(address(number)).status_code == 200
    readers = [
        e.actor for e in journal.entries_about(f"dossier:{number}") if e.event == "dossier-read"
    ]
    assert readers == [instructor.actor.ref, auditor.actor.ref]


def test_a_form_sent_twice_sends_one_message(applicant) -> None:
    """A double click, and a reload of the answer."""
    number = dossiers.deposited(applicant.actor)
    form = {"body": "Une seule fois", "token": str(uuid4())}
    first, second = (applicant.post(address(number), form) for _turn in range(2))
    assert first["Location"] == second["Location"]
    assert bodies(number) == ["Une seule fois"]
    applicant.post(address(number), {**form, "token": str(uuid4())})
    assert len(bodies(number)) == 2


def test_a_token_is_its_sender_s(applicant, instructor) -> None:
    """Somebody else's token hides nothing."""
    number = dossiers.deposited(applicant.actor)
    token = uuid4()
    send(number, applicant, token=token)
    send(number, instructor, "Autre", token=token)
    assert bodies(number) == ["Bonjour", "Autre"]


def test_every_page_has_its_own_token(applicant) -> None:
    number = dossiers.deposited(applicant.actor)
    tokens = {
        re.search(r'name="token" value="([0-9a-f-]{36})"', page(applicant.get(address(number))))[1]  # type: ignore[index]
        for _turn in range(2)
    }
    assert len(tokens) == 2


def test_files_come_with_a_message(applicant, instructor) -> None:
    """Words are not needed; the other side downloads, named in the page."""
    number = dossiers.deposited(applicant.actor)
    sent = {"uploads": [upload(), upload(uploads.TEXT, "notes.txt")], "token": str(uuid4())}
    assert applicant.post(address(number), sent).status_code == 302
    message = Message.objects.filter(kind=Message.FREE).get()
    kept = list(message.attachments.order_by("pk"))
    assert [row.name for row in kept] == ["mandat.pdf", "notes.txt"]
    shown = page(instructor.get(address(number)))
    assert f"/habilitations/pieces/{kept[0].key}/" in shown
    assert "mandat.pdf" in shown


def test_hostile_words_are_words(applicant, instructor) -> None:
    """Nothing is markup, nothing is hidden; line ends are kept."""
    number = dossiers.deposited(applicant.actor)
    send(number, applicant, "<script>alert(1)</script>\r\n\u202etxt\0.exe https://a.test/?q=<b>")
    assert bodies(number) == ["<script>alert(1)</script>\ntxt.exe https://a.test/?q=<b>"]
    shown = page(instructor.get(address(number)))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>" in shown


def test_what_was_typed_survives_the_end_of_the_session(applicant) -> None:
    """The words wait for the next login; files have to be chosen again."""
    number = dossiers.deposited(applicant.actor)
    applicant.browser.logout()
    lost = applicant.post(address(number), {"body": "Un long message", "uploads": [upload()]})
    assert lost.status_code == 302
    assert lost["Location"].startswith("/connexion/")
    kept = dict(applicant.browser.session)
    applicant.browser.force_login(_account(applicant), backend=_backend())
    session = applicant.browser.session
    session.update({"web.typed": kept["web.typed"], **_by()})
    session.save()
    shown = page(applicant.get(address(number)))
    assert "Un long message" in shown
    assert "Votre message a été gardé" in shown
    assert bodies(number) == []


def test_a_correction_shows_its_fields(applicant, instructor) -> None:
    """Each field by its label, in the order of the form, leading to it; answered once deposited."""
    number = dossiers.deposited(applicant.actor)
    path = dossiers.path_of(number, "administrators.0.card_number")
    instructing.ask_correction(
        number=number,
        reason=CorrectionReason.INCORRECT,
        comments={path: "Carte inconnue", "representative.phone": "Il manque un chiffre"},
        body="Merci de corriger.",
        by=instructor.actor,
        at=timezone.now(),
    )
    shown = page(applicant.get(address(number)))
    assert "Administrateur n° 1 — N° de carte" in shown
    assert "Carte inconnue" in shown
    assert shown.index("Il manque un chiffre") < shown.rindex("Carte inconnue")
    thread = exchanges.thread(number, applicant.actor)
    asked = thread.messages[-1].correction
    assert asked is not None
    assert asked.is_pending
    assert thread.messages[-1].body == "Merci de corriger."
    mail = OutboxMail.objects.get(dedupe_key__contains=":correction:")
    assert "Administrateur n° 1 — N° de carte : Carte inconnue" in mail.text.replace("\u202f", " ")


def test_a_closed_dossier_still_talks(applicant, instructor) -> None:
    number = dossiers.deposited(applicant.actor)
    row = dossiers.row(number)
    row.state, row.decided_at = "closed", NOW
    row.save()
    assert applicant.post(address(number), {"body": "Merci"}).status_code == 302
    assert bodies(number) == ["Merci"]


def test_staff_stay_in_the_back_office(applicant, instructor) -> None:
    """Its links stand on their page of the thread as on the dossier's others."""
    number = dossiers.deposited(applicant.actor)
    assert 'href="/gestion/profils/"' in page(instructor.get(address(number)))
    assert 'href="/gestion/profils/"' not in page(applicant.get(address(number)))


def test_beyond_fifty_messages_there_are_pages(applicant, django_assert_max_num_queries) -> None:
    """The newest page first, the newest message last, in a fixed number of queries."""
    number = dossiers.deposited(applicant.actor)
    for place in range(60):
        send(number, applicant, f"Message {place}.", at=NOW + timedelta(minutes=place))
    with django_assert_max_num_queries(8):
        last = exchanges.thread(number, applicant.actor)
    assert [m.body for m in last.messages[-1:]] == ["Message 59."]
    assert len(last.messages) == 11
    first = page(applicant.get(address(number), page=1))
    assert "Message 0." in first
    assert "Message 59." not in first


def test_an_owner_who_instructs_is_an_applicant_of_theirs(enter) -> None:
    """Nobody stands on both sides."""
    both = enter("Eve", "DOUBLE", card="2800399999", roles=("instructor",))
    number = dossiers.deposited(both.actor)
    send(number, both)
    assert not Message.objects.get(kind=Message.FREE).from_staff


def _account(person) -> Any:
    from guichet.identities.models import Account  # noqa: PLC0415

    return Account.objects.get(pk=person.actor.account_id)


def _backend() -> str:
    from guichet.identities.sessions import BACKEND  # noqa: PLC0415

    return BACKEND


def _by() -> dict[str, str]:
    from guichet.identities.sessions import BY  # noqa: PLC0415

    return {BY: "account"}
