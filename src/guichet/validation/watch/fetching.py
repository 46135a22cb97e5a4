"""HTTP as a relying party speaks it: short, conditional, never more than is worth reading."""

import base64
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Self
from urllib.parse import quote

import httpx

from guichet.domain.freshness import Problem

TIMEOUT: Final = httpx.Timeout(3.0)
WHOLE_WITHIN_S: Final = 20.0
WHOLE_AT_MOST: Final = 8 << 20
"""Octets that are downloaded; of what is larger, the headers are read."""
GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class FetchFailed(Exception):  # noqa: N818 an answer about the address, not a fault of ours
    """Nothing usable came; `problem` says why, after how many milliseconds."""

    def __init__(self, problem: Problem, fetch_ms: int) -> None:
        super().__init__(problem.value)
        self.problem, self.fetch_ms = problem, fetch_ms


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: `body` is None when it has not changed, or is too large to be downloaded.

    `is_same` tells the two apart; `size` is in octets.
    """

    body: bytes | None
    is_same: bool
    etag: str
    size: int
    fetch_ms: int


class Fetcher:
    """A client of the public address; may be shared by threads."""

    def __init__(self, base: str) -> None:
        self._client = httpx.Client(
            base_url=base, timeout=TIMEOUT, trust_env=False, headers={"User-Agent": "guichet-watch"}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, etag: str = "") -> Fetched:
        """Fetch a path; with an etag, only if it changed since. Raises FetchFailed."""
        started = time.perf_counter()
        try:
            return self._get(path, etag, started)
        except httpx.HTTPError as error:
            raise FetchFailed(Problem.UNREACHABLE, _since(started)) from error

    def _get(self, path: str, etag: str, started: float) -> Fetched:
        asked = {"If-None-Match": etag} if etag else {}
        with self._client.stream("GET", path, headers=asked) as response:
            if response.status_code == HTTPStatus.NOT_MODIFIED and etag:
                return Fetched(None, True, etag, 0, _since(started))
            if response.status_code != HTTPStatus.OK:
                is_gone = response.status_code in GONE
                raise FetchFailed(Problem.MISSING if is_gone else Problem.FAILED, _since(started))
            given = response.headers.get("etag", "")
            length = response.headers.get("content-length", "")
            if length.isdecimal() and int(length) > WHOLE_AT_MOST:
                return Fetched(None, False, given, int(length), _since(started))
            body = _read(response, started)
            return Fetched(body, False, given, len(body), _since(started))


def ocsp_path(request: bytes, *, fresh: str = "") -> str:
    """The address of a GET (RFC 6960 A.1); `fresh`, told apart, comes from no cache."""
    path = f"/ocsp/{quote(base64.b64encode(request).decode(), safe='')}"
    return f"{path}?{fresh}" if fresh else path


def address(name: str) -> str:
    """The path of a point by its name; not for OCSP."""
    return f"/{quote(name)}"


def _read(response: httpx.Response, started: float) -> bytes:
    parts, length = [], 0
    for part in response.iter_bytes():
        length += len(part)
        if length > WHOLE_AT_MOST or time.perf_counter() - started > WHOLE_WITHIN_S:
            raise FetchFailed(Problem.FAILED, _since(started))
        parts.append(part)
    return b"".join(parts)


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
