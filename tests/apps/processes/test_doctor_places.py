"""What the doctor says of folders, keys, registers and certificates that are not as they should."""

import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from apps.processes.house import closed
from guichet.authority import custody
from guichet.conf import settings as conf_settings
from guichet.conf.environment import Environment
from guichet.conf.readers import ConfigurationError
from guichet.directories.register import Register
from guichet.directories.runs import ImportRun, RunState
from guichet.directories.schema import COMPANIES
from guichet.journal import checkpoints
from guichet.processes.doctor import (
    Grade,
    folders,
    journal,
    keys,
    listeners,
    production,
    registers,
    tls,
)
from guichet.processes.doctor.findings import Examination, Finding

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
CLOSED = " is closed to this user, as it should be: run the doctor as root to check it"
DAY, YEAR = timedelta(days=1), timedelta(days=365)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o750)
    (folder / "run").mkdir()
    return folder


def read(state: Path, **variables: str) -> Environment:
    return Environment.read({"GUICHET_STATE": str(state), **variables})


def found(examine: Examination, environment: Environment) -> dict[str, Finding]:
    return {one.check: one for one in examine(environment, NOW)}


def told(one: Finding) -> tuple[Grade, str]:
    """Whatever is not well says why it matters, and what mends it."""
    assert one.grade is Grade.WELL or (one.why and one.mend)
    return one.grade, one.found


def certificate(
    *names: str, begins: datetime = NOW - DAY, ends: datetime = NOW + YEAR, issuer: str = "AC"
) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
    made = made.public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(begins).not_valid_after(ends)
    if names:
        san = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        made = made.add_extension(san, critical=False)
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def shown(state: Path, content: bytes) -> None:
    (state / "tls").mkdir()
    (state / "tls" / "server.pem").write_bytes(content)


@pytest.mark.parametrize("name", ["nowhere", ""])
def test_there_is_no_state_folder(tmp_path: Path, name: str) -> None:
    """Nothing else is looked for in it, nor in a folder of something else."""
    examined = found(folders.examine, read(tmp_path / name))
    assert list(examined) == ["state-folder"]
    assert told(examined["state-folder"]) == (
        Grade.FAULT,
        f"There is no state in {tmp_path / name}",
    )


def test_the_state_folder_is_of_another_user(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything: what the system answers another user is played."""
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    one = found(folders.examine, read(state))["state-folder"]
    assert told(one) == (Grade.FAULT, f"{state} cannot be read by this user")


def test_room_is_short(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "FREE_AT_LEAST", 0)
    monkeypatch.setattr(folders, "FREE_WANTED", 2**60)
    one = found(folders.examine, read(state))["disk-space"]
    assert one.grade is Grade.WARNING
    assert one.found.endswith(f" where {state} is")


@pytest.mark.parametrize(
    ("mode", "grade", "words"),
    [
        (None, Grade.FAULT, "There is no folder of sockets {}"),
        (0o2770, Grade.WELL, "{}, open to its group alone"),
    ],
)
def test_sockets(state: Path, mode: int | None, grade: Grade, words: str) -> None:
    sockets = state / "sockets"
    if mode is not None:
        sockets.mkdir()
        sockets.chmod(mode)
    one = found(folders.examine, read(state, GUICHET_UNIX_SOCKETS=str(sockets)))["sockets"]
    assert told(one) == (grade, words.format(sockets))


def test_a_token_is_not_opened(state: Path) -> None:
    environment = read(state, GUICHET_KEYSTORE="pkcs11:token=guichet?module-path=/x.so")
    (one,) = found(keys.examine, environment).values()
    assert told(one) == (Grade.WELL, "It is a token: guichet doctor keystore opens it")


def test_keys_that_this_user_may_not_see(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder and the passphrase of another user are no fault."""
    environment = read(state)
    (state / "keystore").mkdir()

    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda _path, _mode: False)
        examined = found(keys.examine, environment)
        patch.setattr(Path, "is_dir", closed)
        assert found(keys.examine, environment) == examined
    assert told(examined["keystore"]) == (Grade.WELL, f"{state / 'keystore'}{CLOSED}")
    assert told(examined["passphrase"]) == (Grade.WELL, f"The keystore's passphrase{CLOSED}")

    (state / "keystore" / "CA.pem").write_text("k")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", closed)
        one = found(keys.examine, environment)["passphrase"]
    assert told(one) == (Grade.WELL, f"{state / 'secrets' / 'keystore'}{CLOSED}")


def test_the_passphrase_is_a_credential_of_the_signer_s(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As deploy/systemd gives it: no file of the state folder, whoever runs the doctor."""
    (state / "keystore").mkdir(mode=0o700)
    credential = state / "credential"
    monkeypatch.setattr(keys, "SIGNERS_CREDENTIAL", credential)
    assert found(keys.examine, read(state))["passphrase"].grade is Grade.FAULT
    credential.write_text("p")
    one = found(keys.examine, read(state))["passphrase"]
    assert told(one) == (Grade.WELL, f"The keystore's passphrase is in {credential}")


def test_sockets_that_this_user_may_not_reach(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    probe = type("Probe", (socket.socket,), {"connect": closed})
    monkeypatch.setattr(listeners.socket, "socket", probe)
    examined = found(listeners.examine, read(state, GUICHET_UNIX_SOCKETS=str(state)))
    behind_nginx = set(listeners.LISTENERS) - {listeners.BENCH}
    assert {name for name in examined if name.startswith("socket-")} == {
        f"socket-{name}" for name in behind_nginx
    }
    for name in behind_nginx:
        one = examined[f"socket-{name}"]
        assert told(one) == (Grade.WELL, f"{state / name}.sock{CLOSED}")


@pytest.mark.django_db
def test_checkpoints_that_this_user_may_not_read(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "read", closed)
    (one,) = found(journal.examine, read(state)).values()
    assert told(one) == (Grade.WELL, f"{checkpoints.path()}{CLOSED}")


def test_a_secret_of_another_user_s_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the process's own: it does not start without."""

    monkeypatch.setattr(Path, "exists", closed)
    with pytest.raises(ConfigurationError, match=f"{tmp_path / 'django'} is closed to this user"):
        conf_settings._secret(tmp_path / "django")


def test_keys_that_others_may_read(state: Path) -> None:
    folder = state / "keystore"
    folder.mkdir(mode=0o755)
    (folder / "CA.pem").write_text("k")
    (folder / "CA.pem").chmod(0o644)
    one = found(keys.examine, read(state))["keystore"]
    assert one.grade is Grade.FAULT
    assert one.mend == f"chmod 700 {folder}"


@pytest.fixture
def no_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custody, "bonds", lambda: ())


@pytest.mark.usefixtures("no_authority")
def test_production_is_of_production(state: Path) -> None:
    production_s = read(state, GUICHET_ENVIRONMENT="production")
    (one,) = found(production.examine, production_s).values()
    assert told(one) == (Grade.WELL, "Nothing of TEST or of the demo is in production")
    assert not found(production.examine, read(state, GUICHET_ENVIRONMENT="test"))


@pytest.mark.usefixtures("no_authority")
def test_a_demo_s_folder_and_a_certificate_of_test_in_production(state: Path) -> None:
    (state / "demo").mkdir()
    shown(state, certificate("localhost", issuer="AC TEST"))
    (one,) = found(production.examine, read(state, GUICHET_ENVIRONMENT="production")).values()
    assert one.grade is Grade.FAULT
    assert str(state / "demo") in one.found
    assert "the ports' certificate, issued by CN=AC TEST" in one.found


def test_registers_that_hold_nothing_are_old_or_damaged(state: Path) -> None:
    environment = read(state)
    with Register(environment.registers).writer():
        pass
    (one,) = found(registers.examine, environment).values()
    assert told(one) == (Grade.FAULT, f"Nothing was imported into {environment.registers}")

    day = (NOW - 2 * registers.OLD_AFTER).date()
    run = ImportRun(
        table=COMPANIES.name, file="f", as_of=day, imported_at=NOW, state=RunState.COMPLETE
    )
    with Register(environment.registers).writer() as writer:
        writer.note(COMPANIES, run)
    (one,) = found(registers.examine, environment).values()
    assert told(one) == (Grade.WARNING, f"Registers are old: {COMPANIES.name} of {day}")

    environment.registers.write_bytes(b"no database" * 100)
    (one,) = found(registers.examine, environment).values()
    assert one.grade is Grade.FAULT
    assert one.mend == f"Delete {environment.registers} and import again"


def test_a_certificate_of_tomorrow(state: Path) -> None:
    shown(state, certificate("localhost", begins=NOW + DAY))
    (one,) = found(tls.examine, read(state)).values()
    assert told(one) == (Grade.FAULT, "It begins on 2026-11-27 12:00 UTC")


def test_a_certificate_without_names(state: Path) -> None:
    """RFC 6125 6.4.4: a common name is none."""
    shown(state, certificate(issuer="localhost"))
    (one,) = found(tls.examine, read(state)).values()
    assert told(one) == (Grade.FAULT, "It does not name localhost")


def test_a_certificate_that_this_user_may_not_read(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_bytes", closed)
    (one,) = found(tls.examine, read(state)).values()
    assert told(one) == (Grade.WELL, f"{state / 'tls' / 'server.pem'}{CLOSED}")


@pytest.mark.parametrize(
    ("trouble", "grade"),
    [(PermissionError, Grade.WELL), (FileNotFoundError, Grade.FAULT), (ValueError, Grade.FAULT)],
)
def test_the_key_of_the_ports(
    state: Path, monkeypatch: pytest.MonkeyPatch, trouble: type[Exception], grade: Grade
) -> None:
    """One that this user may not read is not judged; one that is away or no key is a fault."""
    shown(state, certificate("localhost"))

    def unread(_path: Path) -> bytes:
        raise trouble

    pem = (state / "tls" / "server.pem").read_bytes()
    monkeypatch.setattr(
        Path, "read_bytes", lambda path: pem if path.suffix == ".pem" else unread(path)
    )
    (one,) = found(tls.examine, read(state)).values()
    assert one.grade is grade
