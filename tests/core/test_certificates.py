"""Certificates of every profile, with RSA and EC keys, as other implementations judge them."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification

from guichet.domain.catalogue import authorities, profiles
from guichet.x509 import bundles, certificate, keys, lints
from guichet.x509.errors import Unreadable
from kit.pki import NOW, Leaf, Pki, kept_key

# What lasts a minute is over before others have looked at it (domain/samples.py).
CODES = [p.code for p in profiles.every() if p.validity_minutes is None]
PURPOSES = {
    "1.3.6.1.5.5.7.3.2": "sslclient",
    "1.3.6.1.5.5.7.3.1": "sslserver",
    "1.3.6.1.5.5.7.3.4": "smimesign",
    "1.3.6.1.5.5.7.3.9": "ocsphelper",
    "1.3.6.1.5.5.7.3.36": "any",  # documentSigning: no purpose of OpenSSL's
}
EPOCH = str(int(NOW.timestamp()) + 60)


@pytest.fixture(scope="module")
def today() -> Pki:
    """A hierarchy that is valid by the clock of this machine."""
    return Pki(now=datetime.now(UTC) - timedelta(hours=1))


def write(folder: Path, leaf: Leaf) -> dict[str, Path]:
    """Write the chain and the authority's list as files."""
    files = {
        "leaf": bundles.pem(leaf.der),
        "chain": bundles.pem_chain(leaf.chain[1:-1]),
        "root": bundles.pem(leaf.chain[-1]),
        "all": bundles.pem_chain(leaf.chain),
    }
    for name, text in files.items():
        (folder / f"{name}.pem").write_text(text)
    return {name: folder / f"{name}.pem" for name in files}


@pytest.mark.parametrize("kind", ["rsa-2048", "p-256"])
@pytest.mark.parametrize("code", CODES)
def test_every_profile_is_clean_for_pkilint(pki: Pki, code: str, kind: str) -> None:
    """No finding at WARNING or above (RFC 5280)."""
    leaf = pki.leaf(code, key=kept_key(kind, kind))
    assert lints.lint_certificate(leaf.der) == ()


@pytest.mark.parametrize("code", [spec.code for spec in authorities.specs()])
def test_every_authority_is_clean_for_pkilint(pki: Pki, code: str) -> None:
    """Roots and intermediates too."""
    assert lints.lint_certificate(pki.authority(code).der) == ()


@pytest.mark.parametrize("code", CODES)
def test_every_profile_verifies_with_openssl(pki: Pki, code: str, tmp_path: Path) -> None:
    """`openssl verify -x509_strict -policy_check`, for the purpose of the profile."""
    leaf = pki.leaf(code)
    files = write(tmp_path, leaf)
    purpose = PURPOSES[profiles.profile(code).extended_key_usage[0]]
    if purpose == "smimesign" and code.endswith("CONF"):
        purpose = "smimeencrypt"
    if purpose == "ocsphelper":
        purpose = "any"
    options = ["-x509_strict", "-policy_check", "-purpose", purpose, "-attime", EPOCH]
    trust = ["-CAfile", files["root"], "-untrusted", files["chain"]]
    command = ["openssl", "verify", *options, *trust, files["leaf"]]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("code", CODES)
def test_every_profile_verifies_with_gnutls(today: Pki, code: str, tmp_path: Path) -> None:
    """`certtool --verify` on the chain; it knows no other time than the clock's."""
    files = write(tmp_path, today.leaf(code))
    command = ["certtool", "--verify", "--load-ca-certificate", files["root"]]
    command += ["--infile", files["all"]]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "The certificate is trusted" in run.stdout


def test_a_server_verifies_with_python(pki: Pki) -> None:
    """Python's own server verifier, with its default policy, by the name of the server."""
    leaf = pki.leaf("SERV/SSL_SERV")
    loaded = [x509.load_der_x509_certificate(found) for found in leaf.chain]
    builder = verification.PolicyBuilder().store(verification.Store([loaded[-1]])).time(NOW)
    server = builder.build_server_verifier(x509.DNSName("dossier.hopital3dames.fr"))
    assert server.verify(loaded[0], loaded[1:-1]) == loaded
    other = builder.build_server_verifier(x509.DNSName("autre.hopital3dames.fr"))
    with pytest.raises(verification.VerificationError):
        other.verify(loaded[0], loaded[1:-1])


def test_signatures_are_checked_against_the_issuer(pki: Pki) -> None:
    """By name and by key; bytes that are no certificate are signed by nobody."""
    leaf, other = pki.leaf(), pki.authority("ACI-EL-PP-TEST")
    assert certificate.is_signed_by(leaf.der, leaf.authority.der)
    assert not certificate.is_signed_by(leaf.der, other.der)
    forged = certificate.sign(leaf.plan, other.signing)
    assert not certificate.is_signed_by(forged, leaf.authority.der)
    assert not certificate.is_signed_by(b"", leaf.authority.der)
    assert not certificate.is_signed_by(leaf.der, b"")


def test_names_and_keys_are_kept_byte_for_byte(pki: Pki) -> None:
    """The issuer is the authority's subject as encoded; the key is the request's."""
    leaf = pki.leaf()
    assert certificate.issuer_der(leaf.der) == certificate.subject_der(leaf.authority.der)
    assert certificate.spki_der(leaf.der) == keys.public_half(leaf.key)
    assert certificate.subject_key_id(leaf.der) == keys.key_identifier(keys.public_half(leaf.key))


def test_a_missing_key_identifier_is_computed(pki: Pki) -> None:
    """RFC 5280 4.2.1.2 method 1, where the extension is absent."""
    bare = pki.leaf(extensions=())
    assert certificate.subject_key_id(bare.der) == keys.key_identifier(keys.public_half(bare.key))


def test_no_authority_key_identifier_when_none_is_planned(pki: Pki) -> None:
    """A root may leave it out (RFC 5280 4.2.1.1)."""
    bare = x509.load_der_x509_certificate(pki.leaf(authority_key_id=b"").der)
    with pytest.raises(x509.ExtensionNotFound):
        bare.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)


@pytest.mark.parametrize("serial", [0, -1, 2**159])
def test_serials_out_of_range_are_refused(pki: Pki, serial: int) -> None:
    """REFUSED. Positive, at most 20 octets (RFC 5280 4.1.2.2)."""
    with pytest.raises(ValueError, match="serial"):
        pki.leaf(serial=serial)


def test_the_largest_serial_is_twenty_octets(pki: Pki) -> None:
    """ACCEPTED. 159 bits, so that the sign bit stays clear."""
    leaf = pki.leaf(serial=2**159 - 1)
    assert x509.load_der_x509_certificate(leaf.der).serial_number == 2**159 - 1
    assert lints.lint_certificate(leaf.der) == ()


def test_serials_and_fingerprints_as_people_read_them() -> None:
    """The deck's form; a hostile negative serial does not crash a page."""
    deck = 0x1D5DE25E3DC14BDE2AFFEA0D46B71A45
    assert certificate.serial_hex(deck) == "1D:5D:E2:5E:3D:C1:4B:DE:2A:FF:EA:0D:46:B7:1A:45"
    assert certificate.serial_hex(0) == "00"
    assert certificate.serial_hex(10) == "0A"
    assert certificate.serial_hex(-255) == "-FF"
    assert certificate.fingerprint(b"abc").startswith("BA:78:16:BF")


def test_bytes_that_are_no_certificate() -> None:
    """REFUSED."""
    for read in (certificate.load, certificate.tbs, certificate.subject_der):
        with pytest.raises(Unreadable, match="certificate"):
            read(b"\x30\x00")


def test_an_old_certificate_without_version_is_read() -> None:
    """Version 1 has no version field: every rank is one less (RFC 5280 4.1)."""
    vector = Path(__file__).parent.parent / "vectors" / "version-1.pem"
    loaded = x509.load_pem_x509_certificate(vector.read_bytes())
    encoded = loaded.public_bytes(Encoding.DER)
    assert certificate.subject_der(encoded) == loaded.subject.public_bytes()
    assert certificate.issuer_der(encoded) == loaded.issuer.public_bytes()
    assert keys.facts_of_spki(certificate.spki_der(encoded)).curve == "P-256"
