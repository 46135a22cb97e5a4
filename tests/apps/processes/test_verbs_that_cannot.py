"""What a verb says when files, other processes or the database keep it from its work: no trace."""

import errno
import os
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.db import IntegrityError, OperationalError, ProgrammingError
from typer.testing import CliRunner, Result

from guichet.cli import app, faults
from guichet.processes import console, hardening, serve
from guichet.processes.ceremony import throwaway
from guichet.validation.exclusive import BusyError, exclusive
from kit import pki

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def state(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    monkeypatch.setenv("GUICHET_STATE", str(tmp_path))
    (tmp_path / "run").mkdir()
    return tmp_path


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, words, input=typed, catch_exceptions=False)


@pytest.mark.parametrize(
    "fault", [OperationalError("no such table: crl"), ProgrammingError("no such table: crl")]
)
def test_a_database_that_is_not_made(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder mistyped, a migration not run: a sentence, and what mends it."""

    def describe() -> list[str]:
        raise fault

    monkeypatch.setattr(console, "describe_crls", describe)
    done = run("crl", "list")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("the database failed: no such table: crl\n")
    assert "guichet init" in done.stderr


def test_a_folder_that_cannot_be_made(state: Path) -> None:
    file = state / "file"
    file.touch()
    done = run("reference", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{file}/fr/reference: ")


def test_a_number_that_no_row_has() -> None:
    for verb in (("journal", "proof"), ("incident", "show"), ("habilitation", "show")):
        done = run(*verb, str(10**30))
        assert (done.exit_code, done.stdout) == (2, "")


def test_another_publisher_at_work(state: Path) -> None:
    with exclusive(state), pytest.raises(BusyError) as busy, exclusive(state):
        pass
    assert str(faults.told(busy.value)).startswith(f"another publisher is at work on {state}: ")


def test_a_port_that_another_program_has() -> None:
    """The servers say it in words of their own, without a file's name."""
    assert faults.told(OSError("No socket could be created")) == "No socket could be created"


@pytest.mark.parametrize("fault", [BrokenPipeError(), ValueError("x"), IntegrityError("x")])
def test_errors_of_ours_keep_their_trace(fault: Exception) -> None:
    """A pipe that its reader closed is nothing to tell of either."""
    assert faults.told(fault) is None


def test_a_file_does_not_write_to_the_terminal_as_it_likes(state: Path) -> None:
    """Lines that are refused are shown, their control characters as what they are."""
    file = state / "keys.txt"
    file.write_bytes(b"\x1b]0;owned\x07\n")
    done = run("keys", "block", str(file))
    assert done.exit_code == 1
    assert "U+001B]0;ownedU+0007" in done.output
    assert "\x1b" not in done.output


@pytest.mark.parametrize(
    "verb",
    [
        *("keys block FILE", "keys block FILE --reason because", "revoke --file FILE"),
        *("revoke --file FILE --reason because", "ceremony plan DRAFT", "ceremony run FILE"),
        *("ceremony dry-run FILE", "ceremony verify FILE --trust FILE"),
        *("ceremony unlock --to DRAFT", "directory import finess FILE", "directory status"),
        *("backup verify FILE -i FILE", "backup keygen --to DRAFT", "restore FILE -i FILE"),
        *("personal export a@b.fr --to DRAFT", "keystore rewrap --same", "queue retry ID"),
        *("restore check --published FILE", "restore confirm --checkpoints FILE"),
        *("revoke 0A", "habilitation show 7", "incident show 7", "queue abandon ID"),
        *("journal proof 7", "journal witness FILE --log x", "copy", "serve nowhere"),
    ],
)
def test_what_is_refused_is_told_apart(
    verb: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a file's name looks like; what a program reads as the answer holds none of it."""
    draft = state / "[" / "bold]"
    draft.parent.mkdir()
    draft.write_text("[[act]]\n")
    names = {"FILE": str(state / "[" / "none]"), "DRAFT": str(draft), "ID": str(uuid4())}
    monkeypatch.setenv("GUICHET_REGISTERS", str(draft))
    monkeypatch.setattr(hardening, "harden", lambda: None)
    monkeypatch.setattr(throwaway, "prepare", lambda _plan: nullcontext())
    words = [names.get(word, word) for word in verb.split()]
    done = run(*words, typed="y\n")
    assert done.exit_code in {1, 2}
    asked = done.stdout.partition("[y/N]: ")[2] if "[y/N]" in done.stdout else done.stdout
    assert asked.strip() in {"", "y"}
    assert done.stderr.strip()


@pytest.mark.parametrize("kept", ["nothing", "no PEM", "another's key", "a passphrase"])
def test_no_port_without_its_certificate(state: Path, kept: str) -> None:
    """Told at the start, with both files, where no server could use them."""
    certificate, key = serve.server_files(state)
    if kept != "nothing":
        certificate.parent.mkdir()
        own, other = pki.fresh_key("p-256"), pki.fresh_key("p-256")
        pem = x509.load_der_x509_certificate(pki.Pki().root_of(own)).public_bytes(Encoding.PEM)
        certificate.write_bytes(b"no PEM" if kept == "no PEM" else pem)
        lock = BestAvailableEncryption(b"x" * 8) if kept == "a passphrase" else NoEncryption()
        shown = other if kept == "another's key" else own
        key.write_bytes(shown.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    for listener in ("portal", "card"):
        done = run("serve", listener)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(f"no HTTPS by {certificate} and {key}: ")


def test_a_key_for_which_there_is_no_room(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told with its file, which is not left empty: it would pass for a key."""

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    done = run("backup", "keygen", "--to", str(state / "key"))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"{state}/key cannot be written: No space left on device\n"
    assert not (state / "key").exists()
