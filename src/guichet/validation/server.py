"""The responder process: granian (RSGI) in front of `answers`, no Django, no database."""

import logging
import multiprocessing
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.rsgi import Scope
from granian.server import Server

from guichet.validation.answers import MALFORMED, REQUEST_AT_MOST, Answer, Validation
from guichet.validation.lifeline import end_with_parent

logger = logging.getLogger(__name__)
REFRESH: Final = timedelta(milliseconds=500)
NOT_MODIFIED: Final = 304
FAULT: Final = Answer(500, "text/plain; charset=utf-8", b"internal error\n")


class Connection(Protocol):
    """What the responder uses of RSGI's HTTP protocol."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body, by parts."""

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Answer without a body."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""


Application = Callable[[Scope, Connection], Awaitable[None]]


class Environment(Protocol):
    """What the responder needs of the process's settings."""

    @property
    def state(self) -> Path:
        """Folder of all state: responder keys are in it."""

    @property
    def published(self) -> Path:
        """Folder of published artefacts."""

    @property
    def listen(self) -> str:
        """Address to listen on."""

    @property
    def pki_port(self) -> int:
        """Port to listen on."""


def main(environment: Environment) -> None:
    """Serve until SIGTERM or SIGINT."""
    published, keys = environment.published, environment.state / "responder"
    Server(
        "guichet.validation.server:application",
        address=environment.listen,
        port=environment.pki_port,
        interface=Interfaces.RSGI,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve(target_loader=lambda: _worker(published, keys), wrap_loader=False)


def _worker(published: Path, keys: Path) -> Application:
    """The application, in granian's worker: left alone, it would keep the port for ever."""
    if parent := multiprocessing.parent_process():
        end_with_parent(parent.pid or 0, signal.SIGKILL)
    return application(published, keys)


def application(published: Path, keys: Path) -> Application:
    """The RSGI application of one worker."""
    validation = Validation(published, keys)
    refreshed_at = datetime.fromtimestamp(0, UTC)

    async def serve(scope: Scope, protocol: Connection) -> None:
        nonlocal refreshed_at
        at = datetime.now(UTC)
        try:
            body = await _body(scope, protocol)
            if not timedelta(0) <= at - refreshed_at < REFRESH:
                validation.refresh()
                refreshed_at = at
            answer = (
                MALFORMED if body is None else validation.answer(scope.method, scope.path, body, at)
            )
        except Exception:  # an answer to every request, whatever happens; told in the log
            logger.exception("%s %s", scope.method, scope.path)
            answer = FAULT
        _send(scope, protocol, answer, at)

    return serve


async def _body(scope: Scope, protocol: Connection) -> bytes | None:
    """The body; None when it is longer than any OCSP request."""
    if scope.method != "POST":
        return b""
    parts, length = [], 0
    async for part in protocol:
        length += len(part)
        if length > REQUEST_AT_MOST:
            return None
        parts.append(part)
    return b"".join(parts)


def _send(scope: Scope, protocol: Connection, answer: Answer, at: datetime) -> None:
    headers = answer.headers(at)
    if answer.etag and scope.headers.get("if-none-match") == answer.etag:
        protocol.response_empty(NOT_MODIFIED, headers)
    elif scope.method == "HEAD":
        protocol.response_empty(answer.status, headers)
    else:
        protocol.response_bytes(answer.status, headers, answer.body)
