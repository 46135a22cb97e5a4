"""What somebody does who owns the database, or the state folder."""

from collections.abc import Callable
from datetime import UTC, datetime

from guichet.journal import checkpoints
from guichet.journal.models import Entry, Head

AT = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
Attack = Callable[..., None]


def cut_tail(attacker: Attack, last: int) -> None:
    """Delete what follows an entry, and make the head name it."""
    attacker("DELETE FROM journal_entry WHERE seq > %s", last)
    kept = Entry.objects.get(seq=last)
    Head.objects.update(seq=last, digest=kept.digest)


def cut_checkpoints(last: int) -> None:
    """Keep the lines up to an entry alone."""
    lines = [point.line() for point in checkpoints.read() if point.seq <= last]
    checkpoints.path().write_text("".join(f"{line}\n" for line in lines))
