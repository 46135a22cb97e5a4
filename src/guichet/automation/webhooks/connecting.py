"""One POST to a receiver: to an address that was checked, within a deadline, without redirection.

The address itself is connected to, never the name again: who serves the DNS cannot say one thing
to the check and another to the connection.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

import httpcore
from django.conf import settings
from dns.rdtypes.IN.A import A
from dns.rdtypes.IN.AAAA import AAAA

from guichet.domain.destinations import Address, in_order, is_allowed
from guichet.domain.webhooks import LOOPBACK
from guichet.habilitations.dns import DnsResolver, DnsUnavailable

WHOLE_WITHIN_S: Final = 10.0
CONNECT_S: Final = 3.0
ADDRESSES: Final = 3
BODY_AT_MOST: Final = 2000
NEAR: Final = ("127.0.0.1", "::1")


class Unreached(Exception):  # noqa: N818 an answer about a receiver, not a fault of ours
    """No answer came back; `why` is one word: dns, address, connection, tls, timeout, protocol."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered; `body` is its beginning."""

    status: int
    body: bytes
    retry_after: str


class _Deadline:
    """When everything is over, in seconds of time.monotonic."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + WHOLE_WITHIN_S

    def within(self, timeout: float | None) -> float:
        """Seconds left, `timeout` at most. Raises Unreached("timeout")."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise Unreached("timeout")
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection all of whose reads and writes share one deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        wait = self._deadline.within(timeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, wait), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to the addresses of a name that may be connected to."""

    def __init__(self) -> None:
        self._inner, self._deadline = httpcore.SyncBackend(), _Deadline()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = Unreached("connection")
        for address in _destinations(host)[:ADDRESSES]:
            wait = self._deadline.within(timeout)
            try:
                made = self._inner.connect_tcp(
                    str(address), port, wait, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(made, self._deadline)
        raise failure


def post(url: str, *, headers: Mapping[str, str], body: bytes, trust: ssl.SSLContext) -> Answer:
    """Send a body and read the beginning of the answer. Raises Unreached."""
    timeouts = {"connect": CONNECT_S, "read": WHOLE_WITHIN_S, "write": WHOLE_WITHIN_S}
    try:
        with (
            httpcore.ConnectionPool(ssl_context=trust, network_backend=_Backend()) as pool,
            pool.stream(
                "POST",
                url,
                headers=list(headers.items()),
                content=body,
                extensions={"timeout": timeouts},
            ) as response,
        ):
            return Answer(response.status, _beginning(response), _header(response, b"retry-after"))
    except httpcore.TimeoutException as error:
        raise Unreached("timeout") from error
    except httpcore.NetworkError as error:
        raise Unreached("tls" if _is_of_tls(error) else "connection") from error
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise Unreached("protocol") from error


def _beginning(response: httpcore.Response) -> bytes:
    found = b""
    for part in response.iter_stream():
        found += part
        if len(found) >= BODY_AT_MOST:
            break
    return found[:BODY_AT_MOST]


def _header(response: httpcore.Response, name: bytes) -> str:
    found = (value for key, value in response.headers if key.lower() == name)
    return next(found, b"").decode("latin-1")


def _destinations(host: str) -> tuple[Address, ...]:
    """Raises Unreached: "dns" (the name is not known), "address" (not to be connected to)."""
    found = _addresses(host)
    allowed = tuple(one for one in found if is_allowed(one, settings.GUICHET.webhook_networks))
    if not allowed:
        raise Unreached("address" if found else "dns")
    return allowed


def _addresses(host: str) -> tuple[Address, ...]:
    if host == LOOPBACK:
        return tuple(map(ip_address, NEAR))
    try:
        return (ip_address(host),)
    except ValueError:
        resolver = DnsResolver(settings.GUICHET.dns_resolver)
    try:
        records = (*resolver.ask(host, "AAAA"), *resolver.ask(host, "A"))
    except DnsUnavailable as error:
        raise Unreached("dns") from error
    return in_order(record.address for record in records if isinstance(record, A | AAAA))


def _is_of_tls(error: BaseException) -> bool:
    """Whether the handshake is what failed: the library tells of a connection in both cases."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
