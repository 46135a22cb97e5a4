"""Signers that can be made to die, or to stop, at any border; each is a process of its own.

This program is forked from for every job, so that a job costs no start. It reads one JSON object a
line, which holds jobs that run at the same time or a stopped one to continue, and answers how each
ended. Transactions are real, and so is SIGKILL. What a job imported, later ones find imported.
"""

import fcntl
import gc
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402

from faults import signer_troubles  # noqa: E402
from guichet.authority import crls, intents, operations, queue  # noqa: E402
from guichet.authority import signer as signer_module  # noqa: E402
from guichet.authority.ceremonies import Ceremony, making  # noqa: E402
from guichet.authority.models import Certificate, SigningRequest  # noqa: E402
from guichet.authority.operations import SigningAsked  # noqa: E402
from guichet.authority.signer import Signer  # noqa: E402
from guichet.authority.signing import Rehearsal  # noqa: E402
from guichet.authority.witnesses import witnesses  # noqa: E402
from guichet.conf.databases import database  # noqa: E402
from guichet.domain.catalogue import authorities, profiles  # noqa: E402
from guichet.domain.certificates import naming  # noqa: E402
from guichet.journal import operations as journal  # noqa: E402
from guichet.journal.models import Entry  # noqa: E402
from guichet.journal.verify import verify  # noqa: E402
from guichet.keystore import Keystore, encryption, open_keystore  # noqa: E402
from guichet.x509 import linters  # noqa: E402
from kit import pki, tables  # noqa: E402

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FAMILY = ("ACR-EL-TEST", "ACI-EL-ORG-TEST", "ACI-EL-PP-TEST")  # a root, and two that it signs
PKI_BASE = "http://127.0.0.1:8080"


def state() -> Path:
    """The folder of the job's site."""
    found: Path = settings.GUICHET.state
    return found


def keystore() -> Keystore:
    return open_keystore(f"file:{state() / 'keystore'}", b"a test passphrase")


def prepare(count: int) -> None:
    """A family of authorities whose keys are quick, and sign alike twice; requests that wait."""
    tables.make()
    encryption.COST = encryption.PARALLELIZATION = 2
    ceremony = Ceremony(keystore=keystore(), pki_base=PKI_BASE, at=NOW)
    for code in FAMILY:
        ceremony.keystore.generate(code, "ed25519")
        making.create(ceremony, authorities.spec(code))
    subject = naming.named(pki.subject_for(profiles.profile("ORG/AUTH_CLI"))).subject
    for number in range(count):
        asked = SigningAsked(
            profile="ORG/AUTH_CLI",
            subject=subject,
            sans=(),
            csr_der=pki.csr(pki.fresh_key("p-256")),
            reference=f"test:{number}",
        )
        operations.request_signature(asked=asked, at=NOW + timedelta(milliseconds=number))


def after(module: Any, name: str, end: Callable[[], None]) -> None:
    """`end` as soon as this function has returned: its transaction is committed."""
    real = getattr(module, name)

    def ending(*arguments: Any, **named: Any) -> Any:
        found = real(*arguments, **named)
        end()
        return found

    setattr(module, name, ending)


def before(module: Any, name: str, end: Callable[[], None]) -> None:
    """`end` in place of this function."""
    setattr(module, name, lambda *_, **__: end())


def inside(event: str, end: Callable[[], None]) -> None:
    """`end` within the transaction that tells of an event, once the entry is written."""
    real = journal.record_many

    def ending(changes: Any) -> int:
        seq = real(changes)
        if event in {str(told.event) for told in changes}:
            end()
        return seq

    journal.record_many = ending


def with_work_in_hand(end: Callable[[], None]) -> None:
    """`end` once everything is signed and before anything of it is stored."""

    def ending(signed: Any, **_: Any) -> int:
        (state() / "in-hand.json").write_text(json.dumps([der.hex() for _, der in signed]))
        end()
        return 0

    intents.store = ending


STAGES: dict[str, Callable[[Callable[[], None]], None]] = {
    "leased": lambda end: after(queue, "take", end),
    "planning": lambda end: inside("signing-planned", end),
    "planned": lambda end: after(intents, "prepare", end),
    "rehearsed": lambda end: after(Rehearsal, "require_linted", end),
    "half-signed": lambda end: after(signer_module, "sign_intent", end),
    "signed": with_work_in_hand,
    "storing": lambda end: inside("certificate-issued", end),
    "stored": lambda end: after(intents, "store", end),
    "listing": lambda end: before(crls, "_store", end),
}


def sign(seconds: int, stage: str = "", number: int = signal.SIGKILL) -> int:
    """Work once, so many seconds after NOW, and end at a stage by a signal."""
    at = NOW + timedelta(seconds=seconds)
    if stage:
        STAGES[stage](lambda: os.kill(os.getpid(), int(number)))
    worker = Signer(keystore(), PKI_BASE)
    done = worker.run_once(at)
    crls.issue_due(keystore(), at)
    return done


def killed_by(seconds: int, reference: str) -> int:
    """Work once; to sign this one request kills the process."""
    real = signer_module.sign_intent

    def dying(intent: Any, *rest: Any) -> bytes:
        if intent.row.reference == reference:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(intent, *rest)

    signer_module.sign_intent = dying
    return sign(seconds)


def drain(seconds: int) -> int:
    """Work until nothing is left to do; how many were issued."""
    worker, total = Signer(keystore(), PKI_BASE), 0
    while done := worker.run_once(NOW + timedelta(seconds=seconds)):
        total += done
    return total


def through(kind: str, *how: Any) -> dict[str, int]:
    """Work until nothing is left to do, through a trouble."""
    return signer_troubles.go_through(keystore(), NOW, kind, *how)


def ask_again(reference: str) -> str:
    """Ask for what was asked before; the identifier of the request."""
    row = SigningRequest.objects.get(reference=reference)
    subject = naming.named(pki.subject_for(profiles.profile(row.profile))).subject
    asked = SigningAsked(
        profile=row.profile, subject=subject, sans=(), csr_der=bytes(row.csr), reference=reference
    )
    return str(operations.request_signature(asked=asked, at=NOW))


def wait_for_the_dead() -> None:
    """Until the database has let go of what a killed process held."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            list(SigningRequest.objects.select_for_update())


def report() -> dict[str, Any]:
    """Everything that matters afterwards."""
    faults = verify(None, witnesses()).faults
    told: dict[str, list[str]] = {}
    for subject, event in Entry.objects.order_by("seq").values_list("subject", "event"):
        told.setdefault(subject, []).append(event)
    rows = SigningRequest.objects.order_by("requested_at")
    certificates = Certificate.objects.exclude(request=None).order_by("pk")
    return {
        "requests": {
            row.reference: {
                "state": row.state,
                "serial": row.serial_hex,
                "told": told.get(f"signing:{row.id}", []),
            }
            for row in rows
        },
        "certificates": [
            {
                "reference": row.request.reference,
                "serial": row.serial_hex,
                "der": bytes(row.der).hex(),
            }
            for row in certificates.select_related("request")
            if row.request
        ],
        "faults": [fault.message for fault in faults],
    }


VERBS: dict[str, Callable[..., Any]] = {
    "prepare": prepare,
    "sign": sign,
    "killed-by": killed_by,
    "drain": drain,
    "through": through,
    "ask-again": ask_again,
    "report": report,
}
WITHOUT_DATABASE = {"prepare"}
ANSWER_AT_MOST = 1 << 20
LEARNT = ("guichet.", "django.")


def run(job: dict[str, Any], pipe: int) -> None:
    """One job, in a child: its answer goes into the pipe."""
    settings.GUICHET = replace(settings.GUICHET, state=Path(job["state"]))
    connections.databases["default"].update(database(job["database"]))
    verb, *arguments = job["call"]
    if verb not in WITHOUT_DATABASE:
        wait_for_the_dead()
    known = set(sys.modules)
    answer = VERBS[verb](*arguments)
    imported = [name for name in sys.modules if name not in known and name.startswith(LEARNT)]
    os.write(pipe, json.dumps({"answer": answer, "imported": imported}).encode())


def start(job: dict[str, Any]) -> tuple[int, int]:
    """Fork; the child's process id and the end of the pipe to read."""
    reading, writing = os.pipe()
    with suppress(PermissionError):  # a long answer is read once the child has ended
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, ANSWER_AT_MOST)
    gc.freeze()  # a job that walked all this for garbage would copy it
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        os.close(reading)
        run(job, writing)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def ending(child: int, reading: int) -> dict[str, Any]:
    """How a job ended: exit status, or minus a signal; "stopped" when it may go on."""
    _, status = os.waitpid(child, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return {"child": child, "reading": reading, "end": "stopped", "answer": None}
    parts = []
    while part := os.read(reading, 65_536):
        parts.append(part)
    os.close(reading)
    said = b"".join(parts)
    told = json.loads(said) if said else {"answer": None, "imported": []}
    for name in told["imported"]:
        importlib.import_module(name)
    end = os.waitstatus_to_exitcode(status)
    return {"child": child, "end": end, "answer": told["answer"]}


def serve() -> None:
    """Until the pipe is closed."""
    linters._certificate_linter(), linters._crl_linter()
    for line in sys.stdin:
        asked = json.loads(line)
        if stopped := asked.get("continue"):
            os.kill(stopped["child"], signal.SIGCONT)
            ends = [ending(stopped["child"], stopped["reading"])]
        else:
            ends = [ending(*started) for started in [start(job) for job in asked["jobs"]]]
        sys.stdout.write(json.dumps(ends) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
