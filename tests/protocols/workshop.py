"""The files of a product as its page tells to place them, and programs that use them."""

import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from guichet.domain.addresses import Fqdn
from guichet.domain.certificates.naming import ServerSubject
from guichet.orders import installing
from guichet.orders.installing import Names
from guichet.x509 import bundles
from kit import pki
from kit.stack import free_port

PASSWORD = "kR8-wpq2 Xn5z"
ROOT = "racine.pem"
READY_S = 20


@dataclass(frozen=True)
class Workshop:
    """A folder with the downloads of one product and its PKCS#12, and nothing else."""

    folder: Path
    names: Names

    @property
    def environment(self) -> dict[str, str]:
        """The test's root is what the machine trusts."""
        root = str(self.folder / ROOT)
        trusted = {"SSL_CERT_FILE": root, "CURL_CA_BUNDLE": root}
        return os.environ | trusted | {"KEYSTORE_PASSWORD": PASSWORD}

    def text(self, template: str) -> str:
        """A snippet, filled as the page fills it."""
        return installing.text(template, self.names)

    def run(self, commands: str, answers: str = "") -> subprocess.CompletedProcess[str]:
        """Commands as pasted in a shell without a terminal; `answers` is what is typed."""
        return subprocess.run(
            ["bash", "-e", "-c", commands],
            cwd=self.folder,
            env=self.environment,
            input=answers,
            start_new_session=True,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def prepare(self) -> None:
        """The key out of the PKCS#12, then what HAProxy and Apache want of it."""
        for name in ("key", "single", "pair"):
            done = self.run(self.text(f"files/{name}"), f"{PASSWORD}\n")
            assert done.returncode == 0, done.stderr


def furnish(folder: Path, made: pki.Pki, profile: str, kind: str, fqdn: str = "") -> Workshop:
    """Issue a certificate for a new key, and lay its files out."""
    server = ServerSubject(structure=pki.HOSPITAL, fqdn=Fqdn(fqdn)) if fqdn else None
    leaf = made.leaf(profile, key=pki.fresh_key(kind), ordered=server)
    bits = installing.profiles.profile(profile).key_usage_for(kind.partition("-")[0])
    names = Names(
        base="monservice",
        host=fqdn or "localhost",
        folder=str(folder),
        chain="chaine-1.pem",
        certificate="certificat-1.pem",
        roots="autorites-1.pem",
        pkcs7="certificat-1.p7b",
        may_sign=not bits.isdisjoint(installing.SIGNING),
        may_encrypt=not bits.isdisjoint(installing.ENCRYPTING),
    )
    (folder / names.chain).write_text(bundles.pem_chain(leaf.chain[:-1]))
    (folder / names.certificate).write_text(bundles.pem(leaf.der))
    (folder / names.roots).write_text(bundles.pem_chain(leaf.chain[1:]))
    (folder / ROOT).write_text(bundles.pem(leaf.chain[-1]))
    certificates = [x509.load_der_x509_certificate(der) for der in leaf.chain]
    archive = pkcs12.serialize_key_and_certificates(
        b"monservice",
        leaf.key,  # type: ignore[arg-type]
        certificates[0],
        certificates[1:],
        BestAvailableEncryption(PASSWORD.encode()),
    )
    (folder / names.archive).write_bytes(archive)
    return Workshop(folder, names)


def hierarchy() -> pki.Pki:
    """The test hierarchy, valid today: programs look at the clock."""
    return pki.Pki(now=datetime.now(UTC).replace(microsecond=0))


@contextmanager
def counter(server: Workshop, root: Path) -> Iterator[int]:
    """A service that wants a client certificate and answers with the name in it; its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(root))
    context.verify_mode = ssl.CERT_REQUIRED
    names = server.names
    context.load_cert_chain(server.folder / names.chain, server.folder / f"{names.base}.key")
    port = free_port()
    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", port)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, context, stopped))
        thread.start()
        try:
            yield port
        finally:
            stopped.set()
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()


def _serve(listening: socket.socket, context: ssl.SSLContext, stopped: threading.Event) -> None:
    while True:
        raw, _address = listening.accept()
        if stopped.is_set():
            raw.close()
            return
        raw.settimeout(5)
        try:
            with context.wrap_socket(raw, server_side=True) as secured:
                secured.recv(65_536)
                subject = dict(pair[0] for pair in (secured.getpeercert() or {})["subject"])
                body = f"CN={subject['commonName']}\n".encode()
                head = (
                    f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                )
                secured.sendall(head.encode() + body)
                secured.unwrap()  # some read an end without this as a cut
        except OSError:
            raw.close()
