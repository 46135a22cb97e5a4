"""A worker of the responder, asked anything; what it may never answer."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp as library

from apps.validation.responders import Service, request_for
from apps.validation.writer import Writer
from guichet.validation.server import Application, application
from guichet.x509.crl import Reason
from guichet.x509.ocsp import Good, Revoked
from kit.ocsp_requests import request_of_several
from kit.pki import Leaf, Pki

OCSP_TYPE = "application/ocsp-response"
REFUSALS = frozenset({"MALFORMED_REQUEST", "UNAUTHORIZED"})
PART = 4_096


@dataclass
class Connection:
    """A request and what became of it; `read` counts the octets of the body that were taken."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    read: int = 0
    status: int = 0
    answer: bytes = b""
    told: dict[str, str] = field(default_factory=dict)

    async def __call__(self) -> bytes:
        self.read = len(self.body)
        return self.body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.body), PART):
            part = self.body[start : start + PART]
            self.read += len(part)
            yield part

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.status, self.told = status, dict(headers)

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.told, self.answer = status, dict(headers), body


@dataclass(frozen=True)
class Responder:
    """One worker, what it knows, requests that it answers well, and the refusals that it may give.

    Who asks more than it signs for adds TRY_LATER.
    """

    serve: Application
    runner: asyncio.Runner
    good: Leaf
    revoked: Leaf
    seeds: tuple[bytes, ...]
    refusals: frozenset[str] = REFUSALS

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Connection:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection: Any = Connection(method, path, body, named)
        self.runner.run(self.serve(connection, connection))
        found: Connection = connection
        return found

    def post(self, body: bytes) -> Connection:
        return self.ask("POST", "/ocsp", body, content_length=str(len(body)))

    def judge(self, answered: Connection) -> None:
        """An OCSP answer that gives nobody the status of another; the known ones keep theirs."""
        self.check(answered)
        for leaf, status in ((self.good, "GOOD"), (self.revoked, "REVOKED")):
            answer = library.load_der_ocsp_response(self.post(request_for(leaf)).answer)
            assert answer.certificate_status.name == status

    def check(self, answered: Connection) -> None:
        assert (answered.status, answered.told["content-type"]) == (200, OCSP_TYPE)
        answer = library.load_der_ocsp_response(answered.answer)
        if answer.response_status is not library.OCSPResponseStatus.SUCCESSFUL:
            assert answer.response_status.name in self.refusals
            return
        for one in answer.responses:
            known = {self.good.serial: "GOOD", self.revoked.serial: "REVOKED"}
            assert one.certificate_status.name == known.get(one.serial_number, "UNKNOWN")


@contextmanager
def answering(folder: Path, writer: Writer) -> Iterator[Responder]:
    """One that knows a good certificate and a revoked one, by the machine's clock."""
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    service = Service(folder, Pki(now=now), writer)
    service.publish_authority()
    service.install_key(at=now)
    good, revoked = service.pki.leaf(), service.pki.leaf()
    service.store(good, Good(), now)
    service.store(revoked, Revoked(now, Reason.KEY_COMPROMISE), now)
    with asyncio.Runner() as runner:
        serve = application(service.published, service.keys)
        yield Responder(serve, runner, good, revoked, seeds(good, revoked))


def seeds(*leaves: Leaf) -> tuple[bytes, ...]:
    """Requests in every form that clients send."""
    found = tuple(
        request_for(leaf, algorithm=algorithm, nonce=nonce)
        for leaf in leaves
        for algorithm in (hashes.SHA1(), hashes.SHA256())  # noqa: S303
        for nonce in (None, b"0123456789abcdef")
    )
    return (*found, request_of_several(*found[:3]))
