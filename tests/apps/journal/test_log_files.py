"""C2SP's forms: signed notes, checkpoints, cosignatures, tiles and entry bundles."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.journal import merkle, notes, tiles
from guichet.journal.notes import Note, NoteError, SignerKey, TreeHead, VerifierKey

# The example of golang.org/x/mod/sumdb/note, whose format C2SP signed-note is.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb"
    "6KE6RyyBwJnAM=\n"
)
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOG = SignerKey.make("guichet.test/journal")
HEAD = TreeHead("guichet.test/journal", 20852163, bytes(range(32)))


def test_the_example_of_signed_notes() -> None:
    key, note = VerifierKey.parse(VKEY), Note.parse(NOTE)
    assert (str(key), str(note)) == (VKEY, NOTE)
    assert key.has_signed(note)
    signer = SignerKey.parse(SKEY)
    assert signer.written() == f"{SKEY}\n"
    assert str(signer.verifier) == VKEY
    assert note.signatures == (signer.sign(note.text),)
    assert not key.has_signed(Note(note.text.replace("your", "our"), note.signatures))


def test_a_checkpoint_is_read_as_it_was_signed() -> None:
    text = str(HEAD)
    assert text == f"guichet.test/journal\n20852163\n{base64.b64encode(HEAD.root).decode()}\n"
    signed = Note(text, (LOG.sign(text),))
    assert notes.opened(str(signed), LOG.verifier) == (signed, HEAD)
    further = Note(f"{text}extension\n", (LOG.sign(f"{text}extension\n"),))
    assert notes.opened(str(further), LOG.verifier) == (further, HEAD)


@pytest.mark.parametrize(
    "key",
    [SignerKey.make("guichet.test/journal"), SignerKey.make("other.test/journal")],
    ids=["another key", "another log"],
)
def test_a_checkpoint_of_another_is_refused(key: SignerKey) -> None:
    with pytest.raises(NoteError):
        notes.opened(str(Note(str(HEAD), (key.sign(str(HEAD)),))), LOG.verifier)


def test_a_witness_signs_what_it_saw_and_when() -> None:
    witness = SignerKey.make("witness.test", notes.COSIGNATURE)
    note = Note(str(HEAD), (LOG.sign(str(HEAD)),)).bearing([witness.cosign(str(HEAD), AT)])
    assert Note.parse(str(note)) == note
    assert witness.verifier.has_signed(note)
    assert note.bearing(note.signatures) == note
    (value,) = (one.value for one in note.signatures if one.name == "witness.test")
    assert int.from_bytes(value[:8]) == AT.timestamp()
    later = notes.Signature("witness.test", witness.verifier.id, bytes(8) + value[8:])
    assert not witness.verifier.has_signed(Note(str(HEAD), (later,)))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n— name !!!!\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— name AAAAAAAA",
        "text\n\n- name AAAAAAAA\n",
    ],
)
def test_what_is_no_note(content: str) -> None:
    with pytest.raises(NoteError):
        Note.parse(content)


@pytest.mark.parametrize("text", ["", "a\n1\n", "a\n01\nAAAA\n", "\n1\nAAAA\n", "a\n1\nAAAA\n"])
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(NoteError):
        TreeHead.parse(text)


@pytest.mark.parametrize("text", ["", "a+b+c", VKEY.replace("c74f", "c74e"), "PRIVATE+KEY+a"])
def test_what_is_no_key(text: str) -> None:
    for kind in (VerifierKey, SignerKey):
        with pytest.raises(NoteError):
            kind.parse(text)


@pytest.mark.parametrize(
    ("index", "width", "expected"),
    [
        (0, 256, "tile/0/000"),
        (5, 17, "tile/0/005.p/17"),
        (999, 256, "tile/0/999"),
        (1000, 256, "tile/0/x001/000"),
        (1234067, 1, "tile/0/x001/x234/067.p/1"),
    ],
)
def test_names_of_tiles(index: int, width: int, expected: str) -> None:
    assert tiles.name(0, index, width) == expected


SIZES = (65_536 + 300, 65_536, 65_535, 257 * 20, 257)


def data(number: int) -> bytes:
    return number.to_bytes(32)


def test_a_tree_in_files_is_the_tree() -> None:
    """Three levels: any earlier size is read from what is there now, its edge and its root."""
    files: dict[str, bytes] = {}
    edge = tiles.Edge()
    roots: dict[int, bytes] = {}
    for number in range(65_536 + 300):
        edge.add(data(number), files.__setitem__)
        roots[edge.size] = edge.root() if edge.size in SIZES else b""
    edge.put_partial(files.__setitem__)
    assert "tile/2/000.p/1" in files
    assert list(tiles.unbundled(files["tile/entries/000"])) == [data(n) for n in range(256)]
    for size in SIZES:
        again = tiles.Edge.read(files.get, size)
        nodes = tiles.Tiles(files.get, size)
        assert again.root() == merkle.root(nodes, size) == roots[size]
        assert again.last == data(size - 1)
        path = merkle.inclusion(nodes, size // 3, size)
        leaf = merkle.leaf_hash(data(size // 3))
        merkle.require_included(leaf, size // 3, path, size=size, root=roots[size])
    written: dict[str, bytes] = {}
    again = tiles.Edge.read(files.get, 257 * 20)
    for number in range(257 * 20, 65_536 + 300):
        again.add(data(number), written.__setitem__)
    again.put_partial(written.__setitem__)
    assert again.root() == edge.root()
    assert all(files[name] == content for name, content in written.items())


def read_all(nodes: merkle.Node, size: int) -> None:
    for index in range(0, size, 100):
        merkle.inclusion(nodes, index, size)
    merkle.root(nodes, size)


@settings(max_examples=30)
@given(size=st.integers(1, 600), spoilt=st.data())
def test_a_lost_or_cut_tile_is_told(size: int, spoilt: st.DataObject) -> None:
    files: dict[str, bytes] = {}
    edge = tiles.Edge()
    for number in range(size):
        edge.add(data(number), files.__setitem__)
    edge.put_partial(files.__setitem__)
    levels = sorted(name for name in files if not name.startswith("tile/entries"))
    wanted = spoilt.draw(st.sampled_from(levels))
    files[wanted] = files[wanted][:-1]
    with pytest.raises(tiles.TileError):
        read_all(tiles.Tiles(files.get, size), size)


def test_a_bundle_cut_short() -> None:
    for cut in (1, 5, 33):
        with pytest.raises(tiles.TileError):
            list(tiles.unbundled(tiles.bundle([data(1), data(2)])[:-cut]))
