"""`guichet doctor` finds each fault where it is, says why it matters and what mends it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from typer.testing import CliRunner

from guichet.authority import custody
from guichet.authority.custody import Bond
from guichet.cli import app
from guichet.conf import dressing
from guichet.conf.dressing import DSFR, Dressing
from guichet.conf.environment import Environment
from guichet.directories.register import Register
from guichet.directories.runs import ImportRun, RunState
from guichet.directories.schema import COMPANIES
from guichet.domain.certificates.authority_states import AuthorityState
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications.models import OutboxMail
from guichet.notifications.operator import Operator
from guichet.processes import doctor
from guichet.processes.doctor import Grade, folders, programs, resources
from guichet.web.themes.files import SHEET
from kit import loopback
from kit.stack import free_port

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
OPERATOR = Operator(name="GIP Exemple", email="certificats@exemple.fr")
DATABASES_FAULT = "database's own"
DATABASES_OWN = {"sqlite": "sqlite-log", "postgresql": "grants"}


@cache
def key_of(_name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def certificate(host: str = "localhost", ends: timedelta = YEAR, issuer: str = "AC") -> bytes:
    made = x509.CertificateBuilder().subject_name(named(host)).issuer_name(named(issuer))
    made = made.public_key(key_of("server").public_key()).serial_number(1)
    made = made.not_valid_before(NOW - 2 * YEAR).not_valid_after(NOW + ends)
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    return made.sign(key_of("ca"), hashes.SHA256()).public_bytes(Encoding.PEM)


def a_list(ends: timedelta) -> bytes:
    made = x509.CertificateRevocationListBuilder().issuer_name(named("AC"))
    made = made.last_update(NOW - YEAR).next_update(NOW + ends)
    made = made.add_extension(x509.CRLNumber(1), critical=False)
    return made.sign(key_of("ca"), hashes.SHA256()).public_bytes(Encoding.DER)


@dataclass
class House:
    """An installation where all is well, to be broken."""

    environment: Environment
    patch: pytest.MonkeyPatch
    settings: Any

    @property
    def state(self) -> Path:
        return self.environment.state

    def set(self, **values: Any) -> None:
        self.environment = replace(self.environment, **values)

    def sign(self, **values: str) -> None:
        self.settings.GUICHET_OPERATOR = replace(OPERATOR, **values)

    def wear(self, *lines: str, **values: Any) -> None:
        self.set(dressing=Dressing(DSFR, lines), **values)
        self.write("static/staticfiles.json", json.dumps({"paths": {SHEET: SHEET}}))

    def write(self, name: str, content: bytes | str, mode: int = 0o640) -> Path:
        path = self.state / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        return path

    def beat(self, name: str, ago: timedelta = timedelta(0)) -> None:
        self.write(f"run/{name}.heartbeat", f"{(NOW - ago).timestamp():.0f}\n")

    def tell(self, event: Event, at: datetime) -> None:
        with transaction.atomic():
            journal.record(event, subject="backup:1", actor="test", at=at)

    def wait(self, ago: timedelta) -> None:
        OutboxMail.objects.create(
            to=["a@b.fr"],
            created_at=NOW - ago,
            next_try_at=NOW,
            language="fr",
            about="test:1",
            dedupe_key="1",
        )

    def read_register(self, as_of: date) -> None:
        run = ImportRun(
            table=COMPANIES.name, file="f", as_of=as_of, imported_at=NOW, state=RunState.COMPLETE
        )
        with Register(self.environment.registers).writer() as writer:
            writer.note(COMPANIES, run)

    def found(self) -> dict[str, doctor.Finding]:
        """The worst finding of each check."""
        every = sorted(
            doctor.examine(self.environment, NOW), key=lambda one: list(Grade).index(one.grade)
        )
        return {one.check: one for one in every}


@pytest.fixture
def house(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> House:
    ports = {name: free_port() for name in ("port", "card_port", "bench_port", "pki_port")}
    environment = Environment.read({"GUICHET_STATE": str(tmp_path / "state")})
    environment = replace(environment, **ports, backup_recipients=("age1",), operator_emails=("o",))
    house = House(environment, monkeypatch, settings)
    settings.GUICHET, settings.STATIC_ROOT = environment, house.state / "static"
    settings.GUICHET_OPERATOR = OPERATOR
    house.write("secrets/django", "s", 0o600)
    house.write("secrets/keystore", "p", 0o600)
    house.write("keystore/CA.pem", "k", 0o600).parent.chmod(0o700)
    house.write("static/staticfiles.json", "{}")
    house.write("tls/server.pem", certificate())
    private = PrivateFormat.PKCS8, NoEncryption()
    house.write("tls/server.key", key_of("server").private_bytes(Encoding.PEM, *private))
    house.write("published/crl/AC.crl", a_list(YEAR))
    house.write("published/ac/AC.cer", b"")
    for name in ("signer", "publisher", "clerk"):
        house.beat(name)
    house.tell(Event.BACKUP_MADE, NOW - HOUR)
    point = {"seq": 1, "digest": "d", "at": NOW.isoformat()}
    house.write("journal/checkpoints.jsonl", json.dumps(point) + "\n")
    house.read_register(NOW.date())
    monkeypatch.setattr(folders, "FREE_WANTED", folders.FREE_AT_LEAST)
    return house


def test_all_is_well(house: House) -> None:
    """Nothing runs, so that ports are silent; and SQLite keeps tests in memory, without a log."""
    troubled = {one.check for one in house.found().values() if one.grade is not Grade.WELL}
    silent = {"port-portal", "port-card", "port-bench", "port-responder"}
    assert troubled - {"clock-synchronised", "sqlite-log"} == silent


def test_a_demo_may_be_signed_by_the_example(house: House) -> None:
    """Its e-mails leave for nobody."""
    house.set(demo=True)
    house.sign(name=Operator().name)
    assert "operator-name" not in house.found()


def test_the_state_s_pages_are_well(house: House) -> None:
    """Their files installed and collected, their body named."""
    house.wear("République", "Française")
    found = house.found()["theme"]
    assert (found.grade, found.found) == (
        Grade.WELL,
        "Pages are those of the State: République Française",
    )


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
        "by an example: Guichet, service de certificats, certificats@exemple.fr",
    ),
    "operator's address": (
        lambda h: h.sign(email=Operator().email),
        "operator-name",
        "by an example: GIP Exemple, certificats@guichet.test",
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


@pytest.mark.parametrize("age", [None, timedelta(days=3)])
def test_backups(db: None, age: timedelta | None) -> None:
    """None was ever made, or too long ago."""
    if age is not None:
        with transaction.atomic():
            journal.record(Event.BACKUP_MADE, subject="backup:1", actor="test", at=NOW - age)
    environment = Environment.read({})
    grades = {one.check: one.grade for one in doctor.backups.examine(environment, NOW)}
    assert grades["backup"] is Grade.FAULT


class Other(loopback.Handler):
    """Somebody else's server."""

    def reply(self, _body: bytes | None) -> None:
        self.answer(200, "text/plain", b"another program")


def test_a_port_that_is_taken(house: House) -> None:
    """By a program that speaks HTTP, whether TLS is wanted there or not."""
    with loopback.serving(Other) as address:
        port = int(address.rpartition(":")[2])
        house.set(pki_port=port, port=port)
        found = house.found()
    for check in ("port-responder", "port-portal"):
        assert found[check].grade is Grade.FAULT
        assert str(port) in found[check].mend
    assert "another program" in found["port-responder"].found


def test_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that cannot be read, then a database that is not there: 1, and JSON for programs."""
    monkeypatch.setenv("GUICHET_PORT", "many")
    told = CliRunner().invoke(app, ["doctor", "--json"])
    (found,) = json.loads(told.output)
    assert (told.exit_code, found["check"], found["grade"]) == (1, "settings", "fault")
    assert "GUICHET_PORT" in found["found"]
    monkeypatch.setenv("GUICHET_PORT", str(free_port()))
    monkeypatch.setenv("GUICHET_STATE", str(tmp_path / "none"))
    monkeypatch.setenv("GUICHET_DATABASE_URL", "postgresql://a:hidden@127.0.0.1:1/none")
    command = [Path(sys.executable).with_name("guichet"), "doctor", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    (database,) = [one for one in json.loads(done.stdout) if one["check"] == "database"]
    assert (done.returncode, database["grade"]) == (1, "fault")
    assert "does not answer" in database["found"]
    assert "hidden" not in done.stdout


def test_a_setting_in_a_file_is_told_by_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As units and containers give it; what the file holds is not shown."""
    (tmp_path / "url").write_text("postgresql://a:hidden@127.0.0.1:1/none")
    monkeypatch.delenv("GUICHET_DATABASE_URL", raising=False)
    monkeypatch.setenv("GUICHET_DATABASE_URL_FILE", str(tmp_path / "url"))
    told = CliRunner().invoke(app, ["doctor", "settings"])
    (line,) = [one for one in told.output.splitlines() if "GUICHET_DATABASE_URL" in one.split()]
    assert line.split()[1:3] == ["(in", f"{tmp_path / 'url'})"]
    assert "hidden" not in told.output
