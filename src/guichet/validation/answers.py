"""What relying parties get: OCSP answers, CRLs and certificates as HTTP, without Django.

OCSP over HTTP: RFC 6960 appendix A; the lightweight profile and its cache headers: RFC 5019.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from guichet.validation.signers import Delegates
from guichet.validation.statuses import StatusReader, decode
from guichet.x509 import ocsp
from guichet.x509.errors import Unreadable
from guichet.x509.ocsp import CertId, Request, Validity

OCSP: Final = "/ocsp"
OCSP_TYPE: Final = "application/ocsp-response"
REQUEST_AT_MOST: Final = ocsp.MAX_REQUEST
FRESHNESS: Final = timedelta(hours=1)
CACHED: Final = timedelta(seconds=60)
"""How long an answer may be kept by a cache, ours or another's."""
KEPT_AT_MOST: Final = 20_000
STATIC: Final = {
    ("crl", ".crl"): "application/pkix-crl",
    ("ac", ".cer"): "application/pkix-cert",
    ("ac", ".p7c"): "application/pkcs7-mime; smime-type=certs-only",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `etag` lets a client keep its copy; `cacheable` for how many seconds."""

    status: int
    content_type: str
    body: bytes
    etag: str = ""
    changed_at: datetime | None = None
    expires_at: datetime | None = None
    allow: str = ""

    def headers(self, at: datetime) -> list[tuple[str, str]]:
        """Headers, names in lower case."""
        found = [("content-type", self.content_type), ("x-content-type-options", "nosniff")]
        if self.allow:
            found.append(("allow", self.allow))
        if self.changed_at is None or self.expires_at is None:
            return [*found, ("cache-control", "no-store")]
        seconds = max(0, int((self.expires_at - at).total_seconds()))
        policy = f"max-age={seconds}, public, no-transform, must-revalidate"
        return [
            *found,
            ("cache-control", policy),
            ("etag", self.etag),
            ("last-modified", format_datetime(self.changed_at, usegmt=True)),
            ("expires", format_datetime(self.expires_at.replace(microsecond=0), usegmt=True)),
        ]


def _text(status: int, text: str, allow: str = "") -> Answer:
    return Answer(status, "text/plain; charset=utf-8", f"{text}\n".encode(), allow=allow)


NOT_FOUND: Final = _text(404, "not found")
READ_ONLY: Final = _text(405, "method not allowed", "GET, HEAD")
OCSP_METHODS: Final = _text(405, "method not allowed", "GET, HEAD, POST")
ALIVE: Final = _text(200, "ok")
MALFORMED: Final = Answer(200, OCSP_TYPE, ocsp.MALFORMED)
UNAUTHORIZED: Final = Answer(200, OCSP_TYPE, ocsp.UNAUTHORIZED)
TRY_LATER: Final = Answer(200, OCSP_TYPE, ocsp.TRY_LATER)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer kept, with the stored status that it tells."""

    stored: bytes | None
    answer: Answer


class Validation:
    """Everything behind the PKI port; call `refresh` about once a second."""

    def __init__(self, published: Path, keys: Path) -> None:
        self._published = published
        self._statuses = StatusReader(published)
        self._delegates = Delegates(published, keys)
        self._kept: dict[CertId, _Kept] = {}
        self._files: dict[Path, tuple[int, Answer]] = {}

    def refresh(self) -> None:
        """See authorities, keys and statuses that were published since."""
        self._statuses.refresh()
        if self._delegates.refresh():
            self._kept.clear()

    def answer(self, method: str, path: str, body: bytes, at: datetime) -> Answer:
        """Answer one request; `path` as received, escapes included."""
        if path == OCSP or path.startswith(OCSP + "/"):
            return self._ocsp(method, path, body, at)
        if path == "/healthz":
            return ALIVE if method in {"GET", "HEAD"} else READ_ONLY
        return self._file(method, path, at)

    def _ocsp(self, method: str, path: str, body: bytes, at: datetime) -> Answer:
        if method == "POST":
            encoded = body
        elif method in {"GET", "HEAD"}:
            encoded = _of_path(path.removeprefix(OCSP).removeprefix("/"))
        else:
            return OCSP_METHODS
        try:
            request = ocsp.read_request(encoded)
        except Unreadable:
            return MALFORMED
        return self._status(request, at)

    def _status(self, request: Request, at: datetime) -> Answer:
        asked = request.certificate
        code = self._delegates.code(asked)
        if code is None:
            return UNAUTHORIZED
        if not self._statuses.is_open:
            return TRY_LATER
        stored = self._statuses.get(code, asked.serial)
        kept = self._kept.get(asked) if request.nonce is None else None
        if (
            kept
            and kept.stored == stored
            and kept.answer.expires_at
            and at < kept.answer.expires_at
        ):
            return kept.answer
        return self._sign(request, code, stored, at)

    def _sign(self, request: Request, code: str, stored: bytes | None, at: datetime) -> Answer:
        delegate = self._delegates.delegate(code, at)
        if delegate is None:
            return TRY_LATER
        begins = at.replace(microsecond=0)
        validity = Validity(
            this_update=begins, next_update=min(begins + FRESHNESS, delegate.not_after)
        )
        body = ocsp.answer(delegate.responder, request, decode(stored), validity)
        if request.nonce is not None:
            return Answer(200, OCSP_TYPE, body)
        # RFC 5019 6.2: no cache keeps it past nextUpdate, nor do we.
        expires_at = min(begins + CACHED, validity.next_update)
        answer = Answer(200, OCSP_TYPE, body, _etag(body), begins, expires_at)
        if len(self._kept) >= KEPT_AT_MOST:
            self._kept.clear()
        self._kept[request.certificate] = _Kept(stored, answer)
        return answer

    def _file(self, method: str, path: str, at: datetime) -> Answer:
        """A published file: only names that the publisher writes can be asked for."""
        folder, _, name = path.removeprefix("/").partition("/")
        content_type = STATIC.get((folder, Path(name).suffix))
        if content_type is None or "/" in name or name.startswith("."):
            return NOT_FOUND
        if method not in {"GET", "HEAD"}:
            return READ_ONLY
        return self._read(self._published / folder / name, content_type, at)

    def _read(self, file: Path, content_type: str, at: datetime) -> Answer:
        try:
            stamp = file.stat().st_mtime_ns
        except (FileNotFoundError, OSError, ValueError):
            return NOT_FOUND
        kept = self._files.get(file)
        if kept is None or kept[0] != stamp:
            body = file.read_bytes()
            changed_at = datetime.fromtimestamp(stamp // 1_000_000_000, at.tzinfo)
            kept = stamp, Answer(200, content_type, body, _etag(body), changed_at, at)
            self._files[file] = kept
        answer = kept[1]
        return Answer(200, content_type, answer.body, answer.etag, answer.changed_at, at + CACHED)


def _of_path(encoded: str) -> bytes:
    """The request of a GET (RFC 6960 A.1): base64, URL-escaped or not, padded or not."""
    text = unquote_to_bytes(encoded)
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return b""


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()}"'
