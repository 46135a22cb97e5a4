"""Copies carry the journal's log: grown again from its leaves, shown once its root is signed."""

import hashlib
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from apps.validation.publications import Publication
from guichet.journal import tiles
from guichet.journal.notes import Note, SignerKey, TreeHead
from guichet.journal.tiles import Edge, Tiles
from guichet.validation import files
from guichet.validation.copies import journal_log
from guichet.validation.copies.refusals import PublicationRefusedError

ORIGIN = "guichet.test/journal"


@dataclass
class Log:
    """A published log that grows as the publisher's does, without a journal."""

    folder: Path
    key: SignerKey = field(default_factory=lambda: SignerKey.make(ORIGIN))
    edge: Edge = field(default_factory=Edge)

    def grow(self, count: int) -> None:
        for _ in range(count):
            self.edge.add(hashlib.sha256(str(self.edge.size).encode()).digest(), self.put)
        self.edge.put_partial(self.put)
        self.put("vkey", f"{self.key.verifier}\n".encode())
        self.put("checkpoint", self.signed(TreeHead(ORIGIN, self.edge.size, self.edge.root())))

    def signed(self, head: TreeHead) -> bytes:
        return str(Note(str(head), (self.key.sign(str(head)),))).encode()

    def put(self, name: str, content: bytes) -> None:
        files.replace(self.folder / name, content)


@pytest.fixture
def log(made: Publication) -> Log:
    return Log(made.published / "journal")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy"


def shown(copy: Path) -> int:
    """The size of the log that a copy shows; every leaf is proved by the tiles beside it."""
    folder = copy / "published" / "journal"
    try:
        size = int((folder / "checkpoint").read_text().split("\n")[1])
    except FileNotFoundError:
        return 0
    read = tiles.reader(folder)
    assert Edge.read(read, size).root() == root_of(folder)
    nodes = Tiles(read, size)
    assert all(nodes(0, index) for index in range(size))
    return size


def root_of(folder: Path) -> bytes:
    return TreeHead.parse((folder / "checkpoint").read_text().partition("\n\n")[0] + "\n").root


def test_a_copy_shows_what_the_publisher_does(
    made: Publication, log: Log, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leaf by leaf, past full tiles, by one process or another on either side; to the octet."""
    monkeypatch.setattr(journal_log, "BUNDLES_AT_ONCE", 1)
    total = 0
    for step, count in enumerate((1, 40, 300, 171, 600)):
        log.grow(count)
        total += count
        if step % 2:
            made.restart()
        with made.follower(copy) as follower:
            for _ in range(4):
                made.ship()
                made.outlet.ship(made.at)
                follower.follow()
        assert shown(copy) == total
    bundle = tiles.name(tiles.ENTRIES, 3)
    for name in ("vkey", "checkpoint", bundle, tiles.name(0, 3)):
        ours, theirs = (one / "journal" / name for one in (made.published, copy / "published"))
        assert ours.read_bytes() == theirs.read_bytes()


def forge_leaf(log: Log, place: Path) -> None:
    bundle = place / "journal" / "entries" / f"{0:09}"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")


def lose_bundle(log: Log, place: Path) -> None:
    (place / "journal" / "entries" / f"{0:09}").unlink()


def cut_bundle(log: Log, place: Path) -> None:
    bundle = place / "journal" / "entries" / f"{0:09}"
    bundle.write_bytes(bundle.read_bytes()[:-40])


def go_back(log: Log, place: Path) -> None:
    (place / "journal" / "checkpoint").write_bytes(log.signed(TreeHead(ORIGIN, 3, bytes(32))))


def fork(log: Log, place: Path) -> None:
    (place / "journal" / "checkpoint").write_bytes(log.signed(TreeHead(ORIGIN, 10, bytes(32))))


def sign_otherwise(log: Log, place: Path) -> None:
    other = Log(log.folder).signed(TreeHead(ORIGIN, 20, bytes(32)))
    (place / "journal" / "checkpoint").write_bytes(other)


@pytest.mark.parametrize(
    "harm", [forge_leaf, lose_bundle, cut_bundle, go_back, fork, sign_otherwise]
)
def test_what_is_not_the_log_that_was_signed_is_refused(
    made: Publication, log: Log, copy: Path, tmp_path: Path, harm: object
) -> None:
    """What was shown stays, statuses go on; once it is put right, the copy goes on by itself."""
    log.grow(10)
    made.ship()
    with made.follower(copy) as follower:
        follower.follow()
        log.grow(10)
        made.ship()
        made.outlet.ship(made.at)
        harm(log, tmp_path / "place")  # type: ignore[operator]
        with pytest.raises(PublicationRefusedError, match="journal"):
            follower.follow()
        assert shown(copy) == 10
        (tmp_path / "place" / "head").unlink()
        made.restart()
        made.ship()
        follower.follow()
    assert shown(copy) == 20


@pytest.mark.parametrize("is_same", [True, False])
def test_a_copy_whose_tiles_are_damaged_takes_no_log_that_contradicts_what_it_showed(
    made: Publication,
    log: Log,
    copy: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_same: bool,
) -> None:
    """Grown again over several rounds; its tiles are put in place once it has the root shown."""
    monkeypatch.setattr(journal_log, "BUNDLES_AT_ONCE", 1)
    log.grow(300)
    made.ship()
    made.outlet.ship(made.at)
    with made.follower(copy) as follower:
        follower.follow()
        follower.follow()
    folder = copy / "published" / "journal"
    shown_before = (folder / "checkpoint").read_bytes()
    damaged = folder / tiles.name(0, 1, 44)
    damaged.write_bytes(bytes(44 * 32))
    full = (folder / tiles.name(0, 0)).read_bytes()
    if not is_same:
        shutil.rmtree(log.folder / "tile")
        log.edge = Edge()
        log.edge.add(b"another beginning", log.put)
    log.grow(310 - log.edge.size)
    (tmp_path / "place" / "head").unlink()
    made.restart()
    for _ in range(3):
        made.ship()
        made.outlet.ship(made.at)
    with made.follower(copy) as follower:
        follower.follow()
        assert (folder / tiles.name(0, 0)).read_bytes() == full
        if is_same:
            follower.follow()
            assert shown(copy) == 310
        else:
            with pytest.raises(PublicationRefusedError, match="contradicts the 300 entries"):
                follower.follow()
            assert (folder / "checkpoint").read_bytes() == shown_before
            assert (folder / tiles.name(0, 0)).read_bytes() == full


def test_a_log_that_begins_anew_takes_the_place_of_the_other(
    made: Publication, log: Log, copy: Path
) -> None:
    """Its key is told under the publisher's seal."""
    log.grow(300)
    made.ship()
    made.copied(copy)
    shutil.rmtree(log.folder)
    Log(log.folder).grow(7)
    made.ship()
    made.copied(copy)
    assert shown(copy) == 7
    assert not (copy / "published" / "journal" / "tile" / "0" / "000").exists()
