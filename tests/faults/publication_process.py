"""Publishers that are killed, run out of room or lose their database; see signer_process."""

import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from faults import signer_process as base
from faults.published_state import ISSUED, at, published, readable, signed_since, statuses
from guichet.authority import crls, operations, queries
from guichet.authority.models import Certificate
from guichet.authority.signer import Signer
from guichet.validation import crl_publication, files, responder_keys
from guichet.validation.change_log import ChangeLog
from guichet.validation.copies import seals
from guichet.validation.copies.follower import Follower
from guichet.validation.copies.outlet import Origin, Outlet
from guichet.validation.copies.places import Place
from guichet.validation.publisher import EXPORTED, Publisher
from guichet.validation.store import StoreWriter
from guichet.x509 import crl_headings
from guichet.x509.crl import Reason

base.NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=12)
End = Callable[[], None]


def prepare(count: int) -> None:
    """Certificates, lists and delegates; nothing is published."""
    base.prepare(count)
    worker = Signer(base.keystore(), base.PKI_BASE)
    for _ in range(2):
        responder_keys.maintain(at(0))
        while worker.run_once(at(0)):
            pass
    responder_keys.maintain(at(0))
    crls.issue_due(base.keystore(), at(0))
    (base.state() / "asked").mkdir()
    for row in asked():
        (base.state() / "asked" / f"{row.pk}.cer").write_bytes(row.der)


def asked() -> QuerySet[Certificate]:
    """The certificates that tests revoke."""
    rows = Certificate.objects.filter(authority__code=ISSUED, profile="ORG/AUTH_CLI")
    return rows.order_by("pk")


def revoke(seconds: int, count: int) -> None:
    """The first so many, and the lists that tell it."""
    chosen = asked().values_list("pk", flat=True)[:count]
    operations.revoke_many(
        certificate_ids=chosen, reason=Reason.SUPERSEDED, by="test", at=at(seconds)
    )
    crls.issue_due(base.keystore(), at(seconds))


@contextmanager
def publishing() -> Iterator[tuple[Publisher, Outlet]]:
    publisher = Publisher(published(), base.state() / "responder")
    origin = Origin(published(), lambda: publisher.store)
    outlet = Outlet(Place(f"file://{base.state()}/place"), origin, base.state() / "publication")
    try:
        yield publisher, outlet
    finally:
        publisher.close()


def publish(seconds: int, stage: str = "", nth: int = 1) -> int:
    """Rounds until nothing is left to do, or until the process is killed at a stage."""
    if stage:
        STAGES[stage](lambda: kill_at(nth))
    done = 0
    with publishing() as (publisher, outlet):
        while more := publisher.publish_changes(at(seconds)) + publisher.sign_again(at(seconds)):
            done += more
            outlet.ship(at(seconds))
        outlet.ship(at(seconds))
    return done


passed = 0


def kill_at(nth: int) -> None:
    """The process ends when it passes here for the so manyeth time."""
    global passed  # noqa: PLW0603 a job is a process
    passed += 1
    if passed == nth:
        os.kill(os.getpid(), signal.SIGKILL)


def at_lists(end: End, *, is_after: bool) -> None:
    """At the rename of a list."""
    real = Path.replace

    def ending(path: Path, target: Path) -> Path:
        found = real(path, target) if is_after or target.suffix != ".crl" else path
        if target.suffix == ".crl":
            end()
        return found

    Path.replace = ending  # type: ignore[method-assign,assignment]


def at_notes(end: End, prefix: bytes) -> None:
    real = StoreWriter.say

    def ending(store: StoreWriter, name: bytes, value: bytes) -> None:
        real(store, name, value)
        if name.startswith(prefix):
            end()

    StoreWriter.say = ending  # type: ignore[method-assign]


STAGES: dict[str, Callable[[End], None]] = {
    "putting": lambda end: base.before(ChangeLog, "tell", end),
    "put": lambda end: base.after(StoreWriter, "put", end),
    "marked": lambda end: base.after(operations, "mark_published", end),
    "exported": lambda end: at_notes(end, EXPORTED),
    "list aside": lambda end: at_lists(end, is_after=False),
    "list renamed": lambda end: at_lists(end, is_after=True),
    "list noted": lambda end: at_notes(end, crl_publication.NOTE),
    "object shipped": lambda end: base.after(Place, "put_object", end),
    "head to come": lambda end: base.before(Place, "put_head", end),
    "head shipped": lambda end: base.after(Place, "put_head", end),
    "taking": lambda end: base.after(StoreWriter, "_replace", end),
    "taken": lambda end: base.after(StoreWriter, "take_in", end),
}


def without_database(seconds: int, minutes: int) -> dict[str, int]:
    """Rounds of so many minutes: how often publishing failed, how many answers were signed."""
    failures = signed = 0
    with publishing() as (publisher, outlet):
        for minute in range(minutes):
            now = at(seconds + 60 * minute)
            try:
                publisher.publish_changes(now)
            except Exception:
                failures += 1
            while done := publisher.sign_again(now, 2):
                signed += done
            outlet.ship(now)
    return {"failures": failures, "signed": signed}


def on_a_full_disk(seconds: int, ballast: str, spare: int, recovers: int) -> list[str]:
    """The disk fills under a publisher that has work; what it met. Then, maybe, there is room.

    `ballast`: a file to fill the disk with, but for some octets to spare; without, no file of this
    process can grow.
    """
    faults = []
    with publishing() as (publisher, outlet):
        publisher.sign_again(at(0))
        fill(ballast, spare)
        for step in (publisher.publish_changes, publisher.sign_again, outlet.ship) * 2:
            try:
                step(at(seconds))
            except Exception as error:
                faults.append(type(error).__name__)
        if recovers:
            empty(ballast)
            while publisher.publish_changes(at(seconds)) + publisher.sign_again(at(seconds)):
                pass
            outlet.ship(at(seconds))
    return faults


def fill(ballast: str, spare: int) -> None:
    if not ballast:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        return
    with open(ballast, "wb", buffering=0) as stream:  # noqa: PTH123 written at once
        for size in (1 << 16, 1):
            with suppress(OSError):
                while stream.write(bytes(size)):
                    pass
        stream.truncate(max(0, stream.tell() - spare))


def empty(ballast: str) -> None:
    if ballast:
        Path(ballast).unlink()
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)


def report() -> dict[str, Any]:
    """What is published against the database; what is left aside; what a copy takes."""
    wanted = {
        (row.authority.code, queries.serial_of(row.serial_hex)): bool(row.revoked_at)
        for row in Certificate.objects.select_related("authority")
    }
    folder = published()
    lists = {path.name: path.read_bytes() for path in (folder / "crl").glob("[!.]*.crl")}
    return {
        "waiting": Certificate.objects.filter(to_publish=True).count(),
        "revoked": sum(wanted.values()),
        "exact": statuses(folder) == wanted,
        "lists": {name: crl_headings.read(der).number for name, der in sorted(lists.items())},
        "issued": {f"{one.name}.crl": one.number for one in queries.last_lists()},
        "aside": [p.name for p in base.state().rglob(".*") if files.ASIDE.fullmatch(p.name)],
        "copied": copied() == wanted,
    }


def copied() -> dict[tuple[str, int], bool]:
    copy()
    return statuses(base.state() / "copy")


def copy(stage: str = "", nth: int = 1) -> None:
    """Take all there is, or until the process is killed at a stage."""
    if stage:
        STAGES[stage](lambda: kill_at(nth))
    key = seals.own_key(base.state() / "publication").public_key()
    follower = Follower(Place(f"file://{base.state()}/place"), key, base.state() / "copy")
    follower.follow()
    follower.close()


base.WITHOUT_DATABASE |= {"copy", "readable", "without-database", "signed-since"}
base.VERBS |= {
    "prepare": prepare,
    "revoke": revoke,
    "publish": publish,
    "copy": copy,
    "without-database": without_database,
    "on-a-full-disk": on_a_full_disk,
    "readable": readable,
    "signed-since": signed_since,
    "report": report,
}


if __name__ == "__main__":
    base.serve()
