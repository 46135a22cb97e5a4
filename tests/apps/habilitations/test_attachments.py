"""Files: what they are is told by their bytes, and nothing that could act is kept."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from apps.habilitations import dossiers, uploads
from apps.habilitations.attaching import NOW, attach, stored
from apps.habilitations.uploads import upload
from guichet.domain.refusals import Code
from guichet.habilitations import contents, files
from guichet.habilitations.models import Attachment
from guichet.habilitations.operations import attachments, depositing, drafting, scanning
from guichet.habilitations.policy import DossierPolicy
from guichet.journal import queries as journal
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path) -> None:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)


@pytest.mark.parametrize(
    ("content", "name", "media_type", "kept_name"),
    [
        (uploads.PDF, "mandat.pdf", "application/pdf", "mandat.pdf"),
        (uploads.PDF, "Mandat.PDF", "application/pdf", "Mandat.pdf"),
        (uploads.PDF, "facture.exe", "application/pdf", "facture.exe.pdf"),
        (uploads.PNG, "scan.png", "image/png", "scan.png"),
        (uploads.JPEG, "photo.jpeg", "image/jpeg", "photo.jpeg"),
        (uploads.TIFF, "fax.tif", "image/tiff", "fax.tif"),
        (uploads.DOCX, "lettre.docx", f"{contents._OPEN_XML}wordprocessingml.document", None),
        (uploads.XLSX, "liste.xlsx", f"{contents._OPEN_XML}spreadsheetml.sheet", None),
        (uploads.ODT, "lettre.odt", f"{uploads.OPEN_DOCUMENT}text", None),
        (uploads.ODS, "liste.ods", f"{uploads.OPEN_DOCUMENT}spreadsheet", None),
        (uploads.TEXT, "notes.txt", "text/plain", "notes.txt"),
        (uploads.TEXT, "liste.csv", "text/csv", "liste.csv"),
        (uploads.LATIN, "notes", "text/plain", "notes.txt"),
        (b"alert(1)", "a.js", "text/plain", "a.js.txt"),
    ],
)
def test_the_content_tells_the_kind(content, name, media_type, kept_name, applicant) -> None:
    """ACCEPTED. Neither the declared type nor the ending counts; the ending is put right."""
    number = dossiers.begin_draft(applicant.actor)
    found = stored(attach(number, applicant, upload(content, name)))
    assert (found.media_type, found.name) == (media_type, kept_name or name)
    assert (found.size, found.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert found.scan == "off"
    assert files.path_of(found.key).read_bytes() == content
    mode = files.path_of(found.key).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!DOCTYPE html><script>alert(1)</script>", "mandat.pdf"),
        (b"  \xef\xbb\xbf <html><body>", "mandat.txt"),
        (b"%PDF-1.7\n<script>alert(1)</script>", "mandat.pdf"),
        (uploads.PNG + b"<svg onload=alert(1)>", "scan.png"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "logo.png"),
        (b"<?php system('id');", "notes.txt"),
        (b"#!/bin/sh\nid\n", "notes.txt"),
        (b"MZ\x90\0" + b"\0" * 200, "mandat.pdf"),
        (b"\x7fELF" + b"\0" * 200, "mandat.pdf"),
        (b"GIF89a" + b"\0" * 20, "image.gif"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "vieux.doc"),
        (b"un texte\0 qui n'en est pas un", "notes.txt"),
        ("un texte".encode("utf-16"), "notes.txt"),
        (uploads.archive("a.txt"), "lettre.docx"),
        (uploads.archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "m"),
        (uploads.archive("META-INF/MANIFEST.MF", "[Content_Types].xml", "xl/workbook.xml"), "j"),
        (uploads.archive("content.xml", mimetype="application/java-archive"), "lettre.odt"),
        (uploads.DOCX[:-30], "lettre.docx"),
        (b"PK\3\4", "lettre.docx"),
        (b" " + uploads.PDF.replace(b"trailer", b"\0"), "mandat.pdf"),
    ],
)
def test_what_could_act_is_refused(content, name, applicant) -> None:
    """REFUSED. Pages, scripts, programs, macros and archives, whatever they call themselves."""
    number = dossiers.begin_draft(applicant.actor)
    with assert_refused(Code.ATTACHMENT_TYPE):
        attach(number, applicant, upload(content, name, "application/pdf"))
    assert not Attachment.objects.exists()
    assert list(files.folder().glob("*/*")) == []


def test_sizes(applicant, settings) -> None:
    """REFUSED. Nothing, and more than the policy allows; exactly the limit is kept."""
    settings.GUICHET_HABILITATIONS = DossierPolicy(attachment_bytes=1000)
    number = dossiers.begin_draft(applicant.actor)
    with assert_refused(Code.ATTACHMENT_EMPTY):
        attach(number, applicant, upload(b""))
    with assert_refused(Code.ATTACHMENT_TOO_LARGE, size=1001):
        attach(number, applicant, upload(b"a" * 1001))
    assert stored(attach(number, applicant, upload(b"a" * 1000))).size == 1000


def test_a_zip_bomb_is_kept_without_being_opened(applicant) -> None:
    """ACCEPTED. A document that unpacks to 64 MB weighs what it weighs: nobody unpacks it."""
    content = uploads.bomb()
    number = dossiers.begin_draft(applicant.actor)
    found = stored(attach(number, applicant, upload(content, "lettre.docx")))
    assert found.size == len(content) < 100_000


def test_a_directory_of_millions_of_names_is_not_read(applicant) -> None:
    """REFUSED. The list of names of an office document is short."""
    content = uploads.archive("[Content_Types].xml", "word/document.xml", *map(str, range(20_000)))
    number = dossiers.begin_draft(applicant.actor)
    with assert_refused(Code.ATTACHMENT_TYPE):
        attach(number, applicant, upload(content, "lettre.docx"))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\jean\\mandat.pdf", "mandat.pdf"),
        ("mandat\u202efdp.exe", "mandatfdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ('"quoted"; x=y.pdf', "_quoted_; x=y.pdf"),
        ("...", "document.pdf"),
        (".pdf", "document.pdf"),
        ("été\u0301.pdf", "été\u0301.pdf"),
        ("m" * 300 + ".pdf", "m" * 116 + ".pdf"),
    ],
)
def test_names_are_cleaned(name, kept) -> None:
    """No path, no hidden character, nothing a header or a file system would obey."""
    cleaned = contents.clean_name(name, contents.PDF)
    assert cleaned == kept
    assert len(cleaned) <= contents.NAME_AT_MOST


def test_a_dossier_keeps_so_many_files(applicant, settings) -> None:
    """REFUSED. One more than the policy allows; a withdrawn one makes room."""
    settings.GUICHET_HABILITATIONS = DossierPolicy(attachments_per_dossier=2)
    number = dossiers.begin_draft(applicant.actor)
    first = attach(number, applicant)
    attach(number, applicant, kind="supporting")
    other = upload(uploads.PNG, "scan.png")
    with assert_refused(Code.ATTACHMENTS_TOO_MANY, most=2):
        attach(number, applicant, other)
    attachments.remove(key=first, by=applicant.actor, at=NOW)
    attach(number, applicant, other)


def test_the_same_piece_twice_is_one(applicant) -> None:
    """A double click joins one file; the same bytes may serve as another kind of piece."""
    number = dossiers.begin_draft(applicant.actor)
    first, second = (attach(number, applicant) for _turn in range(2))
    assert first == second
    assert attach(number, applicant, kind="supporting") != first
    assert len(list(files.folder().glob("??/*"))) == 2


def test_withdrawing_from_a_draft_erases(
    applicant, other_applicant, django_capture_on_commit_callbacks
) -> None:
    """The file goes with the transaction; a stranger withdraws nothing; twice is once."""
    number = dossiers.begin_draft(applicant.actor)
    key = attach(number, applicant)
    with assert_refused(Code.ATTACHMENT_UNKNOWN):
        attachments.remove(key=key, by=other_applicant.actor, at=NOW)
    for _turn in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            attachments.remove(key=key, by=applicant.actor, at=NOW)
    assert not files.path_of(key).exists()
    with assert_refused(Code.ATTACHMENT_UNKNOWN):
        attachments.read(key=key, by=applicant.actor, at=NOW)
    events = [e.event for e in journal.entries_about(f"dossier:{number}")]
    assert events == ["dossier-begun", "dossier-attachment", "dossier-attachment-removed"]


def test_what_was_deposited_stays_for_the_instructors(applicant, instructor, auditor) -> None:
    """A mandate withdrawn after the deposit is no more the applicant's, still the record's."""
    number = dossiers.complete_draft(applicant.actor, {"representative.quality": "mandatary"})
    key = attach(number, applicant)
    depositing.deposit(number=number, by=applicant.actor, at=NOW)
    attachments.remove(key=key, by=applicant.actor, at=NOW + timedelta(hours=1))
    assert dossiers.row(number).draft_differs
    with assert_refused(Code.ATTACHMENT_UNKNOWN):
        attachments.read(key=key, by=applicant.actor, at=NOW)
    for person in (instructor, auditor):
        found = attachments.read(key=key, by=person.actor, at=NOW)
        assert found.path.read_bytes() == uploads.PDF
    readers = [
        e.actor
        for e in journal.entries_about(f"dossier:{number}")
        if e.event == "dossier-read" and e.facts["attachment"] == str(key)
    ]
    assert readers == [instructor.actor.ref, auditor.actor.ref]


def test_a_file_alone_is_a_change_to_deposit(applicant) -> None:
    """A correction may ask for another mandate: it can be deposited, and typing does not undo."""
    number = dossiers.complete_draft(applicant.actor, {"representative.quality": "mandatary"})
    attach(number, applicant)
    depositing.deposit(number=number, by=applicant.actor, at=NOW)
    assert not dossiers.row(number).draft_differs
    later = NOW + timedelta(hours=1)
    other = upload(uploads.PNG, "mandat.png")
    attachments.attach(number=number, kind="mandate", upload=other, by=applicant.actor, at=later)
    assert dossiers.row(number).draft_differs
    for editor in ("Autre", "ANS"):
        drafting.save(number=number, changes={"use.editor": editor}, by=applicant.actor, at=later)
    assert dossiers.row(number).draft_differs
    deposit = depositing.deposit(number=number, by=applicant.actor, at=later)
    assert (deposit.n, dossiers.row(number).draft_differs) == (2, False)


def test_who_may_attach(applicant, other_applicant, instructor) -> None:
    """REFUSED. Strangers see no dossier; staff attach no piece; a frozen dossier takes none."""
    number = dossiers.begin_draft(applicant.actor)
    with assert_refused(Code.DOSSIER_UNKNOWN):
        attach(number, other_applicant)
    with assert_refused(Code.DOSSIER_UNKNOWN):
        attach(number, instructor)
    with assert_refused(Code.DOSSIER_FROZEN):
        attach(number, applicant, kind="message")
    filed = dossiers.deposited(applicant.actor)
    with assert_refused(Code.DOSSIER_ACT_FORBIDDEN):
        attach(filed, instructor)
    assert list(files.folder().glob("*/*")) == []


def test_what_a_message_carried_is_not_withdrawn(applicant) -> None:
    """REFUSED. Sent is sent."""
    number = dossiers.deposited(applicant.actor)
    key = attach(number, applicant, kind="message")
    with assert_refused(Code.DOSSIER_ACT_FORBIDDEN):
        attachments.remove(key=key, by=applicant.actor, at=NOW)


# The antivirus


# What a crash leaves


def age(path, hours: float) -> None:
    moment = (NOW - timedelta(hours=hours)).timestamp()
    os.utime(path, (moment, moment))


def test_files_that_no_row_knows_are_swept(applicant) -> None:
    """Orphans of an hour and more go, files of rows stay; at most once an hour."""
    key = attach(dossiers.begin_draft(applicant.actor), applicant)
    orphan, fresh = uuid4(), uuid4()
    for lost in (orphan, fresh):
        files.keep(lost, [b"lost"])
    aside = files.folder() / files.INCOMING / "half"
    aside.write_bytes(b"half")
    for old in (files.path_of(key), files.path_of(orphan), aside):
        age(old, 2)
    assert scanning.sweep(NOW) == 2
    assert files.path_of(key).exists()
    assert files.path_of(fresh).exists()
    assert not aside.exists()
    age(files.path_of(fresh), 2)
    assert scanning.sweep(NOW) == 0
    age(files.folder() / scanning.SWEPT, 2)
    assert scanning.sweep(NOW) == 1


def test_a_rolled_back_row_leaves_a_file_for_the_sweep(applicant, monkeypatch) -> None:
    """The worst that a crash leaves is a file without a row."""
    number = dossiers.begin_draft(applicant.actor)
    monkeypatch.setattr(attachments, "_pieces_changed", lambda row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        attach(number, applicant)
    assert not Attachment.objects.exists()
    (left,) = files.folder().glob("??/*")
    age(left, 2)
    assert scanning.sweep(NOW) == 1
