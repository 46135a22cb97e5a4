"""What operators are told on a terminal: the journal against all that is stored, CRLs."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from apps.conftest import NOW
from guichet.authority import operations, queries
from guichet.authority.models import Certificate, Crl
from guichet.authority.operations import SigningAsked
from guichet.authority.signer import Signer
from guichet.domain.catalogue import profiles
from guichet.domain.certificates.naming import named
from guichet.journal import checkpoints, log, triggers
from guichet.journal.models import Entry, Head
from guichet.keystore import Keystore
from guichet.processes import console, transparency
from guichet.processes.ceremony.desk import TerminalDesk
from guichet.processes.screens import answering
from guichet.validation.queries import last_readings
from guichet.x509.crl import Reason
from kit import pki
from kit.kept_rows import KEPT

LATER = NOW + timedelta(minutes=1)
Attack = Callable[[], None]


@pytest.fixture
def published(
    signer: Signer,
    authority_keys: Keystore,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A hierarchy at work: a certificate issued, then revoked, lists published, checkpoints."""
    monkeypatch.setattr(console, "open_signing_keystore", lambda: authority_keys)

    def live() -> Path:
        folder = tmp_path_factory.mktemp("published")
        settings.GUICHET = replace(settings.GUICHET, state=folder)
        issue_and_revoke(signer)
        return folder

    shutil.copytree(KEPT.make("a certificate's life", live), tmp_path, dirs_exist_ok=True)
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    return tmp_path


def issue_and_revoke(signer: Signer) -> None:
    """One certificate, all that is published after each."""
    subject = named(pki.subject_for(profiles.profile("ORG/AUTH_CLI")))
    asked = SigningAsked(
        profile="ORG/AUTH_CLI",
        subject=subject.subject,
        sans=(),
        csr_der=pki.csr(pki.fresh_key("p-256")),
        reference="test:1",
    )
    operations.request_signature(asked=asked, at=NOW)
    assert signer.run_once(NOW) == 1
    console.publish_everything(NOW)
    operations.revoke(
        certificate_id=certificate().pk, reason=Reason.SUPERSEDED, by="test", at=LATER
    )
    assert console.publish_everything(LATER) == 1


def certificate() -> Certificate:
    """The one that was asked for."""
    return Certificate.objects.get(request__reference="test:1")


@pytest.fixture
def attacker(published: Path) -> Any:
    """Somebody who owns the database and the state folder."""
    triggers.allow_changes(connection)
    yield cut_after
    triggers.forbid_changes(connection)


def cut_after(seq: int) -> None:
    """Cut the journal clean after an entry, and the checkpoints with it."""
    Entry.objects.filter(seq__gt=seq).delete()
    last = Entry.objects.filter(seq=seq).first()
    if last is None:
        Head.objects.all().delete()
    else:
        Head.objects.update(seq=seq, digest=last.digest)
    lines = [point.line() for point in checkpoints.read() if point.seq <= seq]
    checkpoints.path().write_text("".join(f"{line}\n" for line in lines))


def seq_of(event: str) -> int:
    """The number of the last entry of this event."""
    return Entry.objects.filter(event=event).order_by("-seq")[0].seq


def test_a_whole_journal(published: Path) -> None:
    """ACCEPTED. Every table and every published list has its entries."""
    told = console.verify_journal()
    assert told.ok, told.text
    verdict, compared, key = told.text.splitlines()
    assert verdict == f"The journal is whole: {Entry.objects.count()} entries read."
    assert compared == "Its log: 2 checkpoints and 2 tiles compared."
    assert console.show_of_log(log.VKEY).text in key
    assert json.loads(console.prove_entries([2]).text)["entries"][0]["subject"]
    assert "No proof" in console.prove_entries([10**6]).text


def test_a_tail_cut_whole_is_found_by_a_checkpoint_kept_elsewhere(
    attacker: Callable[[int], None], tmp_path: Path
) -> None:
    """REFUSED. Whoever kept what `guichet journal checkpoint` prints holds it against them."""
    kept = tmp_path / "kept"
    kept.write_text(f"{console.show_of_log(log.CHECKPOINT).text}\n")
    attacker(seq_of("authority-created"))
    for folder in (log.published(), transparency.places().keys):
        (folder / log.CHECKPOINT).unlink()
    assert "truncated" not in console.verify_journal().text
    assert f"checkpoint ({kept}) holds entry" in console.verify_journal([kept]).text
    assert "cannot be read" in console.verify_journal([tmp_path / "none"]).text


def test_a_cut_tail_without_checkpoints(attacker: Callable[[int], None]) -> None:
    """REFUSED, also when nothing of the tail is in another table."""
    checkpoints.path().unlink()
    told = console.verify_journal()
    assert not told.ok
    assert "no-checkpoint: no checkpoint is kept outside the database" in told.text


def test_everything_deleted(attacker: Callable[[int], None]) -> None:
    """REFUSED. Authorities without a journal."""
    cut_after(0)
    checkpoints.path().unlink()
    told = console.verify_journal()
    assert not told.ok
    assert "untold: no entry tells: authority-created of authority:ACR-EL-TEST" in told.text
    assert "The journal was tampered with: 0 entries read." in told.text


@pytest.mark.parametrize(
    ("last", "untold"),
    [
        ("signing-planned", "certificate-issued"),
        ("checkpoints-begun", "certificate-revoked"),
        ("certificate-revoked", "crl-issued"),
    ],
)
def test_a_tail_cut_with_its_checkpoint_lines(
    attacker: Callable[[int], None], last: str, untold: str
) -> None:
    """REFUSED. The certificate, its revocation and the list are still there."""
    attacker(seq_of(last))
    told = console.verify_journal()
    assert not told.ok
    assert f"no entry tells: {untold} of" in told.text


def test_a_revocation_taken_back_everywhere_in_the_database(
    attacker: Callable[[int], None],
) -> None:
    """REFUSED. Relying parties hold the list that told of it."""
    before = Crl.objects.order_by("-number")[0]
    Certificate.objects.filter(pk=certificate().pk).update(state="valid", revoked_at=None)
    Crl.objects.filter(number=before.number, authority=before.authority).delete()
    attacker(seq_of("certificate-revoked") - 1)
    told = console.verify_journal()
    untold = f"crl-issued of authority:ACI-EL-ORG-TEST (number {before.number})"
    lines = told.text.splitlines()
    assert {line for line in lines if "untold" in line} == {f"untold: no entry tells: {untold}"}
    assert any(line.startswith("truncated") for line in lines)


def test_a_published_list_that_cannot_be_read_is_left_to_others(published: Path) -> None:
    """The verification of the journal goes on: it is not about that."""
    path = published / "published" / "crl" / "ACI-EL-ORG-TEST.crl"
    path.write_bytes(b"not a list")
    assert console.verify_journal().ok


@pytest.mark.parametrize("line", ["not json", '{"seq": 1}', "[]"])
def test_checkpoints_that_cannot_be_read(published: Path, line: str) -> None:
    """REFUSED, with words instead of a traceback."""
    checkpoints.path().write_text(line + "\n")
    told = console.verify_journal()
    assert not told.ok
    assert "cannot be read" in told.text


def test_lists_are_described_before_and_after_the_first(
    hierarchy_made: None,
    authority_keys: Keystore,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    monkeypatch.setattr(console, "open_signing_keystore", lambda: authority_keys)
    lines = list(console.describe_crls())
    assert len(lines) == len(queries.authorities())
    assert all(line.endswith("none yet") for line in lines)
    assert console.publish_everything(NOW) == len(lines)
    described = [line.split() for line in console.describe_crls()]
    last = queries.last_crl("ACI-EL-ORG-TEST")
    assert last is not None
    full, delta = (words for words in described if words[0] == "ACI-EL-ORG-TEST")
    number, size = str(last.number), str(last.size)
    assert full[1:8] == ["full", "no.", number, "0", "entries", size, "octets"]
    assert delta[1:6] == ["delta", "no.", number, "to", number]
    assert full[8:] == ["2026-11-24", "12:00", "to", "2026-11-25", "12:00", "UTC"]
    assert delta[-5:] == ["12:00", "to", "2026-11-24", "18:00", "UTC"]


def test_publishing_again_changes_nothing(published: Path) -> None:
    """No list is due, no checkpoint either."""
    points = checkpoints.read()
    assert console.publish_everything(LATER) == 0
    assert checkpoints.read() == points


def test_a_serial_number_that_nobody_has(hierarchy_made: None) -> None:
    """REFUSED, in words."""
    for serial in ("00:11", "not hexadecimal", ""):
        told = console.revoke_serial(serial, "superseded")
        assert (told.ok, told.text) == (False, f"No certificate has the serial number {serial}.")


def test_a_reason_that_is_none(published: Path) -> None:
    """REFUSED; the reasons there are, are named."""
    told = console.revoke_serial(certificate().serial_hex, "boredom")
    assert not told.ok
    assert told.text.startswith("boredom: one of unspecified, keyCompromise,")


def test_freshness(hierarchy_made: None, tmp_path: Path, settings: Any) -> None:
    """Every point by name and what is wrong with it; nothing is stored."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path, pki_url="http://127.0.0.1:9")
    told = console.check_freshness()
    assert not told.ok
    for name in ("crl/ACR-EL-TEST.crl", "crl/ACR-EL-TEST-delta.crl", "ocsp/ACI-EL-ORG-TEST"):
        assert re.search(rf"^{name} +unreachable", told.text, re.MULTILINE)
    points = 1 + 4 * len(queries.authorities())
    assert told.text.endswith(f"{points} of {points} points are wrong.")
    assert not last_readings()


def test_a_serial_number_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever rich makes of names between colons: it has an emoji for “:AB:” and for “:CD:”."""
    serial = "4F:AB:01:CD:02"
    answering().print(serial, markup=False)
    TerminalDesk().say(serial)
    assert capsys.readouterr().out == f"{serial}\n" * 2
