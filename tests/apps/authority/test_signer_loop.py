"""The signer's own loop: batches on their way at once, slow keys, faults that are waited out."""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError

from apps.authority.asking import ask, issued, status
from apps.conftest import PKI_BASE
from guichet.authority import crls, intents, queue, repeated_faults
from guichet.authority import signer as signer_module
from guichet.authority.signer import Signer
from guichet.authority.signing import SigningFaultError
from guichet.database import stillness
from guichet.database.stillness import Stillness
from guichet.domain.certificates.states import SigningState
from guichet.keystore import Keystore, KeystoreError


@pytest.fixture(autouse=True)
def _alive(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signer of this test: its heartbeat in a folder of its own, on the test's connection."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    monkeypatch.setattr(signer_module, "close_old_connections", lambda: None)


def test_it_works_until_told_to_stop(
    signer: Signer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It signs what is asked and the lists that are due; its heartbeat says so."""
    stop = threading.Event()
    issue = crls.issue_due

    def then_stop(*arguments: Any) -> tuple[str, ...]:
        stop.set()
        return issue(*arguments)

    monkeypatch.setattr(crls, "issue_due", then_stop)
    signer.run(stop)
    assert (tmp_path / "run" / "signer.heartbeat").read_text().strip().isdigit()


def refuse(*_: int) -> None:
    raise PermissionError("EPERM")


@pytest.mark.parametrize("setpriority", [os.setpriority, refuse])
def test_several_batches_are_on_their_way_at_once(
    setpriority: Callable[..., None],
    hierarchy_made: None,
    authority_keys: Keystore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next is planned while one is signed, by several threads; told to stop, it ends both.

    A sandbox that lets no thread be nicer than others stops none.
    """
    monkeypatch.setattr(os, "setpriority", setpriority)
    monkeypatch.setattr(signer_module, "BATCH", 3)
    requests = [ask(f"test:{number}") for number in range(8)]
    stop, steps = threading.Event(), []
    prepare, store = intents.prepare, intents.store

    def prepared(*arguments: Any, **named: Any) -> Any:
        steps.append("prepare")
        return prepare(*arguments, **named)

    def stored(*arguments: Any, **named: Any) -> int:
        if "store" not in steps or steps[-1] != "store":
            steps.append("store")
        if steps.count("prepare") == 3:
            stop.set()
        return store(*arguments, **named)

    monkeypatch.setattr(intents, "prepare", prepared)
    monkeypatch.setattr(intents, "store", stored)
    monkeypatch.setattr(crls, "issue_due", lambda *_: ())
    Signer(authority_keys, PKI_BASE, threads=2).run(stop)
    assert steps == ["prepare", "prepare", "store", "prepare", "store"]
    assert {status(request).state for request in requests} == {SigningState.ISSUED}


def test_slow_keys_hold_up_no_list(
    hierarchy_made: None,
    authority_keys: Keystore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While they sign the lease is kept, revocations are told, the signer says that it lives."""
    monkeypatch.setattr(signer_module, "HOLD_SECONDS", 0.01)
    monkeypatch.setattr(signer_module, "LISTS_SECONDS", 0)
    request, stop, told = ask(), threading.Event(), threading.Event()
    lists, real = [], signer_module.sign_intent

    def slowly(*arguments: Any) -> bytes:
        assert told.wait(30)
        return real(*arguments)

    def issue(*_: Any) -> tuple[str, ...]:
        lists.append(1)
        if len(lists) == 3:
            told.set()
            stop.set()
        return ()

    monkeypatch.setattr(signer_module, "sign_intent", slowly)
    monkeypatch.setattr(crls, "issue_due", issue)
    Signer(authority_keys, PKI_BASE).run(stop)
    assert status(request).state is SigningState.ISSUED


@pytest.mark.parametrize("fault", [OperationalError, KeystoreError, SigningFaultError])
def test_a_fault_is_waited_out(
    signer: Signer,
    fault: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Told in the log, no heartbeat, and another try."""
    monkeypatch.setattr(signer_module, "close_old_connections", lambda: None)
    monkeypatch.setattr(signer_module, "TROUBLE_SECONDS", 0)
    beats: list[str] = []
    monkeypatch.setattr(signer_module, "beat", beats.append)
    stop, tries = threading.Event(), []

    def fail_once(**_: Any) -> tuple[()]:
        tries.append(1)
        if len(tries) == 1:
            raise fault("away")
        stop.set()
        return ()

    monkeypatch.setattr(queue, "take", fail_once)
    monkeypatch.setattr(crls, "issue_due", lambda *_: ())
    with caplog.at_level(logging.ERROR):
        signer.run(stop)
    assert (len(tries), len(beats)) == (2, 1)
    assert "fails, and is tried again until it works: away" in caplog.text
    assert ("Traceback" in caplog.text) is not issubclass(fault, KeystoreError)


def rounds(signer: Signer, monkeypatch: pytest.MonkeyPatch, *faults: Exception | None) -> None:
    """Rounds of the signer's loop, each met by a fault, or by none."""
    monkeypatch.setattr(signer_module, "TROUBLE_SECONDS", 0)
    monkeypatch.setattr(signer_module, "IDLE_SECONDS", 0)
    monkeypatch.setattr(signer_module, "LISTS_SECONDS", 0)
    stop, left = threading.Event(), list(faults)

    def take(**_: Any) -> tuple[()]:
        fault = left.pop(0)
        if not left:
            stop.set()
        if fault is not None:
            raise fault
        return ()

    monkeypatch.setattr(queue, "take", take)
    monkeypatch.setattr(crls, "issue_due", lambda *_: ())
    monkeypatch.setattr(Stillness, "is_over", lambda _: True)
    signer.run(stop)


def test_a_token_that_is_away_is_told_once(
    signer: Signer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A sentence without a trace, however many tries; another when it is back."""
    away = KeystoreError("the token is not there")
    rounds(signer, monkeypatch, away, away, away, None, None)
    work = "preparing requests and lists"
    assert [record.message for record in caplog.records] == [
        f"{work} fails, and is tried again until it works: the token is not there",
        f"{work} works again",
    ]
    assert "Traceback" not in caplog.text


def test_a_fault_that_lasts_is_told_again_seldom(
    signer: Signer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Once an hour; another fault is told beside it."""
    clock = iter([0.0, 3599.0, 3599.5, 3600.0])
    monkeypatch.setattr(repeated_faults, "time", SimpleNamespace(monotonic=clock.__next__))
    kept = repeated_faults.RepeatedFaults("signing")
    for message in ("locked", "locked", "away", "locked"):
        kept.tell(KeystoreError(message))
    said = [record.message.rpartition(": ")[2] for record in caplog.records]
    assert said == ["locked", "away", "locked"]


def test_a_database_that_is_away_is_told_once(
    signer: Signer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """By one sentence, in one line; that it answers again, by the round that finds so."""
    monkeypatch.setattr(stillness, "is_absent", lambda: True)
    away = OperationalError("connection refused\n\tIs the server running?")
    rounds(signer, monkeypatch, away, away, None)
    said = "connection refused Is the server running?"
    assert [record.message for record in caplog.records] == [
        f"the database does not answer: {said}; it is asked until it does",
        "the database answers again",
    ]
    assert "Traceback" not in caplog.text


def test_no_room_for_a_sign_of_life_stops_no_signature(
    signer: Signer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk, a folder that is closed: told, and told to be over."""
    beats = iter([OSError(28, "No space left on device"), OSError(28, "No space left on device")])

    def beat(_: str) -> None:
        if (fault := next(beats, None)) is not None:
            raise fault

    monkeypatch.setattr(signer_module, "beat", beat)
    rounds(signer, monkeypatch, None, None, None)
    told = [record.message for record in caplog.records]
    assert len(told) == 2
    assert told[0].endswith("No space left on device")
    assert told[1] == "the sign of life works again"
    assert "Traceback" not in caplog.text


def test_serials_never_meet(signer: Signer) -> None:
    """126 bits from a CSPRNG, unique in the database too."""
    serials = {issued(signer, f"test:{number}").serial_hex for number in range(12)}
    assert len(serials) == 12
