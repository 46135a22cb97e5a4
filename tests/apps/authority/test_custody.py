"""Keys bound to their authorities: a signer on another's folder or token never begins."""

import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import Error as DatabaseFaultError

from apps.authority.asking import ask, status
from apps.conftest import NOW, PKI_BASE
from guichet.authority import crls, custody, fingerprints, hierarchy, queries
from guichet.authority.custody import StrangeKeysError
from guichet.authority.models import Certificate, SigningRequest
from guichet.authority.queue import LEASE
from guichet.authority.signer import Signer
from guichet.domain.catalogue import authorities
from guichet.domain.certificates.states import SigningState
from guichet.keystore import Keystore, KeystoreError, SigningKey
from guichet.processes import signer as process
from guichet.x509 import bundles
from kit.softhsm import SoftHsm

CA, OTHER = "ACI-EL-ORG-TEST", "ACI-EL-PP-TEST"


class Changed:
    """A keystore whose labels hold other keys than they should, or none."""

    def __init__(self, keys: Keystore, **changes: str) -> None:
        self._keys = keys
        self._changes = {name.replace("_", "-"): to for name, to in changes.items()}

    def labels(self) -> frozenset[str]:
        return frozenset(x for x in self._keys.labels() if self._changes.get(x, x))

    def signing_key(self, label: str) -> SigningKey:
        return self._keys.signing_key(self._changes.get(label, label))


def test_a_signer_on_the_keys_of_another_takes_nothing(
    hierarchy_made: None, authority_keys: Keystore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED at once, with the names; what was asked waits for the right one."""
    request = ask()
    monkeypatch.setattr(
        process, "open_signing_keystore", lambda: Changed(authority_keys, **{CA: OTHER})
    )
    with pytest.raises(StrangeKeysError, match=f"{CA} is not that of the certificate of {CA}"):
        process.run(threading.Event())
    assert SigningRequest.objects.get(pk=request).state == SigningState.REQUESTED.value


def test_an_empty_keystore_is_another_one(hierarchy_made: None, authority_keys: Keystore) -> None:
    """REFUSED: a folder that was not mounted. One key that is away holds up no other."""
    every = dict.fromkeys(authority_keys.labels(), "")
    with pytest.raises(StrangeKeysError, match="no key of any authority"):
        custody.require_own_keys(Changed(authority_keys, **every))  # type: ignore[arg-type]
    custody.require_own_keys(Changed(authority_keys, **{CA: ""}))  # type: ignore[arg-type]


def test_keys_that_cannot_be_opened_yet_are_waited_for(
    hierarchy_made: None, authority_keys: Keystore, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = [KeystoreError("no token"), KeystoreError("no token")]

    def labels() -> frozenset[str]:
        if trouble:
            raise trouble.pop()
        return authority_keys.labels()

    away = Changed(authority_keys)
    monkeypatch.setattr(away, "labels", labels)
    monkeypatch.setattr(custody, "TROUBLE_SECONDS", 0)
    monkeypatch.setattr(custody, "close_old_connections", lambda: None)  # this test's transaction
    custody.wait_for_own_keys(away, threading.Event())  # type: ignore[arg-type]
    assert trouble == []


class Patient(threading.Event):
    """A process that is stopped at its second rest."""

    def wait(self, _timeout: float | None = None) -> bool:
        self.rests = getattr(self, "rests", 0) + 1
        if self.rests == 2:
            self.set()
        return self.is_set()


def test_fingerprints_go_on_being_completed_after_a_fault(
    hierarchy_made: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batches, also of what a signer of the release before stores later."""
    faults = [DatabaseFaultError("away")]
    fill = fingerprints.fill

    def failing() -> int:
        if faults:
            raise faults.pop()
        return fill()

    monkeypatch.setattr(fingerprints, "fill", failing)
    monkeypatch.setattr(fingerprints, "CHUNK", 2)
    monkeypatch.setattr(process, "close_old_connections", lambda: None)  # this test's transaction
    Certificate.objects.update(sha256="", sha1="")
    process.complete(Patient())
    assert (faults, Certificate.objects.filter(sha256="").count()) == ([], 0)


def test_a_token_issues_and_goes_on_once_it_is_back(
    db: None, softhsm: SoftHsm, tmp_path: Path
) -> None:
    """Taken away before the signature: the order is finished later, by one certificate."""
    keystore = softhsm.keystore()
    for spec in authorities.specs():
        keystore.generate(spec.code, "rsa-2048" if spec.code == CA else "p-256")
    hierarchy.create(keystore, pki_base=PKI_BASE, at=NOW)
    custody.require_own_keys(keystore)
    signer = Signer(keystore, PKI_BASE)
    request = ask()
    softhsm.take_away()
    with pytest.raises(KeystoreError, match="No token matches"):
        signer.run_once(NOW)
    assert not Certificate.objects.filter(request=request).exists()
    softhsm.put_back()
    at = NOW + LEASE + timedelta(seconds=1)
    assert [signer.run_once(at), signer.run_once(at)] == [1, 0]
    found = queries.certificate(status(request).certificate_id or 0)
    assert Certificate.objects.filter(request=request).count() == 1
    assert crls.issue_due(keystore, at)
    *between, root = found.chain_ders
    (tmp_path / "root.pem").write_text(bundles.pem(root))
    (tmp_path / "between.pem").write_text(bundles.pem_chain(between))
    (tmp_path / "leaf.pem").write_text(bundles.pem(found.der))
    verify = f"openssl verify -attime {at.timestamp():.0f} -CAfile root.pem -untrusted between.pem"
    done = subprocess.run(
        [*verify.split(), "leaf.pem"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.stdout == b"leaf.pem: OK\n", done.stderr
