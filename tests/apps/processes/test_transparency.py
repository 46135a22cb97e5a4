"""The log at work: what the PKI port gives of it, and the alarm that tells that it stopped."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction

from guichet.journal import log, notes, operations, publishing, tiles, triggers
from guichet.processes import transparency
from guichet.validation.answers import Validation
from guichet.validation.watch import Watch

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, settings: Any) -> Path:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path, pki_url="http://pki.test/ac")
    return tmp_path


def tell(count: int) -> None:
    told = [operations.Told("x", f"x:{n}", "x", AT, {"n": n}) for n in range(count)]
    with transaction.atomic():
        operations.record_many(told)


@pytest.fixture
def get(state: Path) -> Callable[..., Any]:
    validation = Validation(state / "published", state / "responder")

    def ask(path: str, method: str = "GET") -> Any:
        return validation.answer(method, f"/journal/{path}", b"", AT)

    return ask


def test_everything_that_a_verifier_needs_is_on_the_port(db: None, get: Callable[..., Any]) -> None:
    """A tile for a long time, the checkpoint for a second; nothing of people anywhere."""
    tell(300)
    assert transparency.catch_up(AT) == 301
    key = notes.VerifierKey.parse(get("vkey").body.decode())
    assert key.name == "pki.test/ac/journal"
    checkpoint = get("checkpoint")
    _, head = notes.opened(checkpoint.body.decode(), key)
    edge = tiles.Edge.read(lambda name: get(name).body if get(name).status == 200 else None, 301)
    assert (head.size, head.root) == (301, edge.root())
    cached = {
        name: dict(get(name).headers(AT))["cache-control"]
        for name in ("checkpoint", "tile/0/000", "tile/entries/001.p/45", "tile/1/000.p/1")
    }
    assert cached.pop("checkpoint").startswith("max-age=1,")
    assert all(re.match(r"max-age=604800, .*, immutable$", policy) for policy in cached.values())
    assert checkpoint.content_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        *("", "tile", "tile/0", "tile/0/000.p", "tile/0/000.p/9", "tile/0/0", "tile/x/000"),
        *("../transparency/log.key", "tile/../checkpoint", ".checkpoint-abcdefgh", "tile/64/000"),
    ],
)
def test_nothing_else_is(db: None, get: Callable[..., Any], path: str) -> None:
    tell(1)
    transparency.catch_up(AT)
    assert get(path).status == 404
    assert get("checkpoint", "POST").status == 405


def test_a_log_that_stopped_is_an_alarm_until_it_goes_on(db: None) -> None:
    tell(3)
    writer = publishing.LogWriter(transparency.places())
    writer.integrate(AT)
    tell(1)
    triggers.allow_changes(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_entry SET actor = 'MALLORY' WHERE seq = 5")
    with pytest.raises(publishing.LogStoppedError):
        writer.integrate(AT + timedelta(seconds=2))
    with Watch() as watch:
        found = {finding.key: finding.facts for finding in watch.findings((), AT)}
        assert found["log", "log"] == {"entry": 5}  # type: ignore[index]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE journal_entry SET actor = 'x' WHERE seq = 5")
        assert writer.integrate(AT + timedelta(seconds=2)) == 1
        assert ("log", "log") not in {finding.key for finding in watch.findings((), AT)}
    triggers.forbid_changes(connection)


@pytest.mark.django_db(transaction=True)
def test_the_thread_integrates_until_it_is_told_to_stop() -> None:
    tell(3)
    stop = threading.Event()
    thread = threading.Thread(target=transparency.run, args=(stop,))
    thread.start()
    pause = threading.Event()
    try:
        while not (log.published() / log.CHECKPOINT).exists() and thread.is_alive():
            pause.wait(0.02)
    finally:
        stop.set()
        thread.join()
    assert log.proofs_of([1, 4]).size == 4
    key = django_settings.GUICHET.state / publishing.FOLDER / publishing.KEY
    assert key.stat().st_mode & 0o777 == 0o600
