"""Witnesses cosign what continues, and nothing else (C2SP tlog-witness)."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from apps.journal.test_log import places, put, tell
from guichet.journal import endorsing, log, merkle, notes, publishing, tiles
from guichet.journal.notes import Note, SignerKey, TreeHead
from guichet.journal.witnessing import SIZE, Submission, Witness

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOG = SignerKey.make("guichet.test/journal")
WITNESS = SignerKey.make("witness.test", notes.COSIGNATURE)
TRUE, FORK = b"leaf", b"another leaf"
Files = dict[str, bytes]


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(WITNESS, [LOG.verifier], tmp_path / "witness", put)


def grown(size: int, first: bytes) -> Files:
    files: Files = {}
    edge = tiles.Edge()
    for number in range(size):
        edge.add(first if number == 0 else b"%d" % number, files.__setitem__)
    edge.put_partial(files.__setitem__)
    return files


def submission(first: bytes, old: int, size: int, key: SignerKey = LOG) -> Submission:
    """As the log whose first leaf is this one sends it."""
    nodes = tiles.Tiles(grown(size, first).get, size)
    text = str(TreeHead(key.name, size, merkle.root(nodes, size)))
    proof = merkle.consistency(nodes, old, size) if old <= size else ()
    return Submission(old, proof, Note(text, (key.sign(text),)))


def test_what_continues_is_cosigned(witness: Witness) -> None:
    for old, size in ((0, 1), (1, 300), (300, 300), (300, 700)):
        asked = submission(TRUE, old, size)
        assert Submission.parse(asked.written()) == asked
        reply = witness.add(asked.written(), AT)
        assert reply.status == 200, reply.text
        note = Note.parse(f"{asked.note.text}\n{reply.text}")
        assert WITNESS.verifier.has_signed(note)
        assert witness.seen(LOG.name).size == size


def test_a_fork_is_refused_and_kept(witness: Witness, tmp_path: Path) -> None:
    """Of the same size, of a larger one, and one that begins where the witness was not."""
    witness.add(submission(TRUE, 0, 300).written(), AT)
    assert witness.add(submission(FORK, 300, 700).written(), AT).status == 422
    same = witness.add(submission(FORK, 300, 300).written(), AT)
    assert (same.status, same.text, same.content_type) == (409, "300\n", SIZE)
    for old, size in ((0, 700), (0, 200), (299, 300)):
        assert witness.add(submission(FORK, old, size).written(), AT).text == "300\n"
    assert witness.seen(LOG.name).size == 300
    kept = sorted((tmp_path / "witness").glob("fork-*"))
    assert [LOG.verifier.has_signed(Note.parse(file.read_text())) for file in kept] == [True, True]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"old 0\n\nno note\n", 400),
        (b"old x\n\n" + str(submission(TRUE, 0, 1).note).encode(), 400),
        (b"old 0\n!!\n\n" + str(submission(TRUE, 0, 1).note).encode(), 400),
        (submission(TRUE, 2, 1).written(), 400),
        (submission(TRUE, 0, 1, SignerKey.make("other.test")).written(), 404),
        (submission(TRUE, 0, 1, SignerKey.make(LOG.name)).written(), 403),
        (b"old 0\nAAAA\n\n" + str(submission(TRUE, 0, 1).note).encode(), 422),
    ],
)
def test_what_a_witness_refuses(witness: Witness, content: bytes, status: int) -> None:
    assert witness.add(content, AT).status == status
    assert witness.seen(LOG.name).size == 0


def test_the_log_is_published_with_the_cosignatures_of_those_who_answer(
    entries: None, tmp_path: Path
) -> None:
    """One that is away is left alone for a while; one that saw more than it said is asked again."""
    publishing.catch_up(places(), AT)
    key = notes.VerifierKey.parse((log.published() / log.VKEY).read_text())
    witness = Witness(WITNESS, [key], tmp_path / "witness", put)
    asked: list[str] = []

    def post(url: str, body: bytes) -> tuple[int, str, str]:
        asked.append(url)
        if url == "https://away":
            raise OSError("away")
        reply = witness.add(body, AT)
        return reply.status, reply.content_type, reply.text

    def endorser() -> endorsing.Endorser:
        known = endorsing.witnesses(
            f"{WITNESS.verifier} https://w, {WITNESS.verifier} https://away"
        )
        return endorsing.Endorser(known, tiles.reader(log.published()), post, lambda: 1.0)

    one = endorser()
    for count in (1, 300):
        tell(count)
        publishing.LogWriter(places(), one).integrate(AT)
        note, head = notes.opened((log.published() / log.CHECKPOINT).read_text(), key)
        assert WITNESS.verifier.has_signed(note)
        assert witness.seen(key.name) == head
    assert asked == ["https://w", "https://away", "https://w"]
    tell(1)
    publishing.LogWriter(places(), endorser()).integrate(AT)
    assert asked[3:] == ["https://w", "https://w", "https://away"]
    assert log.proofs_of([1]).checkpoint.count("witness.test") == 1


@pytest.mark.parametrize(
    "answer",
    [
        (500, "text/plain", "no"),
        (200, "text/plain", ""),
        (200, "text/plain", f"{SignerKey.make('witness.test').sign('x')}\n"),
        (409, SIZE, "99999\n"),
        (409, SIZE, "x\n"),
    ],
)
def test_a_witness_that_lies_adds_nothing(
    entries: None, answer: tuple[int, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    publishing.catch_up(places(), AT)
    tell(1)
    known = endorsing.witnesses(f"{WITNESS.verifier} https://w")
    post: Callable[[str, bytes], tuple[int, str, str]] = lambda _url, _body: answer  # noqa: E731
    endorse = endorsing.Endorser(known, tiles.reader(log.published()), post)
    publishing.LogWriter(places(), endorse).integrate(AT)
    assert "witness.test" in caplog.text
    assert log.proofs_of([7]).checkpoint.count("— ") == 1


@pytest.mark.parametrize("text", ["x", "x https://w", f"{WITNESS.verifier}", "a b c"])
def test_what_configures_no_witness(text: str) -> None:
    with pytest.raises(notes.NoteError):
        endorsing.witnesses(text)
