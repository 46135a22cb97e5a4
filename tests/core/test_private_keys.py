"""Private keys are found in every spelling they travel in, and in nothing else."""

import base64
import time
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from guichet.x509 import bundles, keys, private_keys
from guichet.x509 import der as asn1
from kit.pki import Key, Pki, kept_key

KINDS = ("rsa-2048", "rsa-4096", "p-256", "p-384", "p-521", "ed25519", "ml-dsa-65")
SECRET = BestAvailableEncryption(b"secret")


def der(key: Key, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    return key.private_bytes(Encoding.DER, form, NoEncryption())


def body(key: Key, form: PrivateFormat = PrivateFormat.PKCS8, width: int = 64) -> str:
    """What stands between the lines BEGIN and END."""
    text = base64.b64encode(der(key, form)).decode()
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))


SPELLINGS: dict[str, Callable[[Key], bytes]] = {
    "pem": lambda key: bundles.pem(der(key), "PRIVATE KEY").encode(),
    "another label": lambda key: bundles.pem(der(key), "CERTIFICATE REQUEST").encode(),
    "der": der,
    "bare": lambda key: body(key).encode(),
    "one line with spaces": lambda key: body(key).replace("\n", " ").encode(),
    "indented": lambda key: body(key).replace("\n", "\n    ").encode(),
    "quoted in a mail": lambda key: body(key).replace("\n", "\r\n> ").encode(),
    "as JSON escapes it": lambda key: body(key).replace("\n", "\\r\\n").encode(),
    "within a sentence": lambda key: f"Voici la clé : {body(key)}\nMerci.".encode(),
    "wrapped at 20": lambda key: body(key, width=20).encode(),
    "UTF-16": lambda key: body(key).encode("utf-16"),
    "UTF-16 without mark": lambda key: body(key).encode("utf-16-le"),
    "hexadecimal": lambda key: der(key).hex().encode(),
    "hexadecimal with colons": lambda key: der(key).hex(":").upper().encode(),
    "behind much else": lambda key: b"-" * 200_000 + body(key).encode(),
    "before a request": lambda key: body(key).encode() + bundles.pem(Pki().csr()).encode(),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_key_is_found_and_named_by_its_public_half(kind: str, spelling: str) -> None:
    """FOUND. The digest is the one that a request of this key has."""
    key = kept_key(f"private {kind}", kind)
    found = private_keys.find(SPELLINGS[spelling](key))
    assert found is not None
    assert found.spki_sha256s == {keys.facts(key.public_key()).spki_sha256}


@pytest.mark.parametrize("kind", ["rsa-2048", "p-256"])
def test_traditional_and_openssh_forms_are_named_too(kind: str) -> None:
    key = kept_key(f"private {kind}", kind)
    digests = {keys.facts(key.public_key()).spki_sha256}
    for form in (PrivateFormat.TraditionalOpenSSL, PrivateFormat.OpenSSH):
        found = private_keys.find(key.private_bytes(Encoding.PEM, form, NoEncryption()))
        assert found is not None
        assert found.spki_sha256s == digests


def test_two_keys_are_both_named() -> None:
    two = [kept_key(f"private {kind}", kind) for kind in ("rsa-2048", "p-256")]
    found = private_keys.find("\n".join(map(body, two)).encode())
    assert found is not None
    assert found.spki_sha256s == {keys.facts(key.public_key()).spki_sha256 for key in two}


def locked() -> dict[str, bytes]:
    """Keys that a phrase protects: found, without a name."""
    key = kept_key("private rsa-2048")
    pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, SECRET)
    openssh = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    return {
        "PKCS#8": pkcs8,
        "PKCS#8 in base64": base64.b64encode(pkcs8),
        "PKCS#8 under another label": bundles.pem(pkcs8, "CERTIFICATE REQUEST").encode(),
        "traditional": key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, SECRET),
        "PKCS#12": pkcs12.serialize_key_and_certificates(b"a", key, None, None, SECRET),
        "PuTTY": b"PuTTY-User-Key-File-3: ssh-rsa\n",
        "openssl rsa -text": b"Private-Key: (2048 bit, 2 primes)\nmodulus:\n",
        "OpenSSH without armour": b"\n".join(openssh.splitlines()[1:-1]),
    }


@pytest.mark.parametrize("shape", locked())
def test_a_key_that_cannot_be_read_is_found_without_a_name(shape: str) -> None:
    found = private_keys.find(locked()[shape])
    assert found is not None
    assert found.spki_sha256s == frozenset()


def test_requests_and_certificates_hold_no_private_key(pki: Pki) -> None:
    """NOT FOUND. Nothing good is refused by mistake."""
    for kind in KINDS[:-1]:
        request = pki.csr(kept_key(f"private {kind}", kind))
        for data in (request, base64.b64encode(request), request.hex().encode()):
            assert private_keys.find(data) is None
    assert private_keys.find(pki.leaf().der) is None
    assert private_keys.find(bundles.pem(pki.leaf().der).encode()) is None


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode()))
def test_no_bytes_are_a_fault(data: bytes) -> None:
    """Hostile bytes are searched in silence."""
    private_keys.find(data)
    private_keys.find(b"\x30\x20\x02\x01\x00" + data)
    private_keys.find(base64.b64encode(b"\x30\x82\x00\x80\x02\x01\x00" + data))


@pytest.mark.parametrize("spelling", [name for name in SPELLINGS if "der" not in name])
def test_a_text_with_a_key_is_recognised(spelling: str) -> None:
    text = SPELLINGS[spelling](kept_key("private p-256", "p-256")).decode("utf-8", "replace")
    assert private_keys.may_be_in(text)


def test_the_body_of_a_locked_key_cannot_be_told_from_noise_and_counts_as_one() -> None:
    key = kept_key("private rsa-2048")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, SECRET).decode()
    lines = [line for line in pem.splitlines() if len(line) == 64]
    assert private_keys.find(lines[1].encode()) is None
    assert private_keys.may_be_in(f"  {lines[1]}")
    assert private_keys.may_be_in("0f" * 32)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Monserviceclient",
        "Le service de biologie change de serveur ; merci de traiter cette demande. " * 20,
        "anticonstitutionnellement-et-interminablement-long.hopital-des-trois-dames.fr",
        "Voyez https://exemple.fr/Documents/Formulaires/Habilitations/F413/Version2 merci",
        "privilegier.les.listes.de.diffusion.tres.longues@leslistesdediffusion.exemple.fr",
        "10B0135356 899700366240 2800143590",
        "Service-authentification-dossier-patient-informatise-hopital",
        "Authentification_Dossier_Patient_Informatise_DPI_Hopital",
    ],
)
def test_what_people_write_is_no_key(text: str) -> None:
    assert not private_keys.may_be_in(text)


def test_nobody_s_key_is_named_by_a_forged_private_half() -> None:
    """A private key made up around the public numbers of a certificate names no key."""
    public = kept_key("private rsa-2048").public_key().public_numbers()
    two = asn1.integer(2)
    parts = [asn1.integer(0), asn1.integer(public.n), asn1.integer(public.e)]
    forged = asn1.sequence(*parts, asn1.integer(public.n - 2), two, two, two, two, two)
    found = private_keys.find(base64.b64encode(forged))
    assert found is not None
    assert found.spki_sha256s == frozenset()


def test_the_public_point_sent_beside_a_curve_s_key_is_not_believed() -> None:
    """A SEC1 key with somebody else's public point names at most its own."""
    mine, other = kept_key("private p-256", "p-256"), kept_key("somebody", "p-256")
    points = [
        key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        for key in (mine, other)
    ]
    forged = der(mine, PrivateFormat.TraditionalOpenSSL).replace(*points)
    found = private_keys.find(forged)
    assert found is None or keys.facts(other.public_key()).spki_sha256 not in found.spki_sha256s


def test_openssh_beginnings_without_ends_are_read_once() -> None:
    """A pattern read 2 MB of them, the most a page takes, to the end from each: minutes."""
    line = b"-----BEGIN OPENSSH PRIVATE KEY-----"
    began = time.process_time()
    assert private_keys.find(line * (400_000 // len(line))) is not None
    assert time.process_time() - began < 5
