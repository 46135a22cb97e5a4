"""Checkpoints of the log stamped by an authority (RFC 3161): what is kept, and what is refused."""

import hashlib
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.conf import settings as django_settings
from django.db import transaction
from tests.kit.receiver import saying
from tests.kit.tsa import STAMPING, Alter, Tsa, answering, make_tsa

from guichet.conf.environment import Environment
from guichet.conf.readers import ConfigurationError
from guichet.journal import log, metrics, notes, operations, publishing, stamping, timestamps
from guichet.journal.stamping import Stamper
from guichet.journal.timestamps import Authority, TimestampError
from guichet.processes import console, timestamping, transparency
from guichet.validation.answers import Validation
from guichet.validation.files import replace as write
from kit import commands

LOG = notes.SignerKey.make("guichet.test/journal")
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return make_tsa(tmp_path_factory.mktemp("tsa") / "right")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, settings: Any) -> Path:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    return tmp_path


def checkpoint(key: notes.SignerKey, size: int) -> bytes:
    text = str(notes.TreeHead(key.name, size, bytes(32)))
    return str(notes.Note(text, (key.sign(text),))).encode()


def publish(size: int) -> bytes:
    note = checkpoint(LOG, size)
    write(log.published() / log.VKEY, str(LOG.verifier).encode())
    write(log.published() / log.CHECKPOINT, note)
    return note


def stamper(url: str, roots: bytes, seconds: float = 20) -> Stamper:
    authority = Authority(url, roots, seconds)
    return Stamper(log.published(), write, authority, timestamping.asker(authority))


def test_a_checkpoint_is_stamped_once_an_hour_and_openssl_believes_it(
    state: Path, tsa: Tsa, tmp_path: Path
) -> None:
    folder, now = log.published() / stamping.FOLDER, datetime.now(UTC)
    with answering(tsa.reply) as url:
        step = stamper(url, tsa.roots)
        assert not step.stamp(now)
        first = publish(7)
        assert step.stamp(now)
        publish(9)
        assert not step.stamp(datetime.now(UTC))
        an_hour_ago = (now - timedelta(hours=1, seconds=1)).timestamp()
        os.utime(folder, (an_hour_ago, an_hour_ago))
        assert stamper(url, tsa.roots).stamp(datetime.now(UTC))
        os.utime(folder, (0, 0))
        assert not step.stamp(datetime.now(UTC))
    assert sorted(p.name for p in folder.iterdir()) == [
        *("7.checkpoint", "7.tsr", "9.checkpoint", "9.tsr")
    ]
    assert tsa.has_stamped(folder / "7.checkpoint", folder / "7.tsr")
    assert not tsa.has_stamped(folder / "9.checkpoint", folder / "7.tsr")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (block,) = commands.told("reference/journal")
    roots = {"racines-horodatage.pem": str(tsa.folder / "root.pem")}
    with commands.served(state / "published") as address:
        known = {"4096": "7", "http://pki.exemple.fr": address, **roots}
        commands.shell(block, elsewhere, known)
    port = Validation(state / "published", state / "responder")
    note, token = (port.answer("GET", f"/journal/timestamps/7{kind}", b"", now)
                   for kind in (stamping.STAMPED, stamping.TSR))  # fmt: skip
    assert (note.body, token.body) == (first, (folder / "7.tsr").read_bytes())
    assert token.content_type == "application/timestamp-reply"
    assert (note.is_fixed, token.is_fixed) == (False, True)
    for name in ("", "7", "07.tsr", "8.tsr", "../vkey", ".7.tsr-abcdefgh"):
        assert port.answer("GET", f"/journal/timestamps/{name}", b"", now).status == 404


def of_another_note(query: bytes) -> bytes:
    return query.replace(hashlib.sha256(checkpoint(LOG, 7)).digest(), bytes(32))


def of_another_nonce(query: bytes) -> bytes:
    return query[:-4] + bytes([query[-4] ^ 1]) + query[-3:]


@pytest.mark.parametrize(
    ("alter", "reply", "status", "why"),
    [
        (of_another_note, None, 200, "Mismatch between messages"),
        (of_another_nonce, None, 200, "Nonce mismatch"),
        (None, lambda _: b"\x30\x05\x30\x03\x02\x01\x02", 200, "the authority refuses"),
        (None, lambda _: b"<html>", 200, "ASN.1"),
        (None, lambda _: bytes(timestamping.ANSWER_AT_MOST + 1), 200, "more than a time-stamp"),
        (None, None, 500, "500"),
    ],
    ids=["imprint", "nonce", "rejection", "garbage", "endless", "HTTP 500"],
)
def test_what_is_refused(
    tsa: Tsa, alter: Alter | None, reply: Alter | None, status: int, why: str
) -> None:
    publish(7)

    def answer(query: bytes) -> bytes:
        return reply(query) if reply else tsa.reply(alter(query) if alter else query)

    with answering(answer, status) as url, pytest.raises((TimestampError, OSError), match=why):
        stamper(url, tsa.roots).stamp(datetime.now(UTC))
    assert not (log.published() / stamping.FOLDER).exists()


def test_who_is_not_believed(tsa: Tsa, tmp_path: Path) -> None:
    """Another root, a certificate ended or for something else too, a signature, another day."""
    publish(7)
    purposes = (STAMPING, ExtendedKeyUsageOID.CLIENT_AUTH)
    for_more = make_tsa(tmp_path / "more", purposes=purposes)
    ended = make_tsa(tmp_path / "ended", until=-DAY)

    def touched(query: bytes) -> bytes:
        given = tsa.reply(query)
        return given[:-1] + bytes([given[-1] ^ 1])

    today = datetime.now(UTC)
    for reply, roots, at, why in (
        (tsa.reply, ended.roots, today, "while verifying certificates"),
        (ended.reply, ended.roots, today, "while verifying certificates"),
        (lambda query: for_more.sign(tsa.reply(query)), for_more.roots, today, "purpose"),
        (touched, tsa.roots, today, "while verifying certificates"),
        (tsa.reply, tsa.roots, today + DAY, "it tells"),
    ):
        with answering(reply) as url, pytest.raises(TimestampError, match=why):
            stamper(url, roots).stamp(at)
    assert not (log.published() / stamping.FOLDER).exists()


def test_who_answers_too_slowly_is_left(tsa: Tsa) -> None:
    publish(7)
    with saying(None) as url, pytest.raises(OSError, match=r"no answer in 0\.05 s"):
        stamper(url, tsa.roots, 0.05).stamp(datetime.now(UTC))


def tell(number: int) -> None:
    with transaction.atomic():
        operations.record("x", subject=f"x:{number}", actor="x", at=datetime.now(UTC))


def wait_until(happened: Callable[[], object], thread: threading.Thread) -> None:
    pause = threading.Event()
    while not happened():
        assert thread.is_alive()
        pause.wait(0.02)


@pytest.mark.django_db(transaction=True)
def test_the_log_does_not_wait_and_what_is_stamped_is_verified(
    tsa: Tsa, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The authority fails first, and is asked again; then it is slow, and the log grows."""
    monkeypatch.setattr(timestamping, "RETRY", timedelta(0))
    monkeypatch.setattr(timestamping, "IDLE_SECONDS", 0.02)
    failed, asked, release, stop = (threading.Event() for _ in range(4))

    def late(query: bytes) -> bytes:
        if not failed.is_set():
            failed.set()
            return b"not now"
        asked.set()
        release.wait(60)
        return tsa.reply(query)

    folder, now = log.published() / stamping.FOLDER, datetime.now(UTC)
    tell(1)
    with answering(late) as url:
        settings.GUICHET = replace(settings.GUICHET, journal_tsa=Authority(url, tsa.roots))
        thread = threading.Thread(target=transparency.run, args=(stop,))
        thread.start()
        try:
            wait_until(asked.is_set, thread)
            tell(2)
            wait_until(lambda: metrics.published_size() == 3, thread)
            assert not folder.exists()
            release.set()
            wait_until(lambda: list(folder.glob("*.tsr")), thread)
        finally:
            release.set()
            stop.set()
            thread.join()
    (size,) = (kept.size for kept in stamping.kept(log.published()))
    assert {"journal_timestamp_age_seconds"} <= {gauge.name for gauge in metrics.read(now)}
    assert "Its time-stamps: 1 examined." in faults(settings, tsa.roots, ())
    judge_attacks(tsa, settings, folder, size)


def judge_attacks(tsa: Tsa, settings: Any, folder: Path, size: int) -> None:
    note, token = folder / f"{size}.checkpoint", folder / f"{size}.tsr"
    right = note.read_bytes()
    faults(settings, b"", ("timestamp: time-stamps are kept",))
    faults(settings, make_tsa(folder.parent / "other").roots, ("timestamp at entry",))
    keys = django_settings.GUICHET.state / publishing.FOLDER
    key = notes.SignerKey.parse((keys / publishing.KEY).read_text())
    for forged, of_key in ((size, key), (99, key), (size, LOG)):
        note.write_bytes(checkpoint(of_key, forged))
        token.write_bytes(tsa.reply(timestamps.question(note.read_bytes())[0]))
        kind = "key:" if of_key is LOG else "truncated at" if forged == 99 else "fork at"
        faults(settings, tsa.roots, (kind,))
    note.write_bytes(right)
    faults(settings, tsa.roots, (f"timestamp at entry {size}: {size}.tsr: Mismatch",))
    note.unlink()
    faults(settings, tsa.roots, (f"timestamp at entry {size}: {size}.tsr: the checkpoint",))


def faults(settings: Any, roots: bytes, expected: tuple[str, ...]) -> str:
    """What verification tells of the log; chains of the database are another test's."""
    settings.GUICHET = replace(settings.GUICHET, journal_tsa=Authority("", roots))
    told = console.verify_journal().text
    kinds = ("timestamp", "fork", "truncated", "key:", "tile")
    found = [line for line in told.splitlines() if line.startswith(kinds)]
    assert len(found) == len(expected), told
    assert all(map(str.startswith, found, expected)), told
    return told


def test_an_authority_is_configured_with_its_roots(tsa: Tsa, tmp_path: Path) -> None:
    roots = str(tsa.folder / "root.pem")
    values = {"GUICHET_JOURNAL_TSA": "https://tsa.test/tsr", "GUICHET_JOURNAL_TSA_ROOTS": roots}
    assert Environment.read(values).journal_tsa == Authority("https://tsa.test/tsr", tsa.roots, 10)
    assert Environment.read({}).journal_tsa == Authority()
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for wrong in ("", str(empty), str(tmp_path / "none.pem")):
        with pytest.raises(ConfigurationError, match="GUICHET_JOURNAL_TSA_ROOTS"):
            Environment.read(values | {"GUICHET_JOURNAL_TSA_ROOTS": wrong})
