"""The signer's own loop: batches on their way at once, slow keys, faults that are waited out."""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from apps.authority.asking import ask, issued, status
from apps.conftest import PKI_BASE
from guichet.authority import crls, intents, queue
from guichet.authority import signer as signer_module
from guichet.authority.signer import Signer
from guichet.authority.signing import SigningFaultError
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
    assert "it will try again" in caplog.text


def test_serials_never_meet(signer: Signer) -> None:
    """126 bits from a CSPRNG, unique in the database too."""
    serials = {issued(signer, f"test:{number}").serial_hex for number in range(12)}
    assert len(serials) == 12
