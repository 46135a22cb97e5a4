"""What a copy does not take: objects damaged, forged or of another publication, places, keys."""

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.validation.harm import flip, newest_batch, renamed, sealed_by_another, with_files
from apps.validation.publications import Publication, held_by
from apps.validation.responders import CODE
from guichet.validation import files
from guichet.validation.copies import seals
from guichet.validation.copies.places import HEAD, Place
from guichet.validation.copies.refusals import PlaceError, PublicationRefusedError
from kit.pki import Leaf, Pki


@pytest.fixture
def leaves(pki: Pki) -> list[Leaf]:
    return [pki.leaf() for _ in range(9)]


HARM: dict[str, tuple[Callable[[Publication], object], str]] = {
    "a batch changed": (lambda made: flip(newest_batch(made)), "not what its publisher signed"),
    "a batch cut": (
        lambda made: newest_batch(made).write_bytes(newest_batch(made).read_bytes()[:-1]),
        "not what its publisher signed",
    ),
    "a batch missing": (lambda made: newest_batch(made).unlink(), "is missing"),
    "a batch left out": (
        lambda made: renamed(made, batches=[[99, "0" * 64, 1]]),
        "a batch is missing before 99",
    ),
    "a head changed": (
        lambda made: flip(Path(made.address.removeprefix("file://")) / HEAD),
        "does not verify",
    ),
    "a head of another key": (sealed_by_another, "signed by another key"),
    "no head": (lambda made: made.place.put_head(b"\0" * 100), "does not verify"),
    "another shape": (lambda made: renamed(made, sequence=[]), "cannot be read"),
    "a number that goes back": (lambda made: renamed(made, sequence=7), "went back"),
    "a name that leads out": (lambda made: with_files(made, "ac/../../x.cer"), "no name of"),
    "a file of ours": (lambda made: with_files(made, "validation.lmdb"), "no name of"),
    "a list that is none": (
        lambda made: with_files(made, f"crl/{CODE}-1-delta.crl"),
        "does not verify",
    ),
    "a list of nobody": (lambda made: with_files(made, "crl/NOBODY.crl"), "of no authority"),
}


@pytest.mark.parametrize("harm", HARM)
def test_what_is_refused(made: Publication, tmp_path: Path, leaves: list[Leaf], harm: str) -> None:
    """REFUSED, and told: the copy keeps what it holds, and goes on once the publisher ships."""
    made.ship()
    copy = tmp_path / "copy"
    made.copied(copy)
    before = held_by(copy / "published")
    made.tell(leaves[0])
    made.ship()
    act, words = HARM[harm]
    act(made)
    with made.follower(copy) as follower:
        for _ in range(2):
            with pytest.raises(PublicationRefusedError, match=words):
                follower.follow()
    kept = held_by(copy / "published")
    assert before.items() <= kept.items()
    assert not (tmp_path / "x.cer").exists()
    if made.place.head() != b"" and "batch" in harm:
        assert kept == before
    made.place = type(made.place)(f"{made.address}-mended")
    made.address += "-mended"
    made.restart()
    made.ship()
    made.copied(copy)
    assert made.holds_all(copy)


def test_lists_that_go_back_or_are_forged(made: Publication, tmp_path: Path, pki: Pki) -> None:
    """REFUSED alone: statuses are taken all the same, and the list held stays."""
    copy = tmp_path / "copy"
    path = made.published / "crl" / f"{CODE}.crl"
    files.replace(path, pki.crl(CODE, number=5))
    made.ship()
    made.copied(copy)
    held = (copy / "published" / "crl" / path.name).read_bytes()
    for wrong, words in (
        (pki.crl(CODE, number=4), "would go back from 5 to 4"),
        (pki.crl("ACR-EL-TEST", number=9), "does not verify"),
    ):
        leaf = pki.leaf()
        made.tell(leaf)
        files.replace(path, wrong)
        made.ship()
        with made.follower(copy) as follower, pytest.raises(PublicationRefusedError, match=words):
            follower.follow()
        assert (CODE, leaf.serial) in held_by(copy / "published")
        assert (copy / "published" / "crl" / path.name).read_bytes() == held


def test_two_publications_of_one_number(
    made: Publication, tmp_path: Path, leaves: list[Leaf]
) -> None:
    """REFUSED by copies: a state folder was copied, and both publish."""
    made.ship()
    copy = tmp_path / "copy"
    made.copied(copy)
    renamed(made, lineage="another")
    with made.follower(copy) as follower, pytest.raises(PublicationRefusedError, match="two"):
        follower.follow()


def test_keys(tmp_path: Path) -> None:
    """Made once, for its user alone; handed on as 44 characters or a file of them."""
    key = seals.own_key(tmp_path / "publication")
    (path,) = (tmp_path / "publication").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert seals.own_key(tmp_path / "publication").private_bytes_raw() == key.private_bytes_raw()
    text = seals.written(key.public_key())
    assert len(text) == 44
    (tmp_path / "key").write_text(text + "\n")
    for given in (text, str(tmp_path / "key")):
        assert seals.read(given) == key.public_key()
    for wrong in ("", "AAAA", str(tmp_path / "absent"), str(path)):
        with pytest.raises(ValueError, match="key"):
            seals.read(wrong)


@pytest.mark.parametrize("address", ["s3://bucket/publication", "nowhere://x"])
def test_places_that_nothing_here_can_open(address: str) -> None:
    """Told at the start: the operator has to install what opens it."""
    with pytest.raises(PlaceError, match=address):
        Place(address)


def test_an_empty_object_is_not_read(tmp_path: Path) -> None:
    """Before the first delegate: object storage would answer that there is no such part."""
    assert Place(f"file://{tmp_path}").object(hashlib.sha256().hexdigest(), 0) == b""
