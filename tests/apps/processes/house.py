"""An installation where all is well, for the doctor to look at once it is broken."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import transaction

from guichet.conf.dressing import DSFR, Dressing
from guichet.conf.environment import Environment
from guichet.directories.register import Register
from guichet.directories.runs import ImportRun, RunState
from guichet.directories.schema import COMPANIES
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications.models import OutboxMail
from guichet.notifications.operator import Operator
from guichet.processes import doctor
from guichet.processes.doctor import Grade, folders
from guichet.web.themes.files import SHEET
from kit.stack import free_port

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
OPERATOR = Operator(name="GIP Exemple", email="certificats@exemple.fr")


def closed(*_arguments: object) -> NoReturn:
    """What the system answers another user, in place of a call: root may enter everywhere."""
    raise PermissionError


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


def built(folder: Path, settings: Any, patch: pytest.MonkeyPatch) -> House:
    """In a folder of a test's own."""
    ports = {name: free_port() for name in ("port", "card_port", "bench_port", "pki_port")}
    environment = Environment.read({"GUICHET_STATE": str(folder / "state")})
    environment = replace(environment, **ports, backup_recipients=("age1",), operator_emails=("o",))
    house = House(environment, patch, settings)
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
    patch.setattr(folders, "FREE_WANTED", folders.FREE_AT_LEAST)
    return house
