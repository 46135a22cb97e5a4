"""The log follows the journal, killed anywhere, and proves its entries."""

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from apps.journal.attacks import AT
from guichet.journal import log, merkle, notes, operations, publishing, queries, tiles
from guichet.journal.models import Entry, Head
from guichet.journal.publishing import LogStoppedError, LogWriter, Places
from guichet.journal.tiles import Write

Attacker = Callable[..., None]


class Killed(BaseException):
    """As a signal would end the process: nothing catches it."""


def put(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def places(write: Write = put) -> Places:
    return Places(
        published=log.published(),
        keys=settings.GUICHET.state / "transparency",
        origin="guichet.test/journal",
        write=write,
    )


def tell(count: int) -> None:
    told = [operations.Told("x", f"x:{n}", "x", AT, {"n": n}) for n in range(count)]
    with transaction.atomic():
        operations.record_many(told)


def published() -> notes.TreeHead:
    folder = log.published()
    key = notes.VerifierKey.parse((folder / log.VKEY).read_text())
    return notes.opened((folder / log.CHECKPOINT).read_text(), key)[1]


def test_entries_are_proved_under_what_is_published(entries: None) -> None:
    """By RFC 9162 from the leaf's text alone; salts open what it seals."""
    with pytest.raises(log.NotIntegratedError):
        log.proofs_of([1])
    assert publishing.catch_up(places(), AT) == 6
    assert [entry.event for entry in queries.recent(1)] == ["log-begun"]
    proof = log.proofs_of([5, 2])
    head = published()
    assert (proof.size, base64.b64decode(proof.root)) == (6, head.root)
    key = notes.VerifierKey.parse(proof.vkey)
    assert notes.opened(proof.checkpoint, key)[1] == head
    assert [entry.seq for entry in proof.entries] == [2, 5]
    for entry in proof.entries:
        assert "SOPHIE" not in entry.leaf
        leaf = merkle.leaf_hash(hashlib.sha256(entry.leaf.encode()).digest())
        path = [base64.b64decode(one) for one in entry.path]
        merkle.require_included(leaf, entry.seq - 1, path, size=6, root=head.root)
        opened = bytes.fromhex(entry.actor_salt) + b'"SOPHIE"'
        assert hashlib.sha256(opened).hexdigest() in entry.leaf
    with pytest.raises(log.NotIntegratedError):
        log.proofs_of([6, 7])


def test_the_log_grows_and_rests(entries: None) -> None:
    """One checkpoint a second at most; each continues the one before; the key's file is its own."""
    writer = LogWriter(places())
    assert writer.integrate(AT) == 6
    first = published()
    tell(1)
    assert writer.integrate(AT + timedelta(seconds=0.9)) == 0
    assert published() == first
    assert writer.integrate(AT + timedelta(seconds=1)) == 1
    tell(600)
    assert writer.integrate(AT) == 600, "a clock that went back holds nothing up"
    last = published()
    nodes = log.Tiles(tiles.reader(log.published()), last.size)
    proof = merkle.consistency(nodes, first.size, last.size)
    merkle.require_consistent((first.size, first.root), (last.size, last.root), proof)
    assert not (log.published() / "tile/0/000.p").exists()
    key = settings.GUICHET.state / "transparency" / publishing.KEY
    assert key.stat().st_mode & 0o777 == 0o600
    assert Entry.objects.filter(event="log-begun").count() == 1


def test_killed_anywhere_the_log_is_the_same(
    entries: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each file that it writes; no root is ever signed that another run does not find."""
    monkeypatch.setattr(publishing, "CHUNK", 300)
    publishing.catch_up(places(), AT)
    tell(700)
    signed: set[str] = set()
    for killed_after in range(40):
        left = killed_after

        def dying(path: Path, content: bytes, *, mode: int = 0o644) -> None:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            put(path, content, mode=mode)
            if path.name == log.CHECKPOINT:
                signed.add(content.decode().rpartition("\n\n")[0])

        try:
            publishing.catch_up(places(dying), AT)
        except Killed:
            continue
        break
    else:
        pytest.fail("it never came to its end")
    assert publishing.catch_up(places(), AT) == 706
    assert published().size == 706
    nodes = log.Tiles(tiles.reader(log.published()), 706)
    for text in signed:
        head = notes.TreeHead.parse(f"{text}\n")
        assert merkle.root(nodes, head.size) == head.root
    assert len(log.proofs_of(range(1, 707)).entries) == 706


@pytest.mark.parametrize("lost", ["tile/0", "tile/entries", "checkpoint", "tile", "vkey"])
def test_what_is_lost_of_the_publication_is_made_again(entries: None, lost: str) -> None:
    tell(300)
    writer = LogWriter(places())
    writer.integrate(AT)
    before = published()
    doomed = log.published() / lost
    for path in sorted(doomed.rglob("*"), reverse=True) if doomed.is_dir() else [doomed]:
        path.rmdir() if path.is_dir() else path.unlink()
    # A writer that runs sees at once what readers see first; the rest is seen by the next.
    if lost in {log.CHECKPOINT, log.VKEY}:
        writer.integrate(AT + timedelta(seconds=1))
    else:
        publishing.catch_up(places(), AT)
    assert published() == before
    assert log.proofs_of([1, 306]).size == 306


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE journal_entry SET actor = 'MALLORY' WHERE seq = 8", 8),
        ("UPDATE journal_entry SET previous = digest WHERE seq = 8", 8),
        ("DELETE FROM journal_entry WHERE seq = 8", 8),
        ("DELETE FROM journal_entry WHERE seq >= 6", 6),
        ("UPDATE journal_entry SET digest = previous WHERE seq = 6", 6),
    ],
)
def test_a_journal_that_was_changed_stops_the_log(
    attacker: Attacker, statement: str, seq: int
) -> None:
    """Before it is integrated, and what was integrated last; nothing is signed of it."""
    publishing.catch_up(places(), AT)
    before = published()
    tell(3)
    attacker(statement)
    writer = LogWriter(places())
    for _ in range(2):
        with pytest.raises(LogStoppedError) as stopped:
            writer.integrate(AT)
        assert stopped.value.seq == seq
    assert published() == before


def test_a_tail_cut_clean_stops_the_log(attacker: Attacker) -> None:
    """Also when entries were written in its place."""
    writer = LogWriter(places())
    writer.integrate(AT)
    attacker("DELETE FROM journal_entry WHERE seq > 4")
    Head.objects.update(seq=4, digest=Entry.objects.get(seq=4).digest)
    with pytest.raises(LogStoppedError):
        writer.integrate(AT + timedelta(seconds=2))
    tell(5)
    with pytest.raises(LogStoppedError):
        writer.integrate(AT + timedelta(seconds=2))


def test_a_history_written_anew_is_not_signed_over_the_one_before(attacker: Attacker) -> None:
    """REFUSED. With the publication removed too: the key's folder keeps what was signed."""
    publishing.catch_up(places(), AT)
    attacker("DELETE FROM journal_entry")
    Head.objects.update(seq=0, digest="0" * 64)
    tell(9)
    for file in sorted(log.published().rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    with pytest.raises(LogStoppedError):
        publishing.catch_up(places(), AT)
    assert not (log.published() / log.CHECKPOINT).exists()


def test_a_publication_that_was_changed_proves_nothing(entries: None) -> None:
    publishing.catch_up(places(), AT)
    tile = log.published() / "tile/0/000.p/6"
    content = tile.read_bytes()
    tile.write_bytes(bytes(32) + content[32:])
    with pytest.raises(log.LogDamagedError):
        log.proofs_of([2])
    (log.published() / log.VKEY).write_text(str(notes.SignerKey.make("x").verifier))
    with pytest.raises(log.LogDamagedError):
        log.proofs_of([1])
