"""A site after a restoration: what is found, what operators do of it, what others then see."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from faults import signer_process as base
from faults.signer_process import NOW, state
from guichet.authority import crls, recovery
from guichet.authority.models import Certificate, Crl, Recovery, SigningRequest
from guichet.conf.environment import Environment
from guichet.domain.refusals import Refusal
from guichet.journal import checkpoints
from guichet.journal.models import Entry
from guichet.journal.verify import verify
from guichet.orders.models import Product
from guichet.processes import console, witnesses
from guichet.processes.restore import confirming, findings, telling
from guichet.processes.restore.findings import Asked
from guichet.validation import publisher
from guichet.validation.store import StoreWriter
from guichet.x509 import crl
from guichet.x509.certificate import serial_hex

CODE = "ACI-EL-ORG-TEST"


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
    """So many seconds after NOW."""
    return NOW + timedelta(seconds=seconds)


def publish(seconds: int) -> None:
    """As publisher and clerk do."""
    publisher.publish_once(at(seconds))
    checkpoints.write(at(seconds))


def try_to_sign(seconds: int) -> str:
    """How many were signed, or why nothing may be."""
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
    """Confirm what is found: how many certificates, revocations and floors."""
    report = findings.gather(environment(), Asked(folders=tuple(map(Path, folders))))
    done = confirming.confirm(environment(), report, at(seconds))
    return [done.adopted, done.revoked, done.floors]


def revoke(serial: str) -> bool:
    """As an operator does who did not find its holder."""
    return console.revoke_serial(serial, "cessationOfOperation").ok


def confirm_again(seconds: int) -> str:
    """The code of the refusal, if it is refused."""
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
