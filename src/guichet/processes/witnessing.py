"""A witness of the journal's log, run by somebody else: it needs neither database nor settings.

It follows a log that it fetches, or listens to logs that ask it (C2SP tlog-witness). Behind a proxy
that speaks TLS, if it is reached from outside.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import httpx

from guichet.journal import merkle, notes
from guichet.journal.notes import SignerKey, VerifierKey
from guichet.journal.tiles import CHECKPOINT, Tiles
from guichet.journal.witnessing import Reply, Submission, Witness
from guichet.validation.files import replace

KEY: Final = "witness.key"
PATH: Final = "/add-checkpoint"
TIMEOUT_S: Final = 5.0
BODY_AT_MOST: Final = 1 << 17
TILE_AT_MOST: Final = 1 << 16


def open_witness(folder: Path, name: str, logs: Iterable[VerifierKey]) -> tuple[Witness, str]:
    """The witness of a folder and its verifier key; its key is made at its first use.

    Raises NoteError for a name that is none, or for a file that holds no key.
    """
    path = folder / KEY
    if not path.exists():
        made = SignerKey.make(name, notes.COSIGNATURE)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace(path, made.written().encode(), mode=0o600)
    key = SignerKey.parse(path.read_text())
    return Witness(key, logs, folder, replace), str(key.verifier)


def follow(witness: Witness, log: VerifierKey, base: str, at: datetime) -> Reply:
    """Fetch a log's checkpoint and tiles beneath an address, and cosign it if it continues.

    Raises NoteError, TileError and OSError for what cannot be read.
    """
    with httpx.Client(timeout=TIMEOUT_S, follow_redirects=True) as client:

        def read(name: str) -> bytes | None:
            return _fetched(client, f"{base.rstrip('/')}/{name}")

        content = read(CHECKPOINT)
        if content is None:
            raise OSError(f"{base} has no checkpoint")
        note, head = notes.opened(content.decode(errors="replace"), log)
        seen = witness.seen(log.name)
        if head.size < seen.size:
            return Reply(409, f"the log went back from {seen.size} entries to {head.size}\n")
        proof = merkle.consistency(Tiles(read, head.size), seen.size, head.size)
    return witness.add(Submission(seen.size, proof, note).written(), at)


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """A server of add-checkpoint, bound to its address; `serve_forever` is the caller's."""

    class Handler(BaseHTTPRequestHandler):
        timeout = TIMEOUT_S

        def do_POST(self) -> None:
            """Answer a submission."""
            length = self.headers.get("Content-Length") or ""
            if self.path != PATH or not length.isdecimal() or int(length) > BODY_AT_MOST:
                self.send_error(404 if self.path != PATH else 413)
                return
            reply = witness.add(self.rfile.read(int(length)), datetime.now(UTC))
            body = reply.text.encode()
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: what was cosigned is in the folder."""

    return ThreadingHTTPServer((host, port), Handler)


def post(url: str, body: bytes) -> tuple[int, str, str]:
    """Send a submission to a witness. Raises OSError."""
    try:
        answer = httpx.post(url, content=body, timeout=TIMEOUT_S)
    except httpx.HTTPError as error:
        raise OSError(f"{type(error).__name__} {error}") from error
    return answer.status_code, answer.headers.get("Content-Type", ""), answer.text


def _fetched(client: httpx.Client, url: str) -> bytes | None:
    """A small file, None where there is none. Raises OSError."""
    try:
        with client.stream("GET", url) as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            answer.raise_for_status()
            found = bytearray()
            for chunk in answer.iter_bytes():
                found += chunk
                if len(found) > TILE_AT_MOST:
                    raise OSError(f"{url}: more than a tile")
    except httpx.HTTPError as error:
        raise OSError(f"{url}: {error}") from error
    return bytes(found)
