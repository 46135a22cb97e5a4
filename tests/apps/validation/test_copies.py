"""Copies of one publication: they hold what it holds, and believe nothing but its key."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from apps.validation.harm import flip, head_of, named, objects
from apps.validation.publications import SECOND, Publication, held_by, responder
from apps.validation.responders import CODE, Service, request_for, status_of
from guichet.validation import change_log, files
from guichet.validation.copies import outlet, seals, shipping, snapshots, standing
from guichet.validation.copies.places import HEAD, OBJECTS, Place
from guichet.validation.copies.refusals import PlaceError, PublicationRefusedError
from guichet.validation.copies.standing import COPY, Standing
from guichet.x509.ocsp import Revoked
from kit.pki import NOW, Leaf, Pki

REVOKED = Revoked(NOW, None)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "place"


@pytest.fixture
def leaves(pki: Pki) -> list[Leaf]:
    return [pki.leaf() for _ in range(9)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches and parts of one or two records, pages of two batches, logs of two pages."""
    monkeypatch.setattr(outlet, "BATCH_AT_MOST", 1)
    monkeypatch.setattr(outlet, "PAGES_AT_MOST", 2)
    monkeypatch.setattr(shipping, "PAGE", 2)
    monkeypatch.setattr(snapshots, "PART_AT_MOST", 300)


@pytest.mark.parametrize("address", ["file://{}/place", "memory://place{}"])
def test_two_copies_of_one_publication(
    made: Publication, tmp_path: Path, leaves: list[Leaf], pki: Pki, address: str
) -> None:
    """A folder or object storage: both answer by the publisher's signatures, and have no key."""
    made = publication_at(made, address.format(tmp_path))
    made.tell(*leaves)
    copies = tmp_path / "one", tmp_path / "two"
    for number, revoked in enumerate(leaves[:2], start=2):
        made.tell(revoked, status=REVOKED)
        list_ = pki.crl(CODE, number=number)
        files.replace(made.published / "crl" / f"{CODE}.crl", list_)
        assert made.ship()
        for copy in copies:
            made.copied(copy)
            assert made.holds_all(copy)
            answering = responder(copy)
            answers = [answering.answer("POST", "/ocsp", request_for(leaf), NOW) for leaf in leaves]
            assert [status_of(one) for one in answers].count("REVOKED") == number - 1
            unknown = answering.answer("POST", "/ocsp", request_for(pki.leaf()), NOW)
            assert status_of(unknown) == "UNAUTHORIZED"
            assert answering.answer("GET", f"/crl/{CODE}.crl", b"", NOW).body == list_
    MemoryFileSystem.store.clear()


def publication_at(made: Publication, address: str) -> Publication:
    made.address = address
    made.place = type(made.place)(address)
    made.restart()
    return made


def test_nothing_new(made: Publication, tmp_path: Path) -> None:
    """No head comes but once a minute, by which copies know that the publisher is there."""
    copy = tmp_path / "copy"
    with made.follower(copy) as follower:
        assert follower.follow() is None, "nothing is shipped yet"
    assert made.ship()
    assert not made.ship()
    made.at += outlet.HEARTBEAT
    with made.follower(copy) as follower:
        before = follower.follow()
        assert made.ship()
        after = follower.follow()
    assert before
    assert after
    assert after.at - before.at >= outlet.HEARTBEAT
    assert (after.batches, after.files) == (before.batches, before.files)


@pytest.mark.usefixtures("small")
def test_a_log_that_grows(made: Publication, tmp_path: Path, leaves: list[Leaf]) -> None:
    """One copy follows step by step, one starts late at each step: pages, then another snapshot."""
    copy, snapshots_seen, pages_seen = tmp_path / "copy", set(), set()
    for number, leaf in enumerate([*leaves, *leaves]):
        made.tell(leaf, status=REVOKED if number % 3 else None)
        made.ship()
        head = head_of(made)
        snapshots_seen.add(head.snapshot)
        pages_seen.add(len(head.pages))
        for each in (copy, tmp_path / f"late-{number}"):
            made.copied(each)
            assert made.holds_all(each)
    assert len(snapshots_seen) > 2
    assert pages_seen >= {0, 1, 2}


@pytest.mark.usefixtures("small")
def test_a_copy_that_lagged(
    made: Publication, tmp_path: Path, leaves: list[Leaf], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the log of the place, then the outlet beyond the log of the store: all again."""
    copy = tmp_path / "copy"
    made.ship()
    made.copied(copy)
    for leaf in [*leaves, *leaves]:
        made.tell(leaf)
        made.ship()
    assert head_of(made).snapshot.number > 1
    made.copied(copy)
    assert made.holds_all(copy)
    monkeypatch.setattr(change_log, "KEPT", 2)
    lineage = head_of(made).lineage
    for leaf in leaves:
        made.tell(leaf, status=REVOKED)
    made.ship()
    assert head_of(made).lineage != lineage
    made.copied(copy)
    assert made.holds_all(copy)


@pytest.mark.usefixtures("small")
def test_a_copy_cut_at_every_object(made: Publication, tmp_path: Path, leaves: list[Leaf]) -> None:
    """The place fails at the first object, then at the second…: each time it is taken up."""

    class Cut(Place):
        left = 0

        def object(self, sha256: str, size: int) -> bytes:
            self.left -= 1
            if self.left < 0:
                raise PlaceError("gone")
            return super().object(sha256, size)

    made.tell(*leaves)
    made.ship()
    made.tell(*leaves[:5], status=REVOKED)
    made.ship()
    copy, cuts = tmp_path / "copy", 0
    while True:
        cut = Cut(made.address)
        cut.left = 4  # a list of files, of delegates, of parts, and one part: it always goes on
        with made.follower(copy, cut) as follower:
            try:
                follower.follow()
                break
            except PlaceError:
                cuts += 1
    assert cuts > 3
    assert made.holds_all(copy)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("after", [False, True])
def test_shipping_cut_at_every_write(
    made: Publication, tmp_path: Path, leaves: list[Leaf], *, after: bool
) -> None:
    """Before or after it was done: what copies see is whole, and at last nothing is missing."""
    made.ship()
    copy, made.place.fails_after = tmp_path / "copy", after
    for number, leaf in enumerate([*leaves, *leaves]):
        made.tell(leaf, status=REVOKED if number % 2 else None)
        made.place.calls, made.place.fails_at = 0, number % 4
        with suppress(PlaceError):
            made.ship()
        made.copied(copy)
        if number % 3 == 0:
            made.restart()
        if number % 5 == 0:
            made.place.fails_at = -1
            made.ship()
            made.copied(copy)
            assert made.holds_all(copy)
    assert made.place.failures > len(leaves)
    made.place.fails_at = -1
    made.ship()
    made.copied(copy)
    assert made.holds_all(copy)


def test_sweeping(made: Publication, tmp_path: Path, leaves: list[Leaf], place: Path) -> None:
    """What no head names goes, at the second sweep; a copy that starts then lacks nothing."""
    made.ship()
    (place / OBJECTS / ".left-by-a-writer").write_bytes(b"cut")
    for number, leaf in enumerate(leaves):
        made.tell(leaf)
        files.replace(made.published / "ac" / "chain.p7c", b"%d" % number)
        made.ship()
    before = len(objects(place))
    made.outlet.sweep()
    assert len(objects(place)) == before
    made.outlet.sweep()
    assert len(objects(place)) < before
    assert not (place / OBJECTS / ".left-by-a-writer").exists()
    made.copied(tmp_path / "copy")
    assert made.holds_all(tmp_path / "copy")


def test_a_place_that_was_lost(
    made: Publication, tmp_path: Path, leaves: list[Leaf], place: Path
) -> None:
    """All of it, its head, or an object: shipped again, and numbers still rise."""
    copy = tmp_path / "copy"
    made.at += 999 * SECOND
    made.ship()
    made.copied(copy)
    made.at -= 999 * SECOND  # and the clock went back meanwhile
    harms: list[tuple[Callable[[], object], Callable[[], object]]] = [
        (lambda: place.rename(tmp_path / "lost"), made.restart),
        (lambda: flip(place / HEAD), made.restart),
        (lambda: named(made, head_of(made).delegates).unlink(), made.restart),
        (lambda: named(made, head_of(made).snapshot.ref).unlink(), made.outlet_sweeps),
        (lambda: flip(named(made, head_of(made).files)), made.outlet_sweeps),
    ]
    for harm, notice in harms:
        harm()
        notice()
        made.tell(leaves.pop(), status=REVOKED)
        made.ship()
        made.copied(copy)
        assert made.holds_all(copy)


def test_a_store_that_was_lost(made: Publication, tmp_path: Path, leaves: list[Leaf]) -> None:
    """And made again from an old copy of the database: a copy takes no revocation back."""
    copy = tmp_path / "copy"
    made.tell(*leaves, status=REVOKED)
    made.ship()
    made.copied(copy)
    made.lose_store()
    made.tell(*leaves[1:], status=REVOKED)
    made.tell(leaves[0])
    made.ship()
    made.copied(copy)
    kept = held_by(copy / "published")
    assert all(isinstance(kept[CODE, leaf.serial][0], Revoked) for leaf in leaves)


def test_two_publishers_at_one_place(made: Publication, tmp_path: Path) -> None:
    """REFUSED by the second: it would take away what the first ships."""
    made.ship()
    other = seals.own_key(tmp_path / "other")
    made.place.put_head(seals.seal(head_of(made).body(), other))
    made.restart()
    with pytest.raises(PublicationRefusedError, match="another publisher"):
        made.outlet.ship(made.at)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Standing(1, NOW), None),
        (Standing(1, NOW, trouble="no route"), None),
        (Standing(1, NOW, refused="the signature does not verify"), "does not verify"),
        (Standing(1, NOW - standing.LATE - SECOND, trouble="no route"), "no route"),
        (Standing(0, None), "since the start"),
    ],
)
def test_readiness_of_a_copy(service: Service, said: Standing, words: str | None) -> None:
    """What it refuses at once; a place that does not answer after an hour: answers go on."""
    said.write(service.published / COPY)
    answer = service.get("/readyz")
    assert answer.status == (503 if words else 200)
    assert (words or "ok") in answer.body.decode()
    assert service.get("/copy.json").status == 404
