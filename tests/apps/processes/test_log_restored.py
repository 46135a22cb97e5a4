"""A restored journal goes on with its log where nothing published is lost, and nowhere else."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from guichet.authority.models import Recovery
from guichet.journal import log, notes, operations, publishing, queries
from guichet.journal.events import Event
from guichet.journal.notes import TreeHead
from guichet.processes import transparency
from guichet.processes.backup import contents
from guichet.processes.backup.contents import Choice, Places
from guichet.processes.restore import log_standing
from guichet.processes.restore.log_standing import LogStanding, Verdict
from guichet.validation.copies.places import Place
from kit.documents import DOCS

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def state(tmp_path: Path, settings: Any) -> Path:
    """A counter whose log was published up to its journal's end, at 301 entries."""
    settings.GUICHET = replace(
        settings.GUICHET, state=tmp_path, pki_url="http://pki.test/ac", publication=""
    )
    tell(300)
    assert transparency.catch_up(AT) == 301
    return tmp_path


def tell(count: int) -> None:
    told = [operations.Told("x", f"x:{n}", "x", AT, {"n": n}) for n in range(count)]
    with transaction.atomic():
        operations.record_many(told)


def standing(seq: int = 301, *folders: Path) -> LogStanding:
    return log_standing.of(django_settings.GUICHET, folders, seq)


def test_the_backup_holds_the_key_of_the_log(state: Path) -> None:
    """Encrypted with the rest; what is kept of the other folders is made again."""
    places = Places.of(django_settings.GUICHET)
    names = {member.name for member in contents.members(places, Choice())}
    assert {"state/transparency/log.key", "state/transparency/checkpoint"} <= names
    assert not [name for name in names if name.startswith("state/published")]


@pytest.mark.parametrize(
    ("page", "words"),
    [("reference", {"oui": True, "non": False}), ("en/reference", {"yes": True, "no": False})],
)
def test_the_page_says_what_is_backed_up(page: str, words: dict[str, bool], state: Path) -> None:
    """File by file; of a folder, all that is in it."""
    for name in ("transparency/stopped.json", "journal/checkpoints.jsonl"):
        (state / name).parent.mkdir(exist_ok=True)
        (state / name).touch()
    text = (DOCS / page / "journal.md").read_text()
    rows = re.findall(r"^\| `(\S+/\S*)` \|.*\| (\w+) \|$", text, re.M)
    places = Places.of(django_settings.GUICHET)
    kept = {places.of_member(member.name) for member in contents.members(places, Choice())}
    kept.add(places.of_member(contents.CHECKPOINTS))  # copied apart
    assert len(rows) == 5
    for name, told in rows:
        files = [path for path in (state / name, *(state / name).rglob("*")) if path.is_file()]
        assert files, name
        assert {path in kept for path in files} == {words[told]}, name


def test_it_goes_on_under_its_key_once_it_is_confirmed(state: Path) -> None:
    """Held, it rests; then what was published before is a beginning of what is after."""
    key = (log.published() / "vkey").read_text()
    held = Recovery.objects.create(
        backup="x.age", backup_at=AT, restored_at=AT, journal_seq=301, journal_digest="0" * 64
    )
    tell(40)
    assert transparency.catch_up(AT) == 0
    found = standing()
    assert found == LogStanding(Verdict.CONTINUES, 301)
    log_standing.settle(django_settings.GUICHET, found, AT)
    held.delete()
    assert transparency.catch_up(AT + timedelta(seconds=2)) == 341
    assert (log.published() / "vkey").read_text() == key
    assert [e.event for e in queries.recent(400)].count(Event.LOG_BEGUN.value) == 1


def shorter(state: Path) -> LogStanding:
    return standing(300)


def lost_elsewhere(state: Path) -> LogStanding:
    """A folder kept elsewhere shows more than the one in place."""
    elsewhere = state / "elsewhere"
    shutil.copytree(state / "published", elsewhere)
    sign(elsewhere / "journal", 400, bytes(32))
    return standing(301, elsewhere)


def lost_at_the_place(state: Path) -> LogStanding:
    """What was shipped to copies shows more."""
    address = f"file://{state / 'place'}"
    sign(state / "published" / "journal", 400, bytes(32))
    Place(address).put_log("checkpoint", (log.published() / "checkpoint").read_bytes())
    sign(state / "published" / "journal", 1, bytes(32))
    django_settings.GUICHET = replace(django_settings.GUICHET, publication=address)
    return standing()


def other(state: Path) -> LogStanding:
    sign(log.published(), 200, bytes(32))
    return standing()


def unseen(state: Path) -> LogStanding:
    """An old copy of what was published does not say what was published since."""
    (state / "published").rename(state / "elsewhere")
    return standing(301, state / "elsewhere")


def unseen_but_shipped(state: Path) -> LogStanding:
    """What was shipped may lag behind what was published where nobody looks any more."""
    address = f"file://{state / 'place'}"
    Place(address).put_log("checkpoint", (log.published() / "checkpoint").read_bytes())
    (state / "published").rename(state / "elsewhere")
    django_settings.GUICHET = replace(django_settings.GUICHET, publication=address)
    return standing()


def keyless(state: Path) -> LogStanding:
    (state / "transparency" / "log.key").unlink()
    return standing()


def sign(folder: Path, size: int, root: bytes) -> None:
    key = notes.SignerKey.parse((transparency.places().keys / publishing.KEY).read_text())
    head = str(TreeHead(key.name, size, root))
    (folder / "checkpoint").write_text(str(notes.Note(head, (key.sign(head),))))


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (shorter, Verdict.LOST),
        (lost_elsewhere, Verdict.LOST),
        (lost_at_the_place, Verdict.LOST),
        (other, Verdict.OTHER),
        (unseen, Verdict.UNSEEN),
        (unseen_but_shipped, Verdict.UNSEEN),
        (keyless, Verdict.KEYLESS),
    ],
)
def test_otherwise_it_begins_anew_under_another_key(
    state: Path, seen: Callable[[Path], LogStanding], verdict: Verdict
) -> None:
    """The former key is kept aside; whoever follows the log sees that it is another."""
    former = notes.VerifierKey.parse((log.published() / "vkey").read_text())
    found = seen(state)
    assert found.verdict is verdict
    for _again in range(2):
        log_standing.settle(django_settings.GUICHET, found, AT)
    assert not (state / "transparency" / "log.key").exists()
    transparency.catch_up(AT + timedelta(seconds=2))
    new = notes.VerifierKey.parse((log.published() / "vkey").read_text())
    assert new != former
    assert queries.recent(1)[0].event == Event.LOG_BEGUN.value
