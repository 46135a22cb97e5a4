"""The same certificate in the formats that other programs read: PEM, PKCS#12, JKS."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from guichet_client import files, keys
from guichet_client.errors import ClientError, Exit
from guichet_client.store import Version
from guichet_client.wording import Say

# keytool asks for six characters at least; fewer protect nothing anyway.
PASSWORD_LEAST: Final = 6
ROUNDS: Final = 600_000
KEYTOOL_TIMEOUT_S: Final = 60


def made(version: Version, form: str, name: str, password: str) -> bytes:
    """The bytes of a version in "pem", "pkcs12" or "jks".

    Raises ClientError: FILES (the key is in a token, keytool is missing), CONFIGURATION (password).
    """
    if version.key_uri:
        raise ClientError(Exit.FILES, Say.TOKEN_STAYS)
    key = version.key.read_bytes()
    if form == "pem":
        return key + version.fullchain.read_bytes()
    if len(password) < PASSWORD_LEAST:
        raise ClientError(Exit.CONFIGURATION, Say.PASSWORD_SHORT, least=PASSWORD_LEAST)
    if form == "jks" and not password.isascii():
        raise ClientError(Exit.CONFIGURATION, Say.PASSWORD_ASCII)
    bundle = _pkcs12(version, keys.load(key), name, password)
    return bundle if form == "pkcs12" else _jks(bundle, password)


def _pkcs12(version: Version, key: keys.PrivateKey, name: str, password: str) -> bytes:
    """AES-256-CBC under PBKDF2, MAC by SHA-256: what Java 8u301, OpenSSL and Windows 10 read."""
    protection = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(password.encode())
    )
    chain = list(version.chain[1:])
    return pkcs12.serialize_key_and_certificates(
        name.encode(), key, version.leaf, chain, protection
    )


def _jks(bundle: bytes, password: str) -> bytes:
    """By Java's own keytool: no kept library writes this format."""
    keytool = shutil.which("keytool")
    if keytool is None:
        raise ClientError(Exit.FILES, Say.NO_KEYTOOL)
    with tempfile.TemporaryDirectory(prefix="guichet-client-") as place:
        source, target, told = (Path(place) / name for name in ("in.p12", "out.jks", "password"))
        files.write(source, bundle, mode=files.SECRET)
        files.write(told, password.encode(), mode=files.SECRET)
        command: list[str | Path] = [
            *(keytool, "-importkeystore", "-noprompt"),
            *("-srckeystore", source, "-srcstoretype", "PKCS12", "-srcstorepass:file", told),
            *("-destkeystore", target, "-deststoretype", "JKS", "-deststorepass:file", told),
        ]
        try:
            done = subprocess.run(  # noqa: S603 our own words, no shell
                command, capture_output=True, text=True, timeout=KEYTOOL_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise ClientError(Exit.FILES, Say.KEYTOOL_FAILED, output=error) from error
        if done.returncode:
            words = done.stdout.strip() or done.stderr.strip()
            raise ClientError(Exit.FILES, Say.KEYTOOL_FAILED, output=words)
        return target.read_bytes()
