"""TLS for the ports that ask for a client certificate: any certificate passes the handshake.

The standard library refuses unknown and expired certificates during the handshake, which leaves
the person with a browser error and no page. pyOpenSSL lets us accept whatever is presented (the
peer still proves that it holds the key, RFC 8446 §4.4.3) and judge it at every request.
"""

import errno
import io
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from cheroot import errors, makefile
from cheroot.ssl import Adapter
from OpenSSL import SSL, crypto

from guichet.domain.client_hello import RECORD_HEADER, wanted
from guichet.identities.peer import PeerTls

T = TypeVar("T")
SESSION_CONTEXT: Final = b"guichet"
HANDSHAKE_S: Final = 10.0
UNEXPECTED_EOF: Final = -1  # the peer closed TCP and said no goodbye in TLS
OPTIONS: Final = SSL.OP_NO_COMPRESSION | SSL.OP_NO_TICKET | SSL.OP_NO_RENEGOTIATION


def server_context(certificate: Path, key: Path) -> SSL.Context:
    """TLS 1.2 or later; asks for a certificate, accepts any or none.

    No session is resumed: a resumed session would bring back a certificate without its chain.
    """
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(OPTIONS)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_session_id(SESSION_CONTEXT)
    context.use_certificate_chain_file(str(certificate))
    context.use_privatekey_file(str(key))
    context.check_privatekey()
    context.set_verify(SSL.VERIFY_PEER, _accept_any)
    return context


def _accept_any(*_: object) -> bool:
    """The verdict is for each request: identities.cards and bench.diagnosis."""
    return True


def peer_of(connection: SSL.Connection, hello: bytes = b"") -> PeerTls:
    """What an established connection says of its peer; the chain is empty without certificate."""
    leaf = connection.get_peer_certificate()
    # On the server's side OpenSSL keeps the leaf apart from the others (SSL_get_peer_cert_chain).
    sent = connection.get_peer_cert_chain() or []
    ders = [_der(found) for found in ([leaf] if leaf else [])]
    ders += [der for found in sent if (der := _der(found)) not in ders]
    return PeerTls(
        chain=tuple(ders),
        tls_version=connection.get_protocol_version_name(),
        cipher=connection.get_cipher_name() or "",
        hello=hello,
        group=connection.get_group_name() or "",
    )


def _der(certificate: crypto.X509) -> bytes:
    return crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate)


def _ended(number: int) -> OSError:
    """The end of a connection, as the numbers that cheroot knows to be no fault."""
    return OSError(number, "the peer closed the connection")


class TlsSocket:
    """A socket as cheroot wants one, over a pyOpenSSL connection that does not block.

    The handshake happens at the first read, in the worker thread: a client that dawdles holds
    up nobody else. Used by one thread at a time.
    """

    def __init__(self, context: SSL.Context, raw: socket.socket) -> None:
        self._sock = raw  # cheroot answers plain HTTP on it
        self._timeout = raw.gettimeout()
        self._connection = SSL.Connection(context, raw)
        self._connection.set_accept_state()
        raw.setblocking(False)
        self._peer: PeerTls | None = None
        self._deadline: float | None = None

    @property
    def peer(self) -> PeerTls | None:
        """The peer; None until the handshake is over."""
        return self._peer

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Read what there is, 0 at the end. Raises TimeoutError, OSError, FatalSSLAlert."""
        self._shake_hands()
        try:
            return int(
                self._retrying(
                    lambda: self._connection.recv_into(buffer, nbytes or None), self._deadline
                )
            )
        except ConnectionAbortedError:
            return 0

    def send(self, data: bytes) -> int:
        """Write at least one byte. Raises as recv_into."""
        self._shake_hands()
        return int(self._retrying(lambda: self._connection.send(data)))

    def read_until(self, deadline: float) -> None:
        """Let all reads from now on end by an instant (time.monotonic), however little comes.

        A client that sends an octet at a time never makes a single read wait for long.
        """
        self._deadline = deadline

    def pending(self) -> int:
        """Bytes decrypted and not yet read."""
        return int(self._connection.pending())

    def _shake_hands(self) -> None:
        if self._peer is None:
            deadline = time.monotonic() + HANDSHAKE_S
            hello = self._peeked(deadline)
            self._retrying(self._connection.do_handshake, deadline)
            self._peer = peer_of(self._connection, hello)

    def _peeked(self, deadline: float) -> bytes:
        """The first record, left where OpenSSL reads it; what no handshake begins is empty.

        The kernel is told how much to wait for (SO_RCVLOWAT): a record may come in pieces.
        """
        head = self._peek(RECORD_HEADER, deadline)
        size = wanted(head)
        return self._peek(size, deadline) if size else b""

    def _peek(self, size: int, deadline: float) -> bytes:
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
        try:
            self._wait(select.POLLIN, deadline)
            return self._sock.recv(size, socket.MSG_PEEK)
        except BlockingIOError:
            return b""
        finally:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    def _retrying(self, attempt: Callable[[], T], deadline: float | None = None) -> T:
        while True:
            try:
                return attempt()
            except SSL.WantReadError:
                self._wait(select.POLLIN, deadline)
            except SSL.WantWriteError:
                self._wait(select.POLLOUT, deadline)
            except SSL.ZeroReturnError as error:
                raise _ended(errno.ECONNABORTED) from error
            except SSL.SysCallError as error:
                number = error.args[0] if error.args else UNEXPECTED_EOF
                raise _ended(errno.ECONNABORTED if number == UNEXPECTED_EOF else number) from error
            except SSL.Error as error:
                reasons = [entry[-1] for entry in (error.args[0] if error.args else ())]
                if "http request" in reasons:
                    raise errors.NoSSLError from error
                raise errors.FatalSSLAlert(*reasons) from error

    def _wait(self, event: int, deadline: float | None) -> None:
        wait = self._timeout
        if deadline is not None:
            wait = min(wait or HANDSHAKE_S, max(0.0, deadline - time.monotonic()))
        poll = select.poll()
        poll.register(self._sock, event)
        if not poll.poll(None if wait is None else wait * 1000):
            raise TimeoutError("timed out")

    def settimeout(self, seconds: float | None) -> None:
        """How long one read or write may wait."""
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        """How long one read or write may wait."""
        return self._timeout

    def fileno(self) -> int:
        """The descriptor that cheroot waits on."""
        return self._sock.fileno()

    def getsockname(self) -> Any:
        """The local address."""
        return self._sock.getsockname()

    def shutdown(self, how: int) -> None:
        """Say goodbye in TLS without waiting for the answer, then in TCP."""
        if self._peer is not None:
            try:
                self._connection.shutdown()
            except SSL.Error:
                self._peer = None
        self._sock.shutdown(how)

    def close(self) -> None:
        """Free the descriptor."""
        self._sock.close()

    def _decref_socketios(self) -> None:
        """socket.SocketIO tells when a stream is closed; the connection closes by itself."""


class TlsReader(makefile.StreamReader):
    """cheroot's reader, which also knows of what is decrypted and waits inside OpenSSL."""

    def __init__(self, sock: TlsSocket, mode: str, bufsize: int) -> None:
        super().__init__(sock, mode, bufsize)
        self._tls = sock

    def has_data(self) -> bool:
        """Whether a next request is already here."""
        buffered: Any = super()
        return bool(buffered.has_data()) or self._tls.pending() > 0


class AnyCertificateAdapter(Adapter):
    """cheroot's TLS adapter for ports that ask for a client certificate."""

    def __init__(self, certificate: Path, key: Path) -> None:
        super().__init__(str(certificate), str(key))
        self.context = server_context(certificate, key)

    def bind(self, sock: socket.socket) -> socket.socket:
        """The listening socket stays as it is."""
        return sock

    def wrap(self, sock: socket.socket) -> tuple[TlsSocket, dict[str, str]]:
        """TLS over an accepted connection; its peer is known later (see serve.PeerGateway)."""
        return TlsSocket(self.context, sock), self.get_environ()

    def get_environ(self) -> dict[str, str]:
        """What WSGI is told of every connection."""
        return {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def makefile(
        self, sock: TlsSocket, mode: str = "r", bufsize: int = io.DEFAULT_BUFFER_SIZE
    ) -> Any:
        """Streams over a TlsSocket."""
        return (TlsReader if "r" in mode else makefile.StreamWriter)(sock, mode, bufsize)
