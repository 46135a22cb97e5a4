"""Requests as HTTP/1.1 has them: what another server could read otherwise is refused.

cheroot is lenient about what frames a request: two lengths, a length beside chunks, signs and
spaces in numbers. Whatever stands in front of it may read those otherwise, and take for a second
request what was the body of the first (RFC 9112 §11.2).
"""

import re
import time
from collections import Counter
from typing import Any, Final

from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest

# The handshake is in it, where somebody may type the code of a card (tls.HANDSHAKE_S).
HEAD_S: Final = 20.0
BODY_S: Final = 300.0
MAX_HEAD_BYTES: Final = 64 * 1024
# A name without a space, and a value without controls but tabs (RFC 9110 §5.1, §5.5).
FIELD: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\0-\x08\x0a-\x1f\x7f]*\r\n")
END: Final = b"\r\n"
ONCE: Final = (b"host", b"content-length", b"transfer-encoding")
LENGTH: Final = b"Content-Length"
CODING: Final = b"Transfer-Encoding"


class StrictHeaders(HeaderReader):
    """Fields of a request. Raises ValueError, which cheroot answers with 400 and closes."""

    def __call__(self, rfile: Any, hdict: dict[bytes, bytes] | None = None) -> Any:
        """The fields, by name."""
        lines = _Lines(rfile)
        parent: Any = super()
        found: dict[bytes, bytes] = parent.__call__(lines, hdict)
        if any(lines.seen[name] > 1 for name in ONCE):
            raise ValueError("A field that frames the request stands twice.")
        if not found.get(LENGTH, b"0").isdigit():
            raise ValueError("Malformed Content-Length Header.")
        if LENGTH in found and CODING in found:
            raise ValueError("A length beside a transfer coding.")
        return found


class _Lines:
    """Lines of the head, each judged as it is read."""

    def __init__(self, rfile: Any) -> None:
        self._rfile = rfile
        self.seen: Counter[bytes] = Counter()

    def readline(self) -> bytes:
        """The next one. Raises ValueError."""
        line: bytes = self._rfile.readline()
        if line.endswith(END) and line != END:
            if not FIELD.fullmatch(line):
                raise ValueError("Illegal header line.")
            self.seen[line.partition(b":")[0].lower()] += 1
        return line


class StrictRequest(HTTPRequest):
    """A request whose head comes whole within HEAD_S, and its body within BODY_S.

    Who dawdles holds up a thread no longer: there are few, and each read alone may take seconds.
    """

    header_reader = StrictHeaders()

    def parse_request(self) -> None:
        """Read the head. Raises TimeoutError, which cheroot answers with 408."""
        parent: Any = super()
        connection: Any = self
        connection.conn.socket.read_until(time.monotonic() + HEAD_S)
        try:
            parent.parse_request()
        finally:
            connection.conn.socket.read_until(time.monotonic() + BODY_S)

    def send_headers(self) -> None:
        """Send the head of an answer; what is left of a body is not read for a next request.

        Whoever answered read what was worth it (application.draining): cheroot would try again,
        and lose the answer where the client dawdles.
        """
        request: Any = self
        if getattr(request.rfile, "remaining", 0):
            self.close_connection = True
        parent: Any = super()
        parent.send_headers()


class StrictConnection(HTTPConnection):
    """A connection whose requests are strict."""

    RequestHandlerClass = StrictRequest
