"""The responder process: granian (RSGI) in front of `answers`, no Django, no database."""

import logging
import multiprocessing
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Final, Protocol

import structlog
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.rsgi import ProtocolClosed, Scope  # type: ignore[attr-defined]  # exported by use
from granian.server import Server

from guichet.validation.answers import OCSP, REQUEST_AT_MOST, Validation
from guichet.validation.http import OCSP_TYPE, Answer, is_held
from guichet.validation.lifeline import end_with_parent
from guichet.validation.ocsp_answers import MALFORMED
from guichet.validation.patience import Patience
from guichet.validation.tally import Kind, Tally, kind_of
from guichet.web import logs

logger = logging.getLogger(__name__)
log = structlog.get_logger("guichet.validation.server")
METRICS: Final = "/metrics"
METRICS_TYPE: Final = "text/plain; version=0.0.4"
LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
ROUTES: Final = frozenset({"ocsp", "crl", "ac", "healthz", "readyz", "metrics"})
FAILED: Final = 500
REFRESH_S: Final = 0.25
HOT_S: Final = 0.5
"""How long an answer is given again without a look at the store."""
HOT_AT_MOST: Final = 50_000
HOT_LENGTH_AT_MOST: Final = 1_024
"""Longer bodies and addresses are not kept: they could be made to differ without end."""
READING: Final = frozenset({"GET", "HEAD"})
LENGTH_DIGITS: Final = 9
NOT_MODIFIED: Final = 304
FAULT: Final = Answer(500, "text/plain; charset=utf-8", b"internal error\n")
Headers = list[tuple[str, str]]


class Connection(Protocol):
    """What the responder uses of RSGI's HTTP protocol."""

    async def __call__(self) -> bytes:
        """The whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body, by parts."""

    def response_empty(self, status: int, headers: Headers) -> None:
        """Answer without a body."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer."""

    def response_file(self, status: int, headers: Headers, file: str) -> None:
        """Answer with a file."""


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

    @property
    def pki_workers(self) -> int:
        """Processes that answer; they share the published store."""

    @property
    def log_format(self) -> str:
        """One of logs.FORMATS."""

    @property
    def log_level(self) -> str:
        """Least weight of our own lines."""


def main(environment: Environment) -> None:
    """Serve until SIGTERM or SIGINT."""
    published, keys = environment.published, environment.state / "responder"
    tally = Tally()
    lines = logs.configuration(environment.log_format, environment.log_level)
    Server(
        "guichet.validation.server:application",
        address=environment.listen,
        port=environment.pki_port,
        interface=Interfaces.RSGI,
        workers=environment.pki_workers,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=lines,
    ).serve(target_loader=lambda: _worker(published, keys, tally), wrap_loader=False)


def _worker(published: Path, keys: Path, tally: Tally) -> Application:
    """The application, in granian's worker: left alone, it would keep the port for ever."""
    if parent := multiprocessing.parent_process():
        end_with_parent(parent.pid or 0, signal.SIGKILL)
    return application(published, keys, tally)


def application(published: Path, keys: Path, tally: Tally | None = None) -> Application:
    """The RSGI application of one worker."""
    worker, patience = _Worker(Validation(published, keys), tally or Tally()), Patience()

    async def serve(scope: Scope, protocol: Connection) -> None:
        # What is asked over and over takes this path: a body, a look in a table, an answer.
        is_post = scope.method == "POST" and scope.path == OCSP
        asked: bytes | str | None
        try:
            asked = await patience.within(_body(scope, protocol)) if is_post else scope.path
        except (TimeoutError, ProtocolClosed):  # a client that dawdles, or has gone
            asked = None
        except Exception:
            logger.exception("the body of %s cannot be read", scope.path)
            asked = None
        found = worker.hot.get(asked) if is_post or scope.method in READING else None
        if found is not None and monotonic() < found[0]:
            worker.row.add(Kind.OCSP_SUCCESSFUL)
            if is_post:
                protocol.response_bytes(200, found[1], found[2].body)
            else:
                _send(scope, protocol, found[2], found[1])
        else:
            worker.answer(scope, protocol, asked)

    return serve


class _Worker:
    """What one worker remembers. `hot`: body or path asked -> until when, headers, answer."""

    def __init__(self, validation: Validation, tally: Tally) -> None:
        self.row = tally.row()
        self._tally = tally
        self.hot: dict[bytes | str | None, tuple[float, Headers, Answer]] = {}
        self._validation = validation
        self._refresh_at = 0.0

    def answer(self, scope: Scope, protocol: Connection, asked: bytes | str | None) -> None:
        """Find the answer and send it; whatever happens, there is one. Faults go to the log."""
        at, began = datetime.now(UTC), monotonic()
        try:
            if (now := monotonic()) >= self._refresh_at:
                self._refresh_at = now + REFRESH_S
                self._validation.refresh()
            answer = self._find(scope, asked, at)
        except Exception:
            logger.exception("%s %s", scope.method, scope.path)
            answer = FAULT
        headers = answer.headers(at)
        if answer.etag and answer.content_type == OCSP_TYPE:
            self._keep(asked, headers, answer)
        self.row.add(kind_of(answer))
        _send(scope, protocol, answer, headers)
        if answer.status >= FAILED or logger.isEnabledFor(logging.DEBUG):
            _tell(scope, answer, monotonic() - began)

    def _keep(self, asked: bytes | str | None, headers: Headers, answer: Answer) -> None:
        if asked is None or len(asked) > HOT_LENGTH_AT_MOST:
            return
        if len(self.hot) >= HOT_AT_MOST:
            self.hot.clear()
        self.hot[asked] = monotonic() + HOT_S, headers, answer

    def _find(self, scope: Scope, asked: bytes | str | None, at: datetime) -> Answer:
        if asked is None:
            return MALFORMED
        if asked == METRICS and _is_local(scope):
            return Answer(200, METRICS_TYPE, self._tally.exposition())
        body = asked if isinstance(asked, bytes) else b""
        return self._validation.answer(scope.method, scope.path, body, at)


def _is_local(scope: Scope) -> bool:
    """Whether a program of this machine asks, for itself."""
    address = scope.client.rpartition(":")[0].strip("[]")
    return address in LOOPBACK and scope.headers.get("x-forwarded-for") is None


def _tell(scope: Scope, answer: Answer, seconds: float) -> None:
    """A line of access: of faults, and of all that is not answered from memory at DEBUG."""
    folder = scope.path.split("/")[1:2]
    log.log(
        logging.WARNING if answer.status >= FAILED else logging.DEBUG,
        "request",
        listener="pki",
        method=scope.method,
        route=folder[0] if folder and folder[0] in ROUTES else "none",
        status=answer.status,
        milliseconds=round(seconds * 1000, 1),
    )


async def _body(scope: Scope, protocol: Connection) -> bytes | None:
    """The body; None when it is longer than any OCSP request."""
    length = scope.headers.get("content-length")
    if length is not None and len(length) <= LENGTH_DIGITS:
        return await protocol() if int(length) <= REQUEST_AT_MOST else None
    parts, read = [], 0
    async for part in protocol:
        read += len(part)
        if read > REQUEST_AT_MOST:
            return None
        parts.append(part)
    return b"".join(parts)


def _send(scope: Scope, protocol: Connection, answer: Answer, headers: Headers) -> None:
    is_read = scope.method in READING
    if is_read and answer.etag and is_held(answer, scope.headers.get, datetime.now(UTC)):
        protocol.response_empty(NOT_MODIFIED, headers)
    elif scope.method == "HEAD":
        protocol.response_empty(answer.status, headers)
    elif answer.file is not None:
        protocol.response_file(answer.status, headers, str(answer.file))
    else:
        protocol.response_bytes(answer.status, headers, answer.body)
