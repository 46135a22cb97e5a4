"""http-01: a file served over HTTP at the name (RFC 8555 §8.3)."""

import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, Final, cast

from django.conf import settings

from guichet.automation.acme.validation.connecting import Deadline, Stream, connect
from guichet.automation.acme.validation.errors import unproved
from guichet.domain.acme import redirections
from guichet.domain.acme.answers import judge_body
from guichet.domain.acme.flaws import Cause, flaw
from guichet.domain.acme.redirections import REDIRECTIONS, Target

HEAD_AT_MOST: Final = 16_384
BODY_AT_MOST: Final = 1_024
REQUEST: Final = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: guichet-acme\r\n"
    "Accept: */*\r\nConnection: close\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A status, where it sends us, and the beginning of a body."""

    status: int
    location: str
    body: bytes


def check(name: str, token: str, key_authorization: str) -> None:
    """Return when the name serves the key authorization. Raises Unproved."""
    guichet = settings.GUICHET
    ports = {"http": guichet.acme_http_port, "https": guichet.acme_tls_port}
    deadline = Deadline.soon()
    target = redirections.first(name, token, ports)
    for _hop in range(redirections.AT_MOST + 1):
        answer = _get(target, deadline)
        if answer.status not in REDIRECTIONS:
            _judge(target.host, token, answer, key_authorization)
            return
        following = redirections.followed(target, answer.location, ports)
        if following is None:
            raise unproved(flaw(Cause.REDIRECTION, name=target.host))
        target = following
    raise unproved(flaw(Cause.TOO_MANY_REDIRECTIONS, name=name, count=redirections.AT_MOST))


def _judge(host: str, token: str, answer: _Answer, key_authorization: str) -> None:
    if answer.status != 200:
        raise unproved(flaw(Cause.STATUS, name=host, status=answer.status, token=token))
    if found := judge_body(host, answer.body, key_authorization):
        raise unproved(found)


def _get(target: Target, deadline: Deadline) -> _Answer:
    with connect(target.host, target.port, deadline) as plain:
        try:
            with _secured(plain, target, deadline) as connection:
                connection.sendall(REQUEST.format(path=target.path, host=target.host).encode())
                return _read(connection, deadline)
        except (OSError, HTTPException, ValueError) as error:
            raise unproved(flaw(Cause.ANSWER_UNREADABLE, name=target.host)) from error


def _secured(plain: socket.socket, target: Target, deadline: Deadline) -> socket.socket:
    """Over TLS when a redirection wants it; who has no certificate yet has none to show."""
    plain.settimeout(deadline.left())
    if target.scheme == "http":
        return plain
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # judges nothing: no root is read
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=target.host)


def _read(connection: socket.socket, deadline: Deadline) -> _Answer:
    stream = Stream(connection, deadline, HEAD_AT_MOST + BODY_AT_MOST)
    response = HTTPResponse(cast("Any", stream), method="GET")
    try:
        response.begin()
        body = response.read(BODY_AT_MOST)
        return _Answer(response.status, response.headers.get("Location") or "", body)
    finally:
        response.close()
