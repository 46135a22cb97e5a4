"""Delegated responders' keys: asked for, installed, renewed; a cut run is taken up again."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from apps.conftest import NOW
from guichet.authority import queries
from guichet.authority.models import Certificate, SigningRequest
from guichet.authority.signer import Signer
from guichet.journal import queries as journal
from guichet.validation import delegated_keys
from guichet.validation.delegated_keys import RETRY_AFTER
from guichet.validation.responder_keys import maintain
from kit.pki import kept_key

CODE = "ACI-EL-ORG-TEST"
DAY = timedelta(days=1)
Serials = Callable[[], dict[str, int]]


@pytest.fixture
def keys(signer: Signer, state: Path) -> Path:
    """The folder of an authority that has no responder yet."""
    return state / "responder"


def sign_all(signer: Signer, at: datetime) -> None:
    while signer.run_once(at):
        pass


def installed(keys: Path) -> dict[str, x509.Certificate]:
    """The certificate in use of each authority."""
    return {
        path.stem: x509.load_pem_x509_certificate(path.read_bytes())
        for path in keys.glob("*.pem")
        if not path.stem.endswith(".next")
    }


def set_up(signer: Signer, at: datetime = NOW) -> int:
    """Ask, sign, install; how many keys."""
    asked = maintain(at)
    sign_all(signer, at)
    assert maintain(at) == asked
    return asked


def test_a_responder_that_is_another_user(keys: Path, signer: Signer) -> None:
    """It reads by its group, whose folder the administrator made it."""
    keys.mkdir()
    keys.chmod(0o2750)
    set_up(signer)
    assert {path.stat().st_mode & 0o777 for path in keys.glob("*.pem")} == {0o640}


def test_a_key_for_each_authority(keys: Path, signer: Signer) -> None:
    """Key and certificate in one private file, which match; for OCSP alone and not checked."""
    codes = {authority.code for authority in queries.authorities()}
    assert set_up(signer) == len(codes)
    found = installed(keys)
    assert set(found) == codes
    assert list(keys.glob("*.next.pem")) == []
    for code, certificate in found.items():
        path = keys / f"{code}.pem"
        assert path.stat().st_mode & 0o777 == 0o600
        key = delegated_keys.load(path)
        assert key.public_key() == certificate.public_key()
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert list(usage) == [x509.ExtendedKeyUsageOID.OCSP_SIGNING]
        assert certificate.extensions.get_extension_for_class(x509.OCSPNoCheck)
        issuer = x509.load_der_x509_certificate(queries.authority_certificate(code))
        certificate.verify_directly_issued_by(issuer)
    assert keys.stat().st_mode & 0o777 == 0o700
    events = [e.event for e in journal.entries_about(f"authority:{CODE}")]
    assert events[-2:] == ["responder-key-requested", "responder-key-installed"]


def test_nothing_to_do_until_half_of_its_life(keys: Path, signer: Signer) -> None:
    """Then another is asked for, in time; the former one serves meanwhile."""
    set_up(signer)
    first = installed(keys)[CODE]
    half = first.not_valid_before_utc + (first.not_valid_after_utc - first.not_valid_before_utc) / 2
    assert maintain(half - timedelta(seconds=1)) == 0
    count = maintain(half)
    assert count == len(queries.authorities())
    assert installed(keys)[CODE] == first
    sign_all(signer, half)
    assert maintain(half) == count
    second = installed(keys)[CODE]
    assert second.public_key() != first.public_key()
    assert second.not_valid_after_utc > first.not_valid_after_utc
    assert maintain(half) == 0


def test_a_run_cut_after_asking_is_taken_up(keys: Path, signer: Signer) -> None:
    """The awaited key is on the disk before anything is asked: nothing is asked twice."""
    maintain(NOW)
    assert maintain(NOW) == 0
    assert SigningRequest.objects.count() == len(queries.authorities())
    sign_all(signer, NOW)
    before = (keys / f"{CODE}.next.pem").read_bytes()
    maintain(NOW)
    assert (keys / f"{CODE}.pem").read_bytes().startswith(before)


def test_a_run_cut_before_asking_is_taken_up(keys: Path, signer: Signer) -> None:
    """The key was made, the database was away."""
    maintain(NOW)
    SigningRequest.objects.all().delete()
    before = (keys / f"{CODE}.next.pem").read_bytes()
    set_up(signer)
    assert (keys / f"{CODE}.pem").read_bytes().startswith(before)


def test_a_run_cut_while_installing_is_taken_up(
    keys: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the new file and the end of the awaited one."""
    maintain(NOW)
    sign_all(signer, NOW)
    unlink = Path.unlink
    with monkeypatch.context() as patch:

        def fail(path: Path, *, missing_ok: bool = False) -> None:
            if path.name.endswith(".next.pem"):
                raise OSError("the disk went away")
            unlink(path, missing_ok=missing_ok)

        patch.setattr(Path, "unlink", fail)
        with pytest.raises(OSError, match="went away"):
            maintain(NOW)
    certificates = Certificate.objects.count()
    maintain(NOW)
    assert list(keys.glob("*.next.pem")) == []
    assert len(installed(keys)) == len(queries.authorities())
    assert Certificate.objects.count() == certificates
    assert maintain(NOW) == 0


def test_a_request_that_failed_is_made_anew_later(keys: Path, signer: Signer) -> None:
    """With another key, and not at every round."""
    maintain(NOW)
    SigningRequest.objects.update(state="failed")
    awaited = keys / f"{CODE}.next.pem"
    first = awaited.read_bytes()
    for path in keys.glob("*.next.pem"):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert maintain(NOW + RETRY_AFTER - timedelta(seconds=1)) == 0
    assert awaited.read_bytes() == first
    maintain(NOW + RETRY_AFTER)
    assert not awaited.exists()
    set_up(signer, NOW + RETRY_AFTER)
    assert not (keys / f"{CODE}.pem").read_bytes().startswith(first)


def test_a_key_of_another_kind_is_not_used(keys: Path) -> None:
    """REFUSED: somebody put it there by hand."""
    maintain(NOW)
    key = kept_key("rsa", "rsa-2048")
    assert isinstance(key, rsa.RSAPrivateKey)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (keys / f"{CODE}.next.pem").write_bytes(pem)
    with pytest.raises(TypeError, match="no elliptic curve key"):
        maintain(NOW)


def test_without_authorities(db: None, state: Path) -> None:
    """Before the ceremony there is nothing to do."""
    assert maintain(datetime.now(UTC)) == 0
