"""One HTTP answer of the responder, and its cache headers (RFC 5019 6)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Final

OCSP_TYPE: Final = "application/ocsp-response"
SHARED_CACHE: Final = ("x-accel-expires", "1")
"""How many seconds the cache in front of us may keep it: a revocation shows through at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `etag` lets a client keep its copy; it may until `expires_at`.

    `file` holds the body instead of `body` when it is long. What `is_fixed` never changes.
    """

    status: int
    content_type: str
    body: bytes
    etag: str = ""
    changed_at: datetime | None = None
    expires_at: datetime | None = None
    allow: str = ""
    file: Path | None = None
    is_fixed: bool = False

    def headers(self, at: datetime) -> list[tuple[str, str]]:
        """Headers, names in lower case."""
        found = [("content-type", self.content_type), ("x-content-type-options", "nosniff")]
        if self.allow:
            found.append(("allow", self.allow))
        if self.changed_at is None or self.expires_at is None:
            return [*found, ("cache-control", "no-store")]
        seconds = max(0, int((self.expires_at - at).total_seconds()))
        policy = f"max-age={seconds}, public, no-transform, must-revalidate"
        if self.is_fixed:
            policy += ", immutable"
        return [
            *found,
            ("cache-control", policy),
            ("etag", self.etag),
            ("last-modified", format_datetime(self.changed_at, usegmt=True)),
            ("expires", format_datetime(self.expires_at.replace(microsecond=0), usegmt=True)),
            SHARED_CACHE,
        ]


def text(status: int, words: str, allow: str = "") -> Answer:
    """A plain answer that no cache keeps."""
    return Answer(status, "text/plain; charset=utf-8", f"{words}\n".encode(), allow=allow)


def etag(body: bytes) -> str:
    """A strong validator of these bytes (RFC 9110 8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()}"'


def is_held(answer: Answer, header: Callable[[str], str | None], at: datetime) -> bool:
    """Whether whoever reads this has it already: 304, by RFC 9110 13.2.2.

    `header` gives a field of the request. Of OCSP, dates say nothing: two answers may be signed in
    one second, and the later one revoke.
    """
    told = header("if-none-match")
    if told is not None:
        return _names(told, answer.etag)
    since = _instant(header("if-modified-since") or "")
    if since is None or answer.changed_at is None or answer.content_type == OCSP_TYPE:
        return False
    return answer.changed_at <= since <= at


def _names(told: str, etag: str) -> bool:
    """Whether an If-None-Match means this validator: one of a list, weak or not (RFC 9110 13.1.2).

    Our validators hold no comma.
    """
    tags = [tag.strip().removeprefix("W/") for tag in told.split(",")]
    return etag in tags or tags == ["*"]


def _instant(told: str) -> datetime | None:
    """An HTTP-date in any of its three forms (RFC 9110 5.6.7); None for what is none."""
    try:
        found = parsedate_to_datetime(told)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


NOT_FOUND: Final = text(404, "not found")
READ_ONLY: Final = text(405, "method not allowed", "GET, HEAD")
