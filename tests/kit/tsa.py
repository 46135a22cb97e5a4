"""A time-stamping authority on this machine: the openssl command behind HTTP, and as a judge."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kit import loopback

Alter = Callable[[bytes], bytes]
DAY = timedelta(days=1)
STAMPING = ExtendedKeyUsageOID.TIME_STAMPING
TST_INFO = "1.2.840.113549.1.9.16.1.4"
CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
"""


@dataclass(frozen=True)
class Tsa:
    """Its folder: `root.pem`, and what signs under it."""

    folder: Path

    @property
    def roots(self) -> bytes:
        return (self.folder / "root.pem").read_bytes()

    def reply(self, query: bytes) -> bytes:
        """The answer to a query (RFC 3161)."""
        asked, given = self.folder / "query", self.folder / "reply"
        asked.write_bytes(query)
        command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-section", "here"]
        command += ["-queryfile", asked.name, "-out", given.name]
        self._run(command)
        return given.read_bytes()

    def sign(self, reply: bytes) -> bytes:
        """What another told, signed by the key of this one, whatever its certificate is for."""
        (self.folder / "reply").write_bytes(reply)
        self._run(["openssl", "ts", "-reply", "-in", "reply", "-token_out", "-out", "token"])
        command = ["openssl", "cms", "-verify", "-noverify", "-inform", "DER", "-in", "token"]
        self._run([*command, "-out", "told"])
        command = ["openssl", "cms", "-sign", "-binary", "-nodetach", "-econtent_type", TST_INFO]
        command += ["-in", "told", "-signer", "tsa.pem", "-inkey", "tsa.key", "-md", "sha256"]
        self._run([*command, "-outform", "DER", "-out", "token"])
        granted = b"\x30\x03\x02\x01\x00" + (self.folder / "token").read_bytes()
        return b"\x30\x82" + len(granted).to_bytes(2) + granted

    def _run(self, command: list[str]) -> None:
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)

    def has_stamped(self, data: Path, token: Path) -> bool:
        """Whether the openssl command believes a token of this file's content."""
        command = ["openssl", "ts", "-verify", "-data", str(data), "-in", str(token)]
        command += ["-CAfile", str(self.folder / "root.pem")]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def make_tsa(folder: Path, until: timedelta = DAY, purposes: Sequence[Any] = (STAMPING,)) -> Tsa:
    """A root and its authority, whose certificate ends in `until`, in the past if negative."""
    folder.mkdir()
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("Root", root_key, "Root", root_key, DAY).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    signed = _certificate("TSA", key, "Root", root_key, until).add_extension(
        x509.ExtendedKeyUsage(purposes), critical=True
    )
    for name, one in (("root.pem", root), ("tsa.pem", signed)):
        made = one.sign(root_key, hashes.SHA256()).public_bytes(Encoding.PEM)
        (folder / name).write_bytes(made)
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tsa.key").write_bytes(written)
    (folder / "serial").write_text("01")
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
    return Tsa(folder)


@contextmanager
def answering(reply: Alter, status: int = 200) -> Iterator[str]:
    """The address of a server that answers each query so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """What is asked is the test's to tell."""

    with loopback.running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}/tsa"


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    until: timedelta,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * DAY)
        .not_valid_after(now + until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(identifier, critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
