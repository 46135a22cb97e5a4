"""What relying parties get: OCSP answers, CRLs and certificates as HTTP, without Django.

OCSP over HTTP: RFC 6960 appendix A.
"""

import base64
import binascii
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from guichet.validation import log_files
from guichet.validation.copies import standing
from guichet.validation.http import NOT_FOUND, READ_ONLY, Answer, etag, text
from guichet.validation.ocsp_answers import CACHED, MALFORMED, OcspAnswers
from guichet.validation.signers import Delegates
from guichet.validation.store import StoreReader
from guichet.x509 import ocsp
from guichet.x509.errors import Unreadable

OCSP: Final = "/ocsp"
REQUEST_AT_MOST: Final = ocsp.MAX_REQUEST
LATE: Final = timedelta(hours=1)
"""How far behind the signing may be before this responder says that it is not ready."""
KEPT_FILE_AT_MOST: Final = 1 << 20
STATIC: Final = {
    ("crl", ".crl"): "application/pkix-crl",
    ("ac", ".cer"): "application/pkix-cert",
    ("ac", ".crt"): "application/pkix-cert",
    ("ac", ".p7c"): "application/pkcs7-mime; smime-type=certs-only",
}
OCSP_METHODS: Final = text(405, "method not allowed", "GET, HEAD, POST")
ALIVE: Final = text(200, "ok")
READY: Final = text(200, "ok")


class Validation:
    """Everything behind the PKI port; call `refresh` a few times a second."""

    def __init__(self, published: Path, keys: Path) -> None:
        self._published = published
        self._store = StoreReader(published)
        self._delegates = Delegates(published, keys)
        self._ocsp_answers = OcspAnswers(self._store, self._delegates)
        self._files: dict[Path, tuple[int, Answer]] = {}

    def refresh(self) -> None:
        """See authorities, keys and records that were published since."""
        self._store.refresh()
        if self._delegates.refresh():
            self._ocsp_answers.forget()

    def answer(self, method: str, path: str, body: bytes, at: datetime) -> Answer:
        """Answer one request; `path` as received, escapes included."""
        if path == OCSP or path.startswith(OCSP + "/"):
            return self._ocsp(method, path, body, at)
        if path == "/healthz":
            return ALIVE if method in {"GET", "HEAD"} else READ_ONLY
        if path == "/readyz":
            return self._ready(at) if method in {"GET", "HEAD"} else READ_ONLY
        if path.startswith(log_files.FOLDER):
            return log_files.answer(self._published, method, path, at)
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
        return self._ocsp_answers.answer(request, at)

    def _ready(self, at: datetime) -> Answer:
        if not self._store.is_open or not self._store.is_complete:
            return text(503, "statuses are not all published")
        due = self._store.oldest_due()
        if due is not None and due + LATE < at.astimezone(UTC):
            return text(503, f"answers were to be signed again at {due:%Y-%m-%dT%H:%M:%SZ}")
        if why := standing.unreadiness(self._published, at):
            return text(503, why)
        return READY

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
            kept = stamp, _of_file(file, content_type, stamp)
            self._files[file] = kept
        return replace(kept[1], expires_at=at + CACHED)


def _of_file(file: Path, content_type: str, stamp: int) -> Answer:
    """Small files are kept; of a long list only what its headers say is."""
    changed_at = datetime.fromtimestamp(stamp // 1_000_000_000, UTC)
    if file.stat().st_size <= KEPT_FILE_AT_MOST:
        body = file.read_bytes()
        return Answer(200, content_type, body, etag(body), changed_at)
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Answer(200, content_type, b"", f'"{digest}"', changed_at, file=file)


def _of_path(encoded: str) -> bytes:
    """The request of a GET (RFC 6960 A.1): base64, URL-escaped or not, padded or not."""
    found = unquote_to_bytes(encoded)
    try:
        return base64.b64decode(found + b"=" * (-len(found) % 4), validate=True)
    except binascii.Error:
        return b""
