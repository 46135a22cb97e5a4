"""Connecting to a server as its clients do, several times over, and noting what it does.

No certificate is refused here, no redirection followed, and one line of the answer is read.
"""

import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL, crypto

from guichet.domain.targets import may_lead_to

T = TypeVar("T")
ATTEMPT_S: Final = 4.0
ANSWER_BYTES: Final = 64
ASKED_STATE: Final = b"read server certificate request"
EVERY_SUITE: Final = b"ALL:@SECLEVEL=0"
VERSIONS: Final = {
    "TLSv1": SSL.TLS1_VERSION,
    "TLSv1.1": SSL.TLS1_1_VERSION,
    "TLSv1.2": SSL.TLS1_2_VERSION,
    "TLSv1.3": SSL.TLS1_3_VERSION,
}


class Unreachable(Exception):  # noqa: N818 an answer about a server, not a fault of ours
    """There is no connection to it: `reason` is "name", "address" or "connection"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Place:
    """A server: its name, its port and the address that the name led to, once."""

    host: str
    port: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One connection. `faults`: what OpenSSL holds against the server's chain, by number.

    `status` is that of HTTP, None when nothing came; `alert` why the server ended it, or "".
    """

    is_connected: bool
    version: str = ""
    cipher: str = ""
    group: str = ""
    was_asked: bool = False
    issuers: tuple[str, ...] = ()
    chain: tuple[bytes, ...] = ()
    faults: frozenset[int] = frozenset()
    status: int | None = None
    alert: str = ""


def find(host: str, port: int) -> Place:
    """Where a name of the list leads. Raises Unreachable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("name") from error
    addresses = [str(entry[4][0]) for entry in found]
    allowed = [address for address in addresses if may_lead_to(host, address)]
    if not allowed:
        raise Unreachable("address")
    for address in allowed:
        try:
            socket.create_connection((address, port), ATTEMPT_S).close()
        except OSError:
            continue
        return Place(host, port, address)
    raise Unreachable("connection")


def attempt(
    place: Place,
    *,
    version: str = "",
    identity: Path | None = None,
    anchors: tuple[bytes, ...] = (),
) -> Attempt:
    """Connect once: by one version or the usual ones, with the certificate of a folder or none."""
    try:
        raw = socket.create_connection((place.address, place.port), ATTEMPT_S)
    except OSError:
        return Attempt(is_connected=False, alert="connection")
    with raw:
        noted = _Noted()
        context = _context(version, identity, anchors, noted)
        return _Exchange(raw, context, place, noted).run()


@dataclass
class _Noted:
    """What callbacks saw during a handshake."""

    was_asked: bool = False
    faults: set[int] = field(default_factory=set)


def _context(
    version: str, identity: Path | None, anchors: tuple[bytes, ...], noted: _Noted
) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_cipher_list(EVERY_SUITE if version in {"TLSv1", "TLSv1.1"} else b"DEFAULT")
    if version:
        context.set_min_proto_version(VERSIONS[version])
        context.set_max_proto_version(VERSIONS[version])
    if identity is not None:
        # Weak test certificates are presented on purpose: the server is to judge them.
        context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
        context.use_certificate_chain_file(str(identity / "chain.pem"))
        context.use_privatekey_file(str(identity / "key.pem"))
    context.set_default_verify_paths()
    store = context.get_cert_store()
    for anchor in anchors:
        if store is not None:
            store.add_cert(crypto.load_certificate(crypto.FILETYPE_ASN1, anchor))

    def verify(_c: SSL.Connection, _x: crypto.X509, number: int, _d: int, _ok: int) -> bool:
        if number:
            noted.faults.add(number)
        return True

    def watch(connection: SSL.Connection, _where: int, _returned: int) -> None:
        noted.was_asked = noted.was_asked or ASKED_STATE in connection.get_state_string()

    context.set_verify(SSL.VERIFY_PEER, verify)
    context.set_info_callback(watch)
    return context


class _Exchange:
    """One handshake, one request of one line, the first octets of the answer."""

    def __init__(
        self, raw: socket.socket, context: SSL.Context, place: Place, noted: _Noted
    ) -> None:
        self._raw = raw
        self._place = place
        self._noted = noted
        self._deadline = time.monotonic() + ATTEMPT_S
        self._connection = SSL.Connection(context, raw)
        if ":" not in place.host and not place.host.replace(".", "").isdigit():
            self._connection.set_tlsext_host_name(place.host.encode())
        self._connection.set_connect_state()
        raw.setblocking(False)

    def run(self) -> Attempt:
        """What came of it."""
        alert = self._ends(self._connection.do_handshake)
        is_connected = not alert
        status, alert = self._ask() if is_connected else (None, alert)
        connection = self._connection
        return Attempt(
            is_connected=is_connected,
            version=connection.get_protocol_version_name() if is_connected else "",
            cipher=connection.get_cipher_name() or "",
            group=(connection.get_group_name() or "") if is_connected else "",
            was_asked=self._noted.was_asked,
            issuers=tuple(map(_name, connection.get_client_ca_list())),
            chain=self._chain(),
            faults=frozenset(self._noted.faults),
            status=status,
            alert=alert,
        )

    def _chain(self) -> tuple[bytes, ...]:
        found = self._connection.get_peer_cert_chain(as_cryptography=True) or []
        return tuple(one.public_bytes(Encoding.DER) for one in found)

    def _ask(self) -> tuple[int | None, str]:
        """With TLS 1.3 a server judges the certificate after the handshake: in the answer."""
        host = self._place.host
        request = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        alert = self._ends(lambda: self._connection.send(request))
        if alert:
            return None, alert
        answer: list[bytes] = []
        alert = self._ends(lambda: answer.append(self._connection.recv(ANSWER_BYTES)))
        return (_status(answer[0]) if answer else None), alert

    def _ends(self, act: Callable[[], object]) -> str:
        """Why an act could not be done; empty when it was."""
        while True:
            try:
                act()
            except SSL.WantReadError:
                if not self._waits(select.POLLIN):
                    return "timeout"
            except SSL.WantWriteError:
                if not self._waits(select.POLLOUT):
                    return "timeout"
            except (SSL.ZeroReturnError, SSL.SysCallError):
                return "closed"
            except SSL.Error as error:
                return _alert(error)
            else:
                return ""

    def _waits(self, event: int) -> bool:
        poll = select.poll()
        poll.register(self._raw, event)
        return bool(poll.poll(max(0.0, self._deadline - time.monotonic()) * 1000))


def _alert(error: SSL.Error) -> str:
    reasons = [entry[-1] for entry in (error.args[0] if error.args else ())]
    return str(reasons[-1]) if reasons else "refused"


def _name(name: crypto.X509Name) -> str:
    return ", ".join(
        f"{key.decode()}={value.decode('utf-8', 'replace')}"
        for key, value in reversed(name.get_components())
    )


def _status(answer: bytes) -> int | None:
    """The status of an HTTP answer's first line (RFC 9112 §4)."""
    words = answer.split(b" ", 2)
    is_http = len(words) > 1 and words[0].startswith(b"HTTP/") and words[1][:3].isdigit()
    return int(words[1][:3]) if is_http else None
