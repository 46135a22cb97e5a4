"""A witness over HTTP: it follows a log at its address, and answers the log that asks it."""

import _thread
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from django.db import transaction
from typer.testing import CliRunner

from guichet.cli.base import app
from guichet.conf.environment import Environment
from guichet.conf.readers import ConfigurationError
from guichet.journal import endorsing, log, notes, operations, publishing
from guichet.processes import transparency, witness_console, witnessing
from guichet.processes.told import Told
from kit import commands
from kit.stack import free_port

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, settings: Any) -> Path:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    return tmp_path


@pytest.fixture
def base(state: Path) -> Iterator[str]:
    """The published folder, over HTTP; the address of its log."""
    with commands.served(state / "published") as address:
        yield f"{address}/journal"


def tell(count: int) -> None:
    told = [operations.Told("x", f"x:{n}", "x", AT, {"n": n}) for n in range(count)]
    with transaction.atomic():
        operations.record_many(told)


def test_a_witness_follows_a_log_and_refuses_another_history(
    db: None, base: str, tmp_path: Path
) -> None:
    tell(299)
    transparency.catch_up(AT)
    vkey, folder = (log.published() / log.VKEY).read_text().strip(), tmp_path / "witness"

    def follow() -> Told:
        return witness_console.run(folder, [vkey], "w.test", follow=base, listen="")

    first = follow()
    assert first.text.startswith("0 -> 300 entries\n— w.test "), first.text
    tell(500)
    transparency.catch_up(AT)
    assert follow().text.startswith("300 -> 800 entries\n")
    assert (folder / witnessing.KEY).stat().st_mode & 0o777 == 0o600
    key = notes.SignerKey.parse((transparency.places().keys / publishing.KEY).read_text())
    for size, words in ((900, "is missing"), (700, "went back"), (800, "NOT A CONTINUATION")):
        text = str(notes.TreeHead(key.name, size, bytes(32)))
        forked = str(notes.Note(text, (key.sign(text),)))
        (log.published() / "checkpoint").write_text(forked)
        told = follow()
        assert not told.ok
        assert words in told.text
    (log.published() / "checkpoint").unlink()
    assert "has no checkpoint" in follow().text
    other = str(notes.SignerKey.make("w.test").verifier)
    assert not witness_console.run(folder, [other], "", follow=base, listen="").ok
    assert not witness_console.run(folder, ["x"], "", follow=base, listen="").ok


def test_the_log_asks_a_witness_that_listens(db: None, tmp_path: Path, settings: Any) -> None:
    tell(1)
    transparency.catch_up(AT)
    vkey = notes.VerifierKey.parse((log.published() / log.VKEY).read_text())
    witness, key = witnessing.open_witness(tmp_path / "witness", "w.test", [vkey])
    with witnessing.serve(witness, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        known = endorsing.witnesses(f"{key} {address}/add-checkpoint, {key} {address}/else")
        settings.GUICHET = replace(settings.GUICHET, journal_witnesses=known)
        writer = publishing.LogWriter(transparency.places(), transparency.endorser())
        for second, count in enumerate((1, 300)):
            tell(count)
            writer.integrate(AT + timedelta(seconds=2 * second))
        server.shutdown()
        thread.join()
    proof = log.proofs_of([1])
    assert notes.VerifierKey.parse(key).has_signed(notes.Note.parse(proof.checkpoint))
    assert witness.seen(vkey.name).size == proof.size == 303


def test_the_key_of_a_witness_is_made_once(tmp_path: Path) -> None:
    vkey = str(notes.SignerKey.make("guichet.test/journal").verifier)
    asked = ["journal", "witness", str(tmp_path / "w"), "--log", vkey]
    assert CliRunner().invoke(app, asked).exit_code == 1
    first = CliRunner().invoke(app, [*asked, "--name", "w.test"])
    assert notes.VerifierKey.parse(first.output).algorithm == notes.COSIGNATURE
    assert CliRunner().invoke(app, asked).output == first.output


def test_witnesses_are_configured_by_key_and_address() -> None:
    key = notes.SignerKey.make("w.test", notes.COSIGNATURE).verifier
    read = Environment.read({"GUICHET_JOURNAL_WITNESSES": f"{key} https://w.test/add-checkpoint"})
    assert read.journal_witnesses == (endorsing.Known(key, "https://w.test/add-checkpoint"),)
    with pytest.raises(ConfigurationError):
        Environment.read({"GUICHET_JOURNAL_WITNESSES": "w.test https://w.test"})


def test_the_commands_of_the_guide(
    db: None, base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key is made, the log followed; the witness that listens is asked, and stopped."""
    tell(3)
    transparency.catch_up(AT)
    monkeypatch.chdir(tmp_path)
    port = free_port()
    known = {
        "<clé du registre>": (log.published() / log.VKEY).read_text().strip(),
        "http://pki.exemple.fr/journal": base,
        "127.0.0.1:8470": f"127.0.0.1:{port}",
    }
    note = (log.published() / "checkpoint").read_text()
    answers: list[str] = []
    ended = threading.Event()
    told = (port, f"old 4\n\n{note}", answers, ended)
    asking = threading.Thread(target=ask_and_stop, args=told)
    (block,) = commands.told("reference/journal")
    *first, listen = block.splitlines()
    key, followed = commands.guichet("\n".join(first), known)
    assert notes.VerifierKey.parse(key).name == "temoin.exemple.fr"
    assert followed.startswith("0 -> 4 entries\n— temoin.exemple.fr ")
    asking.start()
    try:
        assert commands.guichet(listen, known) == [key]
    finally:
        ended.set()
        asking.join()
    assert answers[0].startswith("— temoin.exemple.fr ")


def ask_and_stop(port: int, body: str, answers: list[str], ended: threading.Event) -> None:
    """Ask a witness on this machine as a log does, once it listens; then stop it by SIGINT.

    Unless it `ended` by itself.
    """
    deadline = time.monotonic() + 20
    try:
        while not answers and not ended.wait(0.05) and time.monotonic() < deadline:
            address = f"http://127.0.0.1:{port}/add-checkpoint"
            with (
                suppress(URLError),
                urllib.request.urlopen(address, body.encode(), timeout=5) as answer,
            ):
                answers.append(answer.read().decode())
    finally:
        if not ended.is_set():
            _thread.interrupt_main()
