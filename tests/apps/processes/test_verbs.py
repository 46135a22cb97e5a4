"""What verbs of `guichet` answer on a terminal, in an installation where nothing was made yet."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from typer.testing import CliRunner, Result

from guichet.authority import burnt_keys
from guichet.cli import app
from guichet.domain.refusals import Code, Refusal
from guichet.processes import key_lists

pytestmark = pytest.mark.django_db
NOTHING_YET = "Nothing of the log is published yet: run `guichet publisher`."


@pytest.fixture(autouse=True)
def state(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    monkeypatch.setenv("GUICHET_STATE", str(tmp_path))
    (tmp_path / "run").mkdir()
    return tmp_path


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, words, input=typed, catch_exceptions=False)


def test_which_version_it_is() -> None:
    assert run("--version").output.startswith("guichet 1.")


@pytest.mark.parametrize("verb", [("doctor",), ("doctor", "settings")])
def test_settings_that_cannot_be_read(verb: tuple[str, ...], monkeypatch: Any) -> None:
    monkeypatch.setenv("GUICHET_PORT", "door")
    done = run(*verb)
    assert done.exit_code == 1
    assert not done.stdout
    assert "GUICHET_PORT" in done.stderr


def test_settings_that_cannot_be_read_for_a_program(monkeypatch: Any) -> None:
    monkeypatch.setenv("GUICHET_PORT", "door")
    done = run("doctor", "--json")
    (told,) = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (told["check"], told["grade"]) == ("settings", "fault")
    assert "GUICHET_PORT" in told["found"]


def test_the_doctor_ends_with_what_it_found() -> None:
    """Each setting first; then what it looked at, and for a fault why it matters and what mends."""
    done = run("doctor")
    lines = done.output.splitlines()
    assert done.exit_code == 1
    assert any(line.startswith("GUICHET_STATE") for line in lines)
    fault = next(rank for rank, line in enumerate(lines) if line.startswith("fault"))
    assert lines[fault + 1].strip().startswith("why: ")
    assert lines[fault + 2].strip().startswith("mend: ")


@pytest.mark.parametrize("verb", ["checkpoint", "key"])
def test_a_log_that_is_not_published(verb: str) -> None:
    done = run("journal", verb)
    assert (done.exit_code, done.stdout, done.stderr.strip()) == (1, "", NOTHING_YET)


def test_no_proof_of_an_entry_that_is_not_there() -> None:
    done = run("journal", "proof", "1", "7")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("No proof: ")


def test_nothing_is_published() -> None:
    done = run("crl", "check")
    assert done.exit_code == 1
    assert done.stdout == "Nothing is published yet: run `guichet publisher`.\n"


def test_nobody_and_no_authority() -> None:
    """Each says what to do next."""
    assert "guichet access bootstrap" in run("access", "list").output
    assert "guichet ceremony plan" in run("authorities").output


def test_a_revocation_is_confirmed() -> None:
    """It cannot be undone: nothing is looked for before somebody agrees."""
    refused = run("revoke", "0A1B", typed="n\n")
    assert refused.exit_code == 1
    assert "No certificate" not in refused.output
    done = run("revoke", "0A1B", typed="y\n")
    assert done.exit_code == 1
    assert done.stderr.endswith("No certificate has the serial number 0A1B.\n")


def test_a_revocation_is_of_one_or_of_a_file(tmp_path: Path) -> None:
    assert run("revoke").exit_code == 2
    assert run("revoke", "0A1B", "--file", str(tmp_path / "list")).exit_code == 2


def test_a_first_person_without_a_role() -> None:
    """What is refused is said in English, as the command line speaks."""
    words = ["--name", "PETIT / OSCAR", "--email", "o@h.fr", "--national-id", "1", "--card", "2"]
    done = run("access", "bootstrap", *words, "--role", "baker")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.strip()


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (DatabaseError("disk I/O error"), "Cut short: the database failed: disk I/O error."),
        (Refusal(Code.ORDER_UNKNOWN), "Cut short: "),
    ],
)
def test_a_list_of_keys_is_cut_short(
    trouble: Exception, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was listed is: the same command goes on."""

    def failing(**_asked: object) -> None:
        raise trouble

    monkeypatch.setattr(burnt_keys, "list_keys", failing)
    (tmp_path / "keys").write_text("0" * 64)
    done = run("keys", "block", str(tmp_path / "keys"))
    assert (done.exit_code, done.stdout) == (key_lists.FAILED, "")
    assert done.stderr.startswith(words)
    assert done.stderr.endswith("Run the same command again to go on.\n")


def test_lines_that_are_no_keys_are_counted(tmp_path: Path) -> None:
    """The first ones are shown, so that a file of another kind does not fill the screen.

    Apart from how many were listed, which is the answer.
    """
    (tmp_path / "keys").write_text("".join(f"not a key {n}\n" for n in range(key_lists.SHOWN + 3)))
    done = run("keys", "block", str(tmp_path / "keys"))
    assert done.exit_code == key_lists.FAILED
    assert done.stdout == "0 keys are listed; 0 were so already.\n"
    assert done.stderr.startswith("23 lines could not be read:\n")
    assert done.stderr.splitlines()[-1].strip() == "and 3 others"


def test_a_backup_key_stays(state: Path) -> None:
    """Made at first, printed again: others note it down to know our backups by it."""
    first, again = run("backup", "key"), run("backup", "key")
    assert first.exit_code == 0
    assert first.stdout == again.stdout != ""
    assert list((state / "backup").iterdir())


def test_copying_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy needs to know from where, by which key; it says what lacks and does not start."""
    monkeypatch.delenv("GUICHET_COPY_KEY", raising=False)
    done = run("copy")
    assert done.exit_code == 1
    assert "GUICHET_" in done.stderr


@pytest.mark.parametrize("verb", [("export",), ("erase", "--reason", "asked", "--yes")])
def test_nothing_is_kept_of_a_name_that_is_mistyped(
    verb: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file that would pass for an answer, and no erasure in the journal."""
    monkeypatch.chdir(tmp_path)
    done = run("personal", verb[0], "nobody@h.fr", *verb[1:])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Nothing is kept of nobody@h.fr: ")
    assert not list(tmp_path.glob("*.zip"))


@pytest.mark.parametrize("verb", ["retry", "abandon"])
def test_a_request_that_the_signer_does_not_have(verb: str) -> None:
    """It is no order: what the portal would say of one misleads."""
    request = "0190a0b0-0000-7000-8000-000000000000"
    done = run("queue", verb, request, typed="y\n")
    assert done.exit_code == 1
    assert done.stderr.endswith(
        f"The signer has no request {request}: guichet queue list tells those set aside.\n"
    )


@pytest.mark.parametrize("address", ["nonsense", ":80", "h:99999", "h:x", "h:0", "h:"])
def test_a_witness_listens_on_a_port(address: str, tmp_path: Path) -> None:
    """Told before its key is made."""
    folder = tmp_path / "witness"
    done = run("journal", "witness", str(folder), "--log", "key", "--listen", address)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("--listen: host:port")
    assert not folder.exists()


def test_a_checkpoint_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"\xff")
    done = run("journal", "verify", "--checkpoint", str(tmp_path / "one"))
    assert done.exit_code == 1
    assert f"The checkpoint {tmp_path / 'one'} cannot be read: " in done.output
