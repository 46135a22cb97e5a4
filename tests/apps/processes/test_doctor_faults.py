"""`guichet doctor` finds each fault where it is, says why it matters and what mends it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from apps.processes.house import HOUR, NOW, House, a_list, built, certificate, key_of
from guichet.authority import custody
from guichet.authority.custody import Bond
from guichet.conf import dressing
from guichet.domain.certificates.authority_states import AuthorityState
from guichet.journal.events import Event
from guichet.notifications.operator import Operator
from guichet.processes.doctor import Grade, folders, programs, resources
from kit.stack import free_port

DATABASES_FAULT = "database's own"
DATABASES_OWN = {"sqlite": "sqlite-log", "postgresql": "grants"}


@pytest.fixture
def house(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> House:
    return built(tmp_path, settings, monkeypatch)


def not_installed(house: House) -> None:
    house.wear("République")
    house.patch.setattr(dressing, "find_spec", lambda _name: None)


def not_collected(house: House) -> None:
    house.wear("République")
    house.write("static/staticfiles.json", "{}")


def older_openssl(house: House) -> None:
    old = SimpleNamespace(openssl_version_text=lambda: "OpenSSL 1.1.1w")
    house.patch.setattr(programs, "backend", old)


def older_python(house: House) -> None:
    house.patch.setattr(programs, "sys", SimpleNamespace(version_info=(3, 10, 4)))


def older_sqlite(house: House) -> None:
    house.set(database_url="sqlite:///x")
    house.patch.setattr(programs, "sqlite3", SimpleNamespace(sqlite_version_info=(3, 34, 1)))


def full_disk(house: House) -> None:
    house.patch.setattr(folders, "FREE_AT_LEAST", 2**60)


def open_state(house: House) -> None:
    house.state.chmod(0o777)


def open_secret(house: House) -> None:
    (house.state / "secrets" / "django").chmod(0o644)


def closed_sockets(house: House) -> None:
    house.write("sockets/x", "").parent.chmod(0o700)
    house.set(unix_sockets=house.state / "sockets")


def open_sockets(house: House) -> None:
    house.write("sockets/x", "").parent.chmod(0o755)
    house.set(unix_sockets=house.state / "sockets")


def no_fonts(house: House) -> None:
    house.patch.setattr(resources, "FONTS", house.state)


def no_catalogue(house: House) -> None:
    house.write("app/locale/en/LC_MESSAGES/django.po", "")
    house.patch.setattr(resources, "PACKAGE", house.state)


def one_migration_less(_house: House) -> None:
    MigrationRecorder.Migration.objects.filter(app="notifications").latest("id").delete()


def a_later_migration(_house: House) -> None:
    MigrationRecorder.Migration.objects.create(app="orders", name="9999_later")


def databases_own(_house: House) -> None:
    """In memory, SQLite has no log; of PostgreSQL a right is taken back."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("REVOKE SELECT ON orders_order FROM guichet_front")


def free_running_clock(house: House) -> None:
    tool = house.write("bin/timedatectl", "#!/bin/sh\necho no\n", 0o755)
    house.patch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")


def other_key(house: House) -> None:
    private = PrivateFormat.PKCS8, NoEncryption()
    house.write("tls/server.key", key_of("other").private_bytes(Encoding.PEM, *private))


def hierarchy_of_test(house: House) -> None:
    bond = Bond("ACI-EL-ORG-TEST", "l", AuthorityState.ACTIVE, b"", None)  # type: ignore[arg-type]
    house.patch.setattr(custody, "bonds", lambda: (bond,))
    house.set(environment="production")


FAULTS: dict[str, tuple[Callable[[House], object], str, str]] = {
    "nobody of the State": (
        House.wear,
        "theme",
        "no body of the State",
    ),
    "the State's demo": (
        lambda h: h.wear("République", demo=True),
        "theme",
        "A demo wears",
    ),
    "the State's files": (not_installed, "theme", "not installed"),
    "the State's sheet": (not_collected, "theme", "not among the static files"),
    "python": (older_python, "python", "3.10.4"),
    "openssl": (older_openssl, "openssl", "1.1.1w"),
    "sqlite": (older_sqlite, "sqlite", "3.34.1"),
    "fonts": (no_fonts, "fonts", "No font"),
    "catalogues": (no_catalogue, "catalogues", "app"),
    "static files": (
        lambda h: (h.state / "static/staticfiles.json").unlink(),
        "static-files",
        "not collected",
    ),
    "state folder": (open_state, "state-folder", "Anybody may write"),
    "disk full": (full_disk, "disk-space", "MiB free"),
    "secret": (open_secret, "secrets", "secrets/django"),
    "sockets closed": (closed_sockets, "sockets", "may not enter"),
    "sockets open": (open_sockets, "sockets", "Other users may enter"),
    "migration missing": (one_migration_less, "migrations", "missing: notifications.0"),
    "later migration": (a_later_migration, "migrations", "orders.9999_later"),
    DATABASES_FAULT: (databases_own, "", ""),
    "clock free": (free_running_clock, "clock-synchronised", "not synchronised"),
    "clock set back": (
        lambda h: h.tell(Event.BACKUP_MADE, NOW + HOUR),
        "clock-journal",
        "ahead of now",
    ),
    "no key": (lambda h: (h.state / "keystore/CA.pem").unlink(), "keystore", "No key"),
    "no passphrase": (
        lambda h: (h.state / "secrets/keystore").unlink(),
        "passphrase",
        "No passphrase",
    ),
    "signer": (lambda h: h.beat("signer", HOUR), "signer", "silent since"),
    "publisher": (lambda h: h.beat("publisher", HOUR), "publisher", "silent since"),
    "clerk": (
        lambda h: (h.state / "run/clerk.heartbeat").unlink(),
        "clerk",
        "silent from the beginning",
    ),
    "tls over": (
        lambda h: h.write("tls/server.pem", certificate(ends=-HOUR)),
        "tls-certificate",
        "over since",
    ),
    "tls ending": (
        lambda h: h.write("tls/server.pem", certificate(ends=HOUR)),
        "tls-certificate",
        "ends on",
    ),
    "tls of another": (
        lambda h: h.write("tls/server.pem", certificate("autre.fr")),
        "tls-certificate",
        "does not name localhost",
    ),
    "tls key": (other_key, "tls-certificate", "is not its key"),
    "published closed": (
        lambda h: (h.state / "published/crl").chmod(0o700),
        "published-folder",
        "cannot read",
    ),
    "list over": (
        lambda h: h.write("published/crl/AC.crl", a_list(-HOUR)),
        "lists",
        "over: AC.crl",
    ),
    "stale": (
        lambda h: h.write("published/crl/AC.crl", a_list(-2 * HOUR)),
        "freshness",
        "stale: crl/AC.crl",
    ),
    "smtp": (
        lambda h: h.set(email_url=f"smtp://127.0.0.1:{free_port()}"),
        "smtp",
        "takes no e-mail",
    ),
    "outbox": (lambda h: h.wait(2 * HOUR), "outbox", "1 e-mails wait, the oldest"),
    "operator's name": (
        lambda h: h.sign(name=Operator().name),
        "operator-name",
        "with the example's name: Guichet, service de certificats",
    ),
    "operator's address": (
        lambda h: h.sign(email=Operator().email),
        "operator-name",
        "with the example's email: certificats@guichet.test",
    ),
    "operator": (
        lambda h: h.sign(name=Operator().name, email=Operator().email),
        "operator-name",
        "with the example's name and email: Guichet, service de certificats, certificats@guichet",
    ),
    "operators": (lambda h: h.set(operator_emails=()), "operators", "Nobody is told"),
    "checkpoints behind": (
        lambda h: h.write("journal/checkpoints.jsonl", ""),
        "checkpoints",
        "stop at entry 0",
    ),
    "journal cut": (
        lambda h: h.write(
            "journal/checkpoints.jsonl",
            json.dumps({"seq": 9, "digest": "d", "at": NOW.isoformat()}),
        ),
        "checkpoints",
        "behind its checkpoint 9",
    ),
    "backup key": (lambda h: h.set(backup_recipients=()), "backup-key", "nobody"),
    "registers": (lambda h: h.environment.registers.unlink(), "registers", "no file"),
    "demo": (
        lambda h: h.set(demo=True, environment="production"),
        "production",
        "GUICHET_DEMO=1",
    ),
    "test hierarchy": (hierarchy_of_test, "production", "ACI-EL-ORG-TEST"),
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=pytest.mark.both_databases if n == DATABASES_FAULT else ())
        for n in FAULTS
    ],
)
def test_each_fault_is_found(house: House, name: str) -> None:
    """What was broken for real is told, with why and by what it is mended."""
    do, check, words = FAULTS[name]
    do(house)
    found = house.found()[check or DATABASES_OWN[connection.vendor]]
    assert found.grade is not Grade.WELL
    assert words in found.found
    assert found.why
    assert found.mend
