"""How a copy, and the shipping to copies, stand: told in a file, by rounds that never end."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guichet.conf.environment import Environment
from guichet.conf.readers import ConfigurationError
from guichet.processes import copying, outlet
from guichet.processes.copying import Copying, run
from guichet.processes.outlet import Shipping
from guichet.validation.copies import seals, standing
from guichet.validation.copies.outlet import Origin, Outlet
from guichet.validation.copies.places import HEAD, Place
from guichet.validation.store import StoreWriter

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoreWriter]:
    with StoreWriter(tmp_path / "published") as opened:
        yield opened


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "place"


@pytest.fixture
def copying_rounds(tmp_path: Path, store: StoreWriter, place: Path) -> Iterator[Copying]:
    """A copy of a publication that was shipped once."""
    origin = Origin(tmp_path / "published", lambda: store)
    Outlet(Place(f"file://{place}"), origin, tmp_path / "keys").ship(NOW)
    key = seals.own_key(tmp_path / "keys").public_key()
    found = Copying(Place(f"file://{place}"), key, tmp_path / "copy")
    yield found
    found._close()


def test_a_copy_tells_how_it_stands(
    copying_rounds: Copying, place: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Followed, refused once it is seen twice, followed again; the log has each change once."""

    def stands() -> tuple[str, str]:
        found = standing.read(tmp_path / "copy" / standing.COPY)
        assert found
        return found.refused, found.trouble

    assert copying_rounds.make_a_round() == copying.POLL_SECONDS
    assert stands() == ("", "")
    head = (place / HEAD).read_bytes()
    (place / HEAD).write_bytes(head[:-1])
    assert copying_rounds.make_a_round() == copying.TROUBLE_SECONDS
    assert stands() == ("", "")
    for _ in range(2):
        assert copying_rounds.make_a_round() == copying.REFUSED_SECONDS
        assert "does not verify" in stands()[0]
    (place / HEAD).unlink()
    (place / HEAD).mkdir()
    assert copying_rounds.make_a_round() == copying.TROUBLE_SECONDS
    assert "directory" in stands()[1]
    (place / HEAD).rmdir()
    (place / HEAD).write_bytes(head)
    assert copying_rounds.make_a_round() == copying.POLL_SECONDS
    assert stands() == ("", "")
    assert len(caplog.records) == 3
    assert "taken again" in caplog.text


def test_shipping_tells_how_it_stands(
    tmp_path: Path, store: StoreWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place is away, and comes: meanwhile nothing else is held up."""
    monkeypatch.setattr(outlet, "AFTER_TROUBLE_SECONDS", 0.01)
    told: list[standing.Standing] = []
    changed = threading.Condition()

    def write(said: standing.Standing, _: Path) -> None:
        with changed:
            told.append(said)
            changed.notify()

    monkeypatch.setattr(standing.Standing, "write", write)
    (tmp_path / "place").write_bytes(b"a file where the folder should be")
    stop = threading.Event()
    origin = Origin(tmp_path / "published", lambda: store)
    shipping = Shipping(f"file://{tmp_path}/place", origin, tmp_path / "keys", stop)
    shipping.start()
    try:
        with changed:
            assert changed.wait_for(lambda: told, 10)
            (tmp_path / "place").unlink()
            assert changed.wait_for(lambda: len(told) > 1, 10)
    finally:
        stop.set()
        shipping.join()
    assert told[0].trouble
    assert (told[1].trouble, told[1].sequence > 0) == ("", True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "GUICHET_PUBLICATION: "),
        ({"GUICHET_PUBLICATION": "file:///x"}, "GUICHET_PUBLICATION_KEY"),
        ({"GUICHET_PUBLICATION": "file:///x", "GUICHET_PUBLICATION_KEY": "AAAA"}, "_KEY"),
    ],
)
def test_settings_of_a_copy(given: dict[str, str], words: str, tmp_path: Path) -> None:
    """REFUSED at the start, saying what to set."""
    environment = Environment.read({"GUICHET_STATE": str(tmp_path), **given})
    with pytest.raises(ConfigurationError, match=words):
        run(environment, threading.Event())
