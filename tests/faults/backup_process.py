"""An installation that is backed up, goes on, is lost and restored; see signer_process."""

import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from faults import order_process as people
from faults import signer_process as base
from faults.signer_process import NOW, state
from guichet.authority import crls, recovery
from guichet.authority.models import Certificate, Crl, Recovery, SigningRequest
from guichet.conf.environment import Environment
from guichet.domain.orders import request
from guichet.domain.refusals import Refusal
from guichet.journal import checkpoints
from guichet.journal.models import Entry
from guichet.journal.verify import verify
from guichet.orders import operations
from guichet.orders.models import Order, Product
from guichet.processes import console, setup, witnesses
from guichet.processes.backup import archive, databases, making, postgresql
from guichet.processes.backup.contents import Choice
from guichet.processes.backup.encryption import read_identities
from guichet.processes.backup.refusals import BackupError
from guichet.processes.backup.verifying import Opening
from guichet.processes.restore import confirming, findings, laying, mark, replacing, telling
from guichet.processes.restore.findings import Asked
from guichet.validation import publisher
from guichet.validation.store import StoreWriter
from guichet.x509 import crl
from guichet.x509.certificate import serial_hex
from guichet.x509.crl import Reason
from kit import commands

CODE = "ACI-EL-ORG-TEST"
# Waits for all that the machine has to write; no power is cut here.
laying.os.sync = lambda: None
# The static files are no matter here, and take long.
setup.call_command = lambda name, **named: (
    call_command(name, **named) if name == "migrate" else None
)


def environment() -> Environment:
    """That of the site whose job this is."""
    found: Environment = settings.GUICHET
    is_file = connection.vendor == "sqlite"
    url = f"sqlite:///{connection.settings_dict['NAME']}" if is_file else "postgresql://"
    return replace(
        found,
        database_url=url,
        keystore=f"file:{state() / 'keystore'}",
        secret_file=state() / "secrets" / "django",
    )


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def prepare() -> None:
    """Two products withdrawn, lists and statuses published, files of every kind."""
    people.prepare(2)
    files = {"secrets/django": "d", "secrets/keystore": "a test passphrase", "attachments/ab/1": ""}
    for name, content in files.items():
        path = state() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content or "an attached file" * 5000)
    (state() / "attachments").chmod(0o750)
    (state() / "attachments" / "ab" / "1").chmod(0o640)
    databases.sqlite3.connect(state() / "registers.sqlite").execute("CREATE TABLE t (x)")
    publish(0)


def publish(seconds: int) -> None:
    """As publisher and clerk do."""
    publisher.publish_once(at(seconds))
    checkpoints.write(at(seconds))


def back_up(name: str, recipient: str, seconds: int, stage: str = "") -> dict[str, Any]:
    """Make a backup, or die at a stage of it."""
    stages: dict[str, Callable[[], None]] = {
        "copied": lambda: base.after(databases, "copy", die),
        "encrypting": lambda: setattr(archive, "_padding", lambda _size: die()),
        "naming": lambda: setattr(making.os, "link", lambda *_: die()),
    }
    if stage:
        stages[stage]()
    asked = making.Asked(to=state() / name, recipients=[recipient], choice=Choice(), keep=2)
    made = making.make(environment(), asked, at(seconds))
    return {
        "path": str(made.path),
        "names": [one.name for one in made.manifest.files],
        "left_out": sorted(made.manifest.left_out),
        "tables": dict(made.manifest.database.tables),
        "seq": made.manifest.database.seq,
        "removed": [path.name for path in made.removed],
    }


def die() -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def back_up_while_writing(recipient: str) -> dict[str, Any]:
    """The writer goes on between the beginning and the end of the copy, again and again."""
    wait_for_more()
    databases.PAGES = 200
    real = postgresql.run

    def running(name: str, arguments: Any) -> bytes:
        wait_for_more()
        return real(name, arguments)

    postgresql.run = running
    asked = making.Asked(to=state() / "while", recipients=[recipient])

    def progress(step: str, done: int, total: int) -> None:
        if step == "Copying the database" and done < total:
            wait_for_more()

    try:
        made = making.make(environment(), asked, at(10), progress)
    finally:
        (state() / "stop").touch()
    return {"path": str(made.path), "seq": made.manifest.database.seq}


def wait_for_more() -> None:
    """Until the writer has written once more."""
    counter = state() / "run" / "written"
    before = counter.read_text() if counter.exists() else ""
    while not counter.exists() or counter.read_text() == before:
        time.sleep(0.005)


def write_until_told() -> int:
    """Ask and sign, one at a time, until told to stop; how many."""
    (state() / "run").mkdir(exist_ok=True)
    count = 0
    while not (state() / "stop").exists():
        count += 1
        ask(f"writer:{count}", 20)
        base.drain(20)
        aside = state() / "run" / "written.new"
        aside.write_text(str(count))
        aside.replace(state() / "run" / "written")
    return count


def ask(reference: str, seconds: int) -> None:
    """One request of a certificate that no order asked for."""
    named = base.naming.named(base.pki.subject_for(base.profiles.profile("ORG/AUTH_CLI")))
    asked = base.SigningAsked(
        profile="ORG/AUTH_CLI",
        subject=named.subject,
        sans=(),
        csr_der=base.pki.csr(base.pki.fresh_key("p-256")),
        reference=reference,
    )
    base.operations.request_signature(asked=asked, at=at(seconds))


def go_on(seconds: int) -> dict[str, Any]:
    """After the backup: an order withdrawn, a product revoked, lists issued, all published."""
    asked = request.parse(
        offer="ORG",
        usage="AUTH_CLI",
        structure_id=people.STRUCTURE,
        service="Service plus tard",
        actor_email="sophie@hopital.test",
    )
    people._place(asked)
    base.drain(seconds)
    operations.collect_issued(at(seconds))
    number = Order.objects.latest("number").number
    people._withdraw(number, at(seconds))
    revoked = Product.objects.order_by("pk")[0]
    operations.revoke_certificate(
        certificate_id=revoked.certificate_id or 0,
        reason=Reason.KEY_COMPROMISE,
        by="test",
        at=at(seconds),
    )
    crls.issue_due(base.keystore(), at(seconds))
    publish(seconds)
    last = Crl.objects.filter(authority__code=CODE, kind="full").latest("number")
    return {
        "issued": Product.objects.latest("pk").serial_hex,
        "planned": Certificate.objects.get(request__reference="planned:1").serial_hex,
        "revoked": revoked.serial_hex,
        "number": last.number,
        "seq": Entry.objects.latest("seq").seq,
    }


def put_in_place(path: str, identity: str, seconds: int, stage: str = "") -> dict[str, Any]:
    """Restore, or die at a stage of it; somebody says that what is there may be replaced."""
    stages: dict[str, Callable[[], None]] = {
        "verified": lambda: base.before(mark, "leave", die),
        "aside": lambda: base.after(laying, "_set_aside", die),
        "sent": die_before_the_commit,
        "replaced": lambda: base.after(replacing, "replace", die),
    }
    if stage:
        stages[stage]()
    questions: list[str] = []
    opening = Opening(identities=read_identities(Path(identity)))

    def confirm(question: str) -> bool:
        questions.append(question)
        return True

    laid = laying.restore(environment(), Path(path), opening, at(seconds), confirm)
    return {"asked": len(questions), "aside": str(laid.aside or "")}


def die_before_the_commit() -> None:
    """With all of the database sent to a server, or the hold half written in a file."""
    if connection.vendor != "postgresql":
        base.before(replacing.Hold, "statements", die)
        return
    real, said = replacing._say, []

    def saying(stream: Any, statements: Any) -> None:
        said.append(statements)
        real(stream, statements) if len(said) == 1 else die()

    replacing._say = saying


def refused(path: str, identity: str, seconds: int) -> str:
    """Restore over a state that somebody does not want to lose."""
    opening = Opening(identities=read_identities(Path(identity)))
    try:
        laying.restore(environment(), Path(path), opening, at(seconds), lambda _: False)
    except BackupError as error:
        return str(error)
    return ""


def wipe() -> None:
    """The machine is lost: nothing is left but an empty database."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connections.close_all()
    shutil.rmtree(state())
    state().mkdir()


def try_to_sign(seconds: int) -> str:
    try:
        return str(base.sign(seconds))
    except recovery.HeldError as held:
        return str(held)


def check(*folders: str) -> dict[str, Any]:
    """What is found, as an operator reads it and as it is kept."""
    report = findings.gather(environment(), Asked(folders=tuple(map(Path, folders))))
    losses = report.losses

    def serials(statuses: Any) -> list[str]:
        return [serial_hex(one.serial) for one in statuses]

    return {
        "certificates": serials(losses.certificates),
        "planned": serials(losses.planned),
        "revocations": serials(losses.revocations),
        "numbers": {f"{one.published.authority}": one.published.number for one in report.behind},
        "lost": report.lost_entries,
        "unread": report.unread,
        "another": report.another_history,
        "text": "\n".join(telling.lines(report)),
    }


def confirm(seconds: int, *folders: str) -> list[int]:
    report = findings.gather(environment(), Asked(folders=tuple(map(Path, folders))))
    done = confirming.confirm(environment(), report, at(seconds))
    return [done.adopted, done.revoked, done.floors]


def revoke(serial: str) -> bool:
    """As an operator does who did not find its holder."""
    return console.revoke_serial(serial, "cessationOfOperation").ok


def confirm_again(seconds: int) -> str:
    try:
        recovery.confirm(findings={}, by="test", at=at(seconds))
    except Refusal as refusal:
        return refusal.code.value
    return ""


def standing(seconds: int) -> dict[str, Any]:
    """After all: publish, then what relying parties and auditors see."""
    crls.issue_due(base.keystore(), at(seconds))
    publish(seconds)
    last = Crl.objects.filter(authority__code=CODE, kind="full").latest("number")
    listed = crl.read((state() / "published" / "crl" / f"{CODE}.crl").read_bytes())
    with StoreWriter(state() / "published") as store:
        page = store.log.page(b"", at_most=1 << 24)
    faults = verify(checkpoints.read(), witnesses.witnesses()).faults
    return {
        "number": last.number,
        "listed": [serial_hex(serial) for serial in listed.entries],
        "dates": sorted({str(entry.revoked_at) for entry in listed.entries.values()}),
        "statuses": len(page),
        "serials": list(Certificate.objects.values_list("serial_hex", flat=True)),
        "requests": dict(SigningRequest.objects.values_list("reference", "serial_hex")),
        "products": dict(
            Product.objects.filter(revoked_at__isnull=False).values_list("serial_hex", "number")
        ),
        "recoveries": list(Recovery.objects.order_by("pk").values_list("state", flat=True)),
        "events": list(Entry.objects.order_by("-seq").values_list("event", flat=True)[:200]),
        "faults": [fault.message for fault in faults],
        "files": sorted(
            path.relative_to(state()).as_posix()
            for path in state().rglob("*")
            if path.is_file() and "/." not in f"/{path.relative_to(state())}"
        ),
    }


def command(text: str, known: str, typed: str, recipient: str) -> str:
    """What a block of docs/ says here; see kit.commands. `known` is written in JSON."""
    settings.GUICHET = replace(environment(), backup_recipients=(recipient,))
    return "".join(commands.guichet(text, json.loads(known), typed))


base.VERBS |= {
    "prepare": prepare,
    "ask": ask,
    "back-up": back_up,
    "command": command,
    "command-before-the-database": command,
    "back-up-while-writing": back_up_while_writing,
    "write-until-told": write_until_told,
    "go-on": go_on,
    "put-in-place": put_in_place,
    "refused": refused,
    "wipe": wipe,
    "try-to-sign": try_to_sign,
    "check": check,
    "confirm": confirm,
    "confirm-again": confirm_again,
    "publish": publish,
    "revoke": revoke,
    "standing": standing,
    "report": base.report,
}
base.WITHOUT_DATABASE |= {"put-in-place", "command-before-the-database"}

if __name__ == "__main__":
    base.serve()
