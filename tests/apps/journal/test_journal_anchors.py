"""What the chain alone cannot tell: a tail cut clean, found by what stands outside the journal."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from apps.journal.attacks import AT, cut_checkpoints, cut_tail
from guichet.journal import checkpoints, operations
from guichet.journal.events import Event
from guichet.journal.models import Entry
from guichet.journal.verify import FaultKind, verify
from guichet.journal.witnesses import BATCH, Witness, untold

Attacker = Callable[..., None]
SQLITE = connection.vendor == "sqlite"
SEALS = "sealed_actor, sealed_content, actor_salt, content_salt"
REST = (
    f"event, subject, 'MALLORY', at, facts, previous, digest, {SEALS} "
    "FROM journal_entry WHERE seq = 3"
)
COLUMNS = f"seq, event, subject, actor, at, facts, previous, digest, {SEALS}"
SAME = "INSERT INTO journal_entry SELECT * FROM journal_entry WHERE seq = 3"
REPLACING = (
    (
        f"REPLACE INTO journal_entry ({COLUMNS}) SELECT seq, {REST}",
        f"INSERT OR REPLACE INTO journal_entry (rowid, {COLUMNS}) SELECT rowid, 99, {REST}",
        "UPDATE OR REPLACE journal_entry SET seq = 3 WHERE seq = 4",
    )
    if SQLITE
    else (
        f"{SAME} ON CONFLICT (seq) DO UPDATE SET actor = 'MALLORY'",
        "TRUNCATE journal_entry",
    )
)


def kinds(*witnesses: Witness) -> list[FaultKind]:
    return [fault.kind for fault in verify(checkpoints.read(), witnesses).faults]


def placed(number: int) -> Witness:
    return Witness(Event.ORDER_PLACED, f"order:{number}", ("number", number))


@pytest.mark.both_databases
@pytest.mark.parametrize("statement", REPLACING)
def test_the_database_refuses_to_replace_an_entry(entries: None, statement: str) -> None:
    """REFUSED. SQLite's REPLACE fires no DELETE trigger (sqlite.org/lang_conflict.html)."""
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify().ok
    assert verify().entries == 5


def test_recording_goes_on_beside_that_trigger(entries: None) -> None:
    """ACCEPTED. A new number is in nobody's way."""
    assert operations.record("x", subject="x:1", actor="x", at=AT) == 6


@pytest.mark.django_db(transaction=True)
def test_a_database_made_before_is_brought_up_to_date() -> None:
    """The migration may find its triggers there or not."""
    for target in ("0001_initial", "0004_sealed", "0002_append_only", "0004_sealed"):
        MigrationExecutor(connection).migrate([("journal", target)])
    with transaction.atomic():
        assert operations.record("x", subject="x:1", actor="x", at=AT) == 1
    with pytest.raises(DatabaseError, match="append-only"):
        Entry.objects.update(actor="MALLORY")


def test_a_whole_journal_with_its_checkpoints_and_witnesses(entries: None) -> None:
    checkpoints.write(AT)
    assert kinds(*map(placed, range(5))) == []


def test_nothing_at_all_is_whole(db: None) -> None:
    """Before the first entry there is nothing to anchor."""
    assert checkpoints.write(AT) is None
    assert kinds() == []


def test_entries_without_checkpoints_are_not_believed(entries: None) -> None:
    assert kinds() == [FaultKind.NO_CHECKPOINT]


def test_a_cut_tail_whose_checkpoints_were_deleted(attacker: Attacker) -> None:
    """The reviewer of a journal sees that nothing stands outside the database."""
    checkpoints.write(AT)
    checkpoints.path().unlink()
    cut_tail(attacker, 3)
    assert kinds() == [FaultKind.NO_CHECKPOINT]


def test_a_cut_tail_whose_checkpoint_lines_were_cut_too(attacker: Attacker) -> None:
    """Other tables still hold what the entries told."""
    checkpoints.write(AT)
    operations.record("order-placed", subject="order:9", actor="x", at=AT, facts={"number": 9})
    checkpoints.write(AT)
    cut_checkpoints(6)
    cut_tail(attacker, 6)
    assert kinds() == []
    assert kinds(placed(4), placed(9)) == [FaultKind.UNTOLD]
    (fault,) = verify(checkpoints.read(), [placed(9)]).faults
    assert fault.message == "no entry tells: order-placed of order:9 (number 9)"


def test_everything_was_deleted(attacker: Attacker) -> None:
    """Entries, head and checkpoints: what was told of is still there."""
    checkpoints.write(AT)
    checkpoints.path().unlink()
    attacker("DELETE FROM journal_entry")
    attacker("DELETE FROM journal_head")
    assert kinds(placed(1)) == [FaultKind.NO_CHECKPOINT, FaultKind.UNTOLD]


def test_checkpoints_begun_anew_are_found(attacker: Attacker) -> None:
    """A clerk that runs makes the file again at once: the journal tells when the first began."""
    checkpoints.write(AT)
    operations.record("x", subject="x:1", actor="x", at=AT)
    checkpoints.write(AT)
    checkpoints.path().unlink()
    attacker("DELETE FROM journal_entry WHERE seq > 7")
    again = checkpoints.write(AT)
    assert again is not None
    assert again.seq == 7
    (fault,) = verify(checkpoints.read()).faults
    assert (fault.seq, fault.kind) == (6, FaultKind.NO_CHECKPOINT)
    assert Entry.objects.filter(event=Event.CHECKPOINTS_BEGUN).count() == 1


@pytest.mark.parametrize(
    "witness",
    [
        Witness(Event.ORDER_PLACED, "order:77"),
        Witness(Event.ORDER_CANCELLED, "order:3"),
        Witness(Event.ORDER_PLACED, "order:3", ("number", 4)),
        Witness(Event.ORDER_PLACED, "order:3", ("absent", 3)),
    ],
)
def test_a_witness_is_of_one_event_one_subject_and_one_fact(
    entries: None, witness: Witness
) -> None:
    assert list(untold([witness, Witness(Event.ORDER_PLACED, "order:3")])) == [witness]


def test_witnesses_are_read_in_batches(entries: None) -> None:
    """The last one of many is looked at as the first."""
    many = [placed(number % 5) for number in range(2 * BATCH)]
    assert list(untold([*many, placed(99)])) == [placed(99)]


def test_an_edited_fact_of_any_shape_is_read(attacker: Attacker) -> None:
    """Nobody who edits an entry can make the verification stop."""
    attacker("UPDATE journal_entry SET facts = %s WHERE seq = 4", '{"number": [3]}')
    assert list(untold([placed(3)])) == [placed(3)]
