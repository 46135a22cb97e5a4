"""An installation that is backed up, goes on, is lost and restored; see signer_process."""

import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from faults import order_process as people
from faults import signer_process as base
from faults.restored_site import (
    CODE,
    at,
    check,
    confirm,
    confirm_again,
    environment,
    publish,
    revoke,
    standing,
    try_to_sign,
)
from faults.signer_process import state
from guichet.authority import crls
from guichet.authority.models import Certificate, Crl
from guichet.domain.orders import request
from guichet.journal.models import Entry
from guichet.orders import operations
from guichet.orders.models import Order, Product
from guichet.processes import setup
from guichet.processes.backup import archive, databases, making, postgresql
from guichet.processes.backup.contents import Choice
from guichet.processes.backup.encryption import read_identities
from guichet.processes.backup.refusals import BackupError
from guichet.processes.backup.verifying import Opening
from guichet.processes.restore import laying, mark, replacing
from guichet.x509.crl import Reason
from kit import commands

# Waits for all that the machine has to write; no power is cut here.
laying.os.sync = lambda: None
# The static files are no matter here, and take long.
setup.call_command = lambda name, **named: (
    call_command(name, **named) if name == "migrate" else None
)


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
