"""How long the body of a request is: told to Django, which reads nothing where no header says it.

Clients that do not know the length of what they send code it by chunks (RFC 9112 §7.1), which
every server of HTTP/1.1 must read; WSGI knows only CONTENT_LENGTH.
"""

import io
import re
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from cheroot.errors import MaxSizeExceeded
from cheroot.server import ChunkedRFile, SizeCheckWrapper
from gunicorn.http.errors import ParseException

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
LENGTH: Final = "CONTENT_LENGTH"
BODY: Final = "wsgi.input"
CODING: Final = "HTTP_TRANSFER_ENCODING"
CHUNK: Final = 64 * 1024
IN_MEMORY: Final = 1024 * 1024
LARGEST: Final = 64 * 1024 * 1024
SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,16}[ \t]*(?:;[^\r\n]*)?\r\n")
# What reading a body raises that was cut, or is framed as no RFC has it, by one server or another.
UNREADABLE: Final = (OSError, ValueError, MaxSizeExceeded, ParseException)


class Unframed(io.RawIOBase):
    """The body of a request whose end nobody can tell: reading it fails as one that was cut."""

    def readable(self) -> bool:
        """Somebody may try."""
        return True

    def readinto(self, _buffer: Any) -> int:
        """Raises OSError."""
        raise OSError("the end of this body cannot be told (RFC 9112 §6.3)")


def framed(inner: Application) -> Application:
    """Give `inner` every body with its length; one that comes by chunks is read first.

    One longer than LARGEST, more than any page takes, is as one that was cut.
    """

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "chunked" in environ.get(CODING, "").lower():
            with SpooledTemporaryFile(IN_MEMORY) as kept:
                return inner(environ | _kept(environ[BODY], kept), start_response)
        length = environ.get(LENGTH, "")
        if length and not (length.isascii() and length.isdigit()):
            return inner(environ | _unframed(), start_response)
        return inner(environ, start_response)

    return answer


class _Sizes(SizeCheckWrapper):
    """Lines of a body by chunks; those of sizes are judged while `are_sizes`."""

    are_sizes = False

    def readline(self, size: int | None = None) -> bytes:
        """The next line. Raises ValueError where it should tell a size and does not."""
        parent: Any = super()
        line: bytes = parent.readline(size)
        if self.are_sizes and not SIZE.fullmatch(line):
            raise ValueError("the size of a chunk is none")
        return line


class Chunks(ChunkedRFile):
    """A body by chunks: sizes written as RFC 9112 §7.1 has them, `limit` octets with its framing.

    cheroot takes any number of Python's for a size, lines that have no end, and after a fault
    would read on from where it stands. Reading raises what UNREADABLE holds, and then always does.
    """

    def __init__(self, body: ChunkedRFile, limit: int) -> None:
        parent: Any = super()
        read_of: Any = body
        self._lines: Any = _Sizes(read_of.rfile, limit)
        self._is_broken = False
        parent.__init__(self._lines, read_of.maxlen)

    def _fetch(self) -> None:
        if self._is_broken:
            raise ValueError("the chunks of this body cannot be told")
        self._is_broken = self._lines.are_sizes = True
        parent: Any = super()
        parent._fetch()  # noqa: SLF001 where cheroot reads one chunk
        self._is_broken = self._lines.are_sizes = False


def is_read_whole(body: ChunkedRFile) -> bool:
    """Read the trailers of a body whose chunks were read, and the empty line that ends it.

    They are headers nobody here has a use for (RFC 9112 §7.1.2), and cheroot would take them for
    the next request. False where they do not end, or are none.
    """
    sent: Any = body  # cheroot's own types have its trailers return nothing
    try:
        return sent.closed and all(b":" in line for line in sent.read_trailer_lines())
    except UNREADABLE:
        return False


def bodiless(inner: Application) -> Application:
    """Answer HEAD without the body that GET has (RFC 9110 §9.3.2), which would pass for another.

    Django leaves it to the server, and cheroot sends what it is given.
    """

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        response = inner(environ, start_response)
        if environ.get("REQUEST_METHOD") != "HEAD":
            return response
        if (close := getattr(response, "close", None)) is not None:
            close()
        return ()

    return answer


def _kept(body: IO[bytes], kept: IO[bytes]) -> Environ:
    read = 0
    try:
        while read <= LARGEST and (part := body.read(CHUNK)):
            read += kept.write(part)
    except UNREADABLE:
        return _unframed()
    if read > LARGEST:  # of a part of it a form would be read without an error
        return _unframed()
    kept.seek(0)
    return {BODY: kept, LENGTH: str(read)}


def _unframed() -> Environ:
    return {BODY: Unframed(), LENGTH: "1"}
