"""guichet-client: other formats read by openssl and keytool, units by systemd, keys in SoftHSM."""

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from josepy.jwk import JWKEC
from josepy.util import ComparableECKey

from client.counter import Desk
from guichet_client import files, hooks, keys, timer, tokens
from guichet_client.challenges import answering
from guichet_client.errors import ClientError, Exit
from guichet_client.settings import KeyWanted, Proving
from kit.softhsm import LABEL, MODULE, PIN, SoftHsm
from kit.stack import free_port

PASSWORD = "agrafe correcte"


def secret(desk: Desk, text: str = PASSWORD) -> Path:
    path = desk.folder / "password"
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


def output(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("form", ["pkcs12", "pem", "jks"])
def test_other_programs_read_what_is_exported(desk: Desk, form: str) -> None:
    desk.configure('[key]\ntype = "rsa-2048"\n')
    desk.one("enrol", "www")
    path, told = desk.folder / f"out.{form}", secret(desk)
    ask = ("export", "www", "--format", form, "--output", str(path))
    assert desk.one(*ask, "--password-file", str(told))[1]["action"] == "exported"
    assert path.stat().st_mode & 0o777 == 0o600
    if form == "pem":
        read = path.read_text()
    elif form == "pkcs12":
        read = output("openssl", "pkcs12", "-in", path, "-passin", f"file:{told}", "-noenc")
    else:
        listed = ("keytool", "-list", "-rfc", "-storetype", "JKS", "-keystore", path)
        read = output(*listed, "-storepass:file", told)
        assert "PrivateKeyEntry" in read
    found = x509.load_pem_x509_certificates(read.encode())
    assert found[0].serial_number == desk.serial()


def test_exports_need_a_password_that_nobody_else_reads(desk: Desk) -> None:
    desk.one("enrol", "www")
    ask = ("export", "www", "--output", str(desk.folder / "x.p12"))
    assert desk.one(*ask)[1]["problem"] == "password_short"
    told = secret(desk)
    told.chmod(0o644)
    code, said = desk.one(*ask, "--password-file", str(told))
    assert (code, said["problem"]) == (Exit.FILES, "secret_open")
    assert not (desk.folder / "x.p12").exists()
    accented = secret(desk, "motdepassé")
    code, said = desk.one(*ask, "--format", "jks", "--password-file", str(accented))
    assert (code, said["problem"]) == (Exit.CONFIGURATION, "password_ascii")


def test_a_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    files.write(path, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ClientError) as found:
            files.write(path, b"new")
    assert found.value.code is Exit.FILES
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_ctrl_c_in_the_middle_leaves_no_half_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.write(tmp_path / "file", b"new", mode=files.SECRET)
    with pytest.raises(KeyboardInterrupt):
        files.write_folder(tmp_path / "folder", {"key.pem": (b"key", files.SECRET)}, files.Owner())
    assert list(tmp_path.iterdir()) == []


def test_a_keytool_that_does_not_end_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(command: list[str], **_: object) -> None:
        raise subprocess.TimeoutExpired(command, 60)

    desk.one("enrol", "www")
    ask = ("export", "www", "--format", "jks", "--output", str(desk.folder / "x.jks"))
    monkeypatch.setattr(subprocess, "run", late)
    code, said = desk.one(*ask, "--password-file", str(secret(desk)))
    assert (code, said["problem"]) == (Exit.FILES, "keytool_failed")


@pytest.mark.parametrize("name", hooks.PRESETS)
def test_presets_test_first_and_reload_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for program in ("nginx", "apache2ctl", "haproxy", "service", "systemctl"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    for systemd in (tmp_path, tmp_path / "absent"):
        monkeypatch.setattr(hooks, "SYSTEMD", systemd)
        (action,) = hooks.actions([name], [])
        assert ("systemctl" in action[0]) is (systemd == tmp_path)
        assert all(Path(test[0]).parent == tmp_path for test in hooks.tests([name]))
    assert bool(hooks.tests([name])) is (name != "keycloak")


def test_a_preset_whose_server_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(ClientError) as found:
        hooks.tests(["nginx"])
    assert found.value.code is Exit.HOOK


def test_systemd_reads_the_units(desk: Desk) -> None:
    units = desk.folder / "units"
    ask = ("install-timer", "--unit-dir", str(units), "--no-start")
    assert desk.one(*ask)[0] == Exit.FILES
    units.mkdir()
    assert desk.one(*ask, "--dry-run")[1]["action"] == "would-install"
    assert not list(units.iterdir())
    assert desk.one(*ask)[1]["action"] == "installed"
    names = [units / f"guichet-client.{kind}" for kind in ("service", "timer")]
    judged = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True,
                            check=False)  # fmt: skip
    assert not [line for line in judged.stderr.splitlines() if "guichet-client" in line]
    assert f'--state "{desk.state}" renew --all' in names[0].read_text()


def test_units_name_folders_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = timer.units(Path("etc"), Path("state"))["guichet-client.service"]
    assert f'--config "{tmp_path}/etc" --state "{tmp_path}/state"' in text


@pytest.mark.parametrize("kind", ["rsa-2048", "p-256"])
def test_a_key_in_a_token_signs_its_request(softhsm: SoftHsm, tmp_path: Path, kind: str) -> None:
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    pin.chmod(0o600)
    uri = f"pkcs11:token={LABEL}?module-path={MODULE}"
    wanted = KeyWanted(kind=kind, reuse=False, token=uri, pin_file=pin)
    key, place = tokens.make(wanted, "www-1")
    request = x509.load_der_x509_csr(keys.request(key, "www.exemple.fr", is_server=True))
    assert request.is_signature_valid
    assert isinstance(request.signature_hash_algorithm, hashes.SHA256)
    assert tokens.find(wanted, place).public_key() == key.public_key()
    tokens.destroy(wanted, place)
    with pytest.raises(ClientError):
        tokens.find(wanted, place)


def test_keys_of_a_token_are_kept_as_long_as_their_certificates(
    desk: Desk, softhsm: SoftHsm
) -> None:
    pin = secret(desk, PIN)
    uri = f"pkcs11:token={LABEL}?module-path={MODULE}"
    desk.configure(f'[key]\ntype = "p-256"\npkcs11 = "{uri}"\npin_file = "{pin}"\n')
    desk.one("enrol", "www")
    made = [(desk.live / "key.uri").read_text()]
    for _ in range(2):
        desk.time.at += timedelta(days=1)
        assert desk.one("renew", "www", "--force")[1]["action"] == "renewed"
        made.append((desk.live / "key.uri").read_text())
    assert not (desk.live / "key.pem").exists()
    wanted = KeyWanted(kind="p-256", reuse=False, token=uri, pin_file=pin)
    with pytest.raises(ClientError):
        tokens.find(wanted, made[0])
    assert all(tokens.find(wanted, one) for one in made[1:])
    assert desk.one("export", "www", "--output", "/tmp/x")[1]["problem"] == "token_stays"  # noqa: S108


PROVING = Proving(challenge="http-01", webroot=None, listen=":0", dns_hook=(), profile="")
KEY = JWKEC(key=ComparableECKey(keys.generate("p-256")))


def test_a_challenge_is_answered_by_a_server_of_one_file(tmp_path: Path) -> None:
    port = free_port()
    with answering(replace(PROVING, listen=f":{port}"), "www.exemple.fr", "token", KEY):
        for host in ("127.0.0.1", "[::1]"):
            url = f"http://{host}:{port}/.well-known/acme-challenge/"
            assert requests.get(f"{url}token", timeout=5).text.startswith("token.")
            assert requests.get(f"{url}other", timeout=5).status_code == 404
        taken = answering(replace(PROVING, listen=f":{port}"), "www.exemple.fr", "token", KEY)
        with pytest.raises(ClientError) as found:
            taken.__enter__()
    assert found.value.code is Exit.CONFIGURATION


def test_a_challenge_is_answered_by_a_file_or_a_record_and_cleared_away(tmp_path: Path) -> None:
    with answering(replace(PROVING, webroot=tmp_path), "www.exemple.fr", "../token", KEY):
        (answer,) = (tmp_path / ".well-known" / "acme-challenge").iterdir()
        assert (answer.name, answer.stat().st_mode & 0o777) == ("token", 0o644)
    assert not answer.exists()
    hook = tmp_path / "hook"
    hook.write_text(f'#!/bin/sh\necho "$1 $2" >> {tmp_path}/calls\n')
    hook.chmod(0o755)
    by_dns = replace(PROVING, challenge="dns-01", dns_hook=(str(hook),))
    with answering(by_dns, "www.exemple.fr", "token", KEY):
        pass
    wanted = ["present _acme-challenge.www.exemple.fr", "cleanup _acme-challenge.www.exemple.fr"]
    assert (tmp_path / "calls").read_text().splitlines() == wanted
