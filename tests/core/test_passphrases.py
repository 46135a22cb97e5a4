"""Where the keystore's passphrase comes from, and how an operator changes it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from guichet.cli import app
from guichet.conf.environment import Environment
from guichet.keystore import KeystoreError, open_keystore
from guichet.processes import passphrases
from kit import commands

OLD, NEW = b"the old one", b"the new one"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder with a key under the old passphrase, and the variables that name it."""
    monkeypatch.setenv("GUICHET_STATE", str(tmp_path))
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    private(tmp_path / "secrets" / "keystore", OLD)
    open_keystore(f"file:{tmp_path / 'keystore'}", OLD).generate("k", "p-256")
    return tmp_path


def private(path: Path, content: bytes) -> Path:
    path.parent.mkdir(exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_bytes(content + b"\n")
    return path


def given(state: Path, **variables: str) -> bytes:
    return passphrases.secret(Environment.read({"GUICHET_STATE": str(state), **variables}))()


def test_the_file_of_the_state_folder_then_that_of_the_variable_then_the_credential(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each goes before the former. systemd alone may show a group's mode: an access list's."""
    assert given(state) == OLD
    named = {"GUICHET_KEYSTORE_PASSPHRASE_FILE": str(private(state / "named", b"named"))}
    assert given(state, **named) == b"named"
    private(state / "credentials" / "keystore", b"credential").chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(state / "credentials"))
    assert given(state, **named) == b"credential"


def test_it_is_read_each_time_it_is_wanted(state: Path) -> None:
    """Nobody holds it in between: a PIN put right is seen."""
    secret = passphrases.secret(Environment.read({"GUICHET_STATE": str(state)}))
    assert secret() == OLD
    private(state / "secrets" / "keystore", NEW)
    assert secret() == NEW


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [(b"", 0o600, "is empty"), (OLD, 0o640, "run `chmod 600 "), (None, 0, "put it there")],
)
def test_what_cannot_be_used(state: Path, content: bytes | None, mode: int, words: str) -> None:
    """REFUSED, with what to do."""
    path = state / "secrets" / "keystore"
    path.unlink()
    if content is not None:
        private(path, content).chmod(mode)
    with pytest.raises(KeystoreError, match=words):
        given(state)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_person_is_asked_where_no_file_is(
    state: Path, monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    """Once, at a terminal; a service without its file says so instead."""
    (state / "secrets" / "keystore").unlink()
    questions: list[str] = []
    monkeypatch.setattr("sys.stdin", type("Stdin", (), {"isatty": lambda _: is_terminal})())
    monkeypatch.setattr("getpass.getpass", lambda asked: questions.append(asked) or "typed")
    secret = passphrases.secret(Environment.read({"GUICHET_STATE": str(state)}), asks=True)
    if is_terminal:
        assert [secret(), secret()] == [b"typed", b"typed"]
    else:
        with pytest.raises(KeystoreError, match="cannot be read"):
            secret()
    assert len(questions) == is_terminal


def test_the_settings_are_printed_without_what_they_hide(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`guichet doctor settings`, and `guichet doctor` before it looks for faults."""
    monkeypatch.setenv("GUICHET_KEYSTORE", "pkcs11:token=t?pin-value=hidden&module-path=/m.so")
    monkeypatch.setenv("GUICHET_DATABASE_URL", "postgresql://guichet:hidden@db/igc")
    done = CliRunner().invoke(app, ["doctor", "settings"])
    assert (done.exit_code, f"State folder {state}: present" in done.output) == (0, True)
    assert "postgresql://guichet:…@db/igc" in done.output
    assert "hidden" not in done.output


def rewrap(*options: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["keystore", "rewrap", *options])
    return done.exit_code, done.output


def test_an_operator_changes_the_passphrase(state: Path) -> None:
    """The verb says where the new one is to be put, and neither of the two."""
    file = private(state / "new", NEW)
    changed, kept = commands.told("how-to/magasin-de-cles")[0].splitlines()
    (said,) = commands.guichet(changed, {"/media/coffre/nouvelle": str(file)})
    assert "Encrypted again: 1 keys" in said
    assert f"put the new passphrase in {state / 'secrets' / 'keystore'}" in said
    assert not any(word.decode() in said for word in (OLD, NEW))
    open_keystore(f"file:{state / 'keystore'}", NEW).signing_key("k")
    file.replace(state / "secrets" / "keystore")
    assert commands.guichet(kept) == ["k\nEncrypted again: 0 keys; left as they are: 1.\n"]


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [([b"n", b"n"], 0, "Encrypted again: 1"), ([b"n", b"m"], 1, "not the same")],
)
def test_a_new_passphrase_is_typed_twice(
    state: Path, monkeypatch: pytest.MonkeyPatch, typed: list[bytes], code: int, words: str
) -> None:
    answers = iter(typed)
    monkeypatch.setattr(passphrases, "ask", lambda _: next(answers))
    found, said = rewrap()
    assert (found, words in said) == (code, True)


def test_keys_in_a_token_are_not_encrypted_here(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED, with where their PIN is changed."""
    monkeypatch.setenv("GUICHET_KEYSTORE", "pkcs11:token=t?module-path=/m.so")
    code, said = rewrap("--same")
    assert (code, "with the vendor's tool" in said) == (1, True)
