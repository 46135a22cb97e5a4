"""Attached files and the antivirus: they wait for it, and nothing that it refuses is kept."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import timedelta

import pytest

from apps.habilitations import dossiers, uploads
from apps.habilitations.attaching import NOW, attach, stored
from apps.habilitations.uploads import upload
from guichet.conf.environment import ConfigurationError, Environment
from guichet.domain.refusals import Code
from guichet.habilitations import files
from guichet.habilitations.models import Message
from guichet.habilitations.operations import attachments, scanning
from guichet.habilitations.policy import DossierPolicy
from guichet.notifications.models import OutboxMail
from kit import clamd
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path) -> None:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)


@pytest.fixture
def antivirus(settings):
    with clamd.running() as server:
        settings.GUICHET_HABILITATIONS = DossierPolicy(clamd=server.address)
        yield server


def test_a_file_waits_for_the_antivirus(applicant, instructor, antivirus) -> None:
    """Nobody reads it before; it is streamed whole, once."""
    number = dossiers.deposited(applicant.actor)
    content = uploads.PDF + b"%" * 200_000
    key = attach(number, applicant, upload(content))
    for person in (applicant, instructor):
        with assert_refused(Code.ATTACHMENT_UNSCANNED):
            attachments.read(key=key, by=person.actor, at=NOW)
    assert scanning.scan_pending(NOW) == 1
    assert scanning.scan_pending(NOW) == 0
    assert antivirus.seen == [content]
    assert (stored(key).scan, stored(key).scanned_at) == ("clean", NOW)
    assert attachments.read(key=key, by=instructor.actor, at=NOW).name == "mandat.pdf"


def test_an_infected_file_is_deleted_and_told(
    applicant, antivirus, django_capture_on_commit_callbacks
) -> None:
    """Its sender is written to, in the dossier too; the mandate counts no more."""
    number = dossiers.deposited(applicant.actor)
    key = attach(number, applicant, upload(uploads.TEXT + clamd.EICAR, "notes.txt"))
    with django_capture_on_commit_callbacks(execute=True):
        assert scanning.scan_pending(NOW) == 1
    assert stored(key).scan == "infected"
    assert not files.path_of(key).exists()
    with assert_refused(Code.ATTACHMENT_INFECTED):
        attachments.read(key=key, by=applicant.actor, at=NOW)
    told = Message.objects.filter(dossier__number=number).latest("pk")
    assert "Eicar-Test-Signature" in told.body
    assert "notes.txt" in told.body
    mail = OutboxMail.objects.get(dedupe_key=f"dossier:{number}:infected:{key}")
    assert mail.to == ["monmail@sante.fr"]


def test_an_infected_file_of_a_draft_is_told_by_mail(applicant, antivirus) -> None:
    """A draft has no messages yet."""
    number = dossiers.begin_draft(applicant.actor)
    attach(number, applicant, upload(clamd.EICAR, "notes.txt"))
    scanning.scan_pending(NOW)
    assert not Message.objects.exists()
    assert OutboxMail.objects.filter(about=f"dossier:{number}").count() == 1


def test_an_antivirus_that_is_down_is_asked_again(applicant, settings, antivirus) -> None:
    """Nothing is let through meanwhile; one try for all of them, then half a minute of peace."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        settings.GUICHET_HABILITATIONS = DossierPolicy(clamd=f"tcp://127.0.0.1:{port}")
        number = dossiers.begin_draft(applicant.actor)
        sent = (upload(uploads.TEXT * turn, "notes.txt") for turn in (1, 2, 3))
        keys = [attach(number, applicant, file) for file in sent]
        assert scanning.scan_pending(NOW) == 0
    settings.GUICHET_HABILITATIONS = DossierPolicy(clamd=antivirus.address)
    assert {stored(key).scan for key in keys} == {"pending"}
    assert scanning.scan_pending(NOW + timedelta(seconds=29)) == 0
    assert scanning.scan_pending(NOW + timedelta(seconds=30)) == 3
    assert {stored(key).scan for key in keys} == {"clean"}


@pytest.mark.parametrize("answer", [b"stream: timed out ERROR", b"UNKNOWN COMMAND"])
def test_an_antivirus_that_cannot_tell_lets_nothing_through(applicant, antivirus, answer) -> None:
    """One file that it cannot read does not hold up the others."""
    number = dossiers.begin_draft(applicant.actor)
    first = attach(number, applicant)
    antivirus.answer = answer
    assert scanning.scan_pending(NOW) == 0
    assert stored(first).scan == "pending"
    antivirus.answer = None
    second = attach(number, applicant, upload(uploads.PNG, "scan.png"))
    assert scanning.scan_pending(NOW) == 1
    assert [stored(key).scan for key in (first, second)] == ["pending", "clean"]


def test_a_stream_that_is_cut_short(applicant, antivirus) -> None:
    """clamd stops reading beyond its own limit: the file is not called clean."""
    antivirus.limit = 100_000
    number = dossiers.begin_draft(applicant.actor)
    key = attach(number, applicant, upload(uploads.PDF + b"%" * 3_000_000))
    assert scanning.scan_pending(NOW) == 0
    assert stored(key).scan == "pending"


def test_a_unix_socket(applicant, settings, tmp_path) -> None:
    """ "unix:/path" is asked too; none listening is one that is down."""
    settings.GUICHET_HABILITATIONS = DossierPolicy(clamd=f"unix:{tmp_path}/clamd.ctl")
    key = attach(dossiers.begin_draft(applicant.actor), applicant)
    assert scanning.scan_pending(NOW) == 0
    assert stored(key).scan == "pending"


@pytest.mark.parametrize("address", ["http://clamd:3310", "tcp://", "unix:clamd", "clamd:3310"])
def test_an_address_that_is_none_is_told_at_the_start(address) -> None:
    """REFUSED. An operator who mistypes it learns so before the first file."""
    with pytest.raises(ConfigurationError):
        Environment.read({"GUICHET_CLAMD": address})
    assert Environment.read({"GUICHET_CLAMD": "tcp://clamd:3310"}).clamd == "tcp://clamd:3310"


def test_giving_up_the_antivirus_frees_what_waits(applicant, settings, antivirus) -> None:
    """An operator who turns it off does not leave files blocked for ever."""
    key = attach(dossiers.begin_draft(applicant.actor), applicant)
    settings.GUICHET_HABILITATIONS = DossierPolicy()
    scanning.scan_pending(NOW)
    assert stored(key).scan == "off"
