"""Serving one door of the front: `guichet serve portal|card|bench`."""

import logging
import ssl
from pathlib import Path
from typing import Any, Final

from cheroot.server import ChunkedRFile
from cheroot.wsgi import Gateway_10, Server
from django.conf import settings

from guichet.conf.readers import ConfigurationError
from guichet.identities.peer import PEER_KEY
from guichet.processes.application import URLCONFS, application, further_application
from guichet.processes.framing import BODY, Chunks, is_read_whole
from guichet.processes.portal import GunicornServer
from guichet.processes.requests import MAX_HEAD_BYTES, StrictConnection
from guichet.processes.tls import AnyCertificateAdapter, TlsSocket
from guichet.processes.together import serve_together

logger = logging.getLogger(__name__)
LISTENERS: Final = tuple(URLCONFS)
THREADS: Final = 16
FURTHER_THREADS: Final = 4
QUEUE: Final = 128
KEEP_ALIVE_S: Final = 10
STOP_S: Final = 5
MAX_BODY_BYTES: Final = 32 * 1024 * 1024
# What frames a body by chunks may add to it: sizes, ends of lines, trailers.
MAX_FRAMED_BYTES: Final = 2 * MAX_BODY_BYTES


def serve(listener: str) -> None:
    """Serve until SIGTERM or SIGINT: on TCP with TLS, or on a Unix socket behind nginx.

    Raises ConfigurationError where the files of the theme or those of TLS cannot be used.
    """
    environment = settings.GUICHET
    environment.dressing.require_files()
    sockets: Path | None = environment.unix_sockets
    answer = application(listener, behind_proxy=sockets is not None)
    if sockets is not None:
        sockets.mkdir(parents=True, exist_ok=True)
        workers = environment.front_workers if listener == "portal" else 1
        GunicornServer(answer, f"unix:{sockets / listener}.sock", workers=workers).run()
    elif listener == "portal":
        bind = f"{environment.listen}:{environment.port}"
        GunicornServer(answer, bind, tls=_usable_files(environment.state)).run()
    else:
        port = environment.card_port if listener == "card" else environment.bench_port
        main = certificate_server(
            (environment.listen, port), answer, _usable_files(environment.state)
        )
        serve_together(main, *_further_servers(listener))


def _further_servers(listener: str) -> tuple[Server, ...]:
    """Beside the bench, in the demo: the provider's pages, whose codes the bench exchanges."""
    environment = settings.GUICHET
    if listener != "bench" or not environment.demo:
        return ()
    address = (environment.listen, environment.oidc_port)
    return (Server(address, further_application("provider"), numthreads=FURTHER_THREADS),)


def server_files(state: Path) -> tuple[Path, Path]:
    """The listeners' own certificate (with its chain) and key."""
    return state / "tls" / "server.pem", state / "tls" / "server.key"


def _usable_files(state: Path) -> tuple[Path, Path]:
    """The files of `server_files`. Raises ConfigurationError where no server could use them.

    That is so where they are missing, closed, no PEM, or not made for each other.
    """
    files = server_files(state)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*files, password=_nobody_types)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"no HTTPS by {files[0]} and {files[1]}: {why}") from error
    return files


def _nobody_types() -> str:
    raise ValueError("the key wants a passphrase, which nobody is there to type")


class PeerGateway(Gateway_10):
    """Adds the TLS peer to the environ: known only now that a request has been read."""

    def get_environ(self) -> Any:
        """The environ of cheroot and the peer that the connection proved to be."""
        parent: Any = super()
        environ: dict[str, Any] = parent.get_environ()
        connection = self.req.conn.socket
        environ[PEER_KEY] = connection.peer if isinstance(connection, TlsSocket) else None
        body = self.req.rfile
        if isinstance(body, ChunkedRFile):
            environ[BODY] = self.req.rfile = Chunks(body, MAX_FRAMED_BYTES)
        return environ

    def respond(self) -> None:
        """Answer; what is left of a body would be taken for the next request (RFC 9112 §9.3)."""
        parent: Any = super()
        parent.respond()
        body = self.req.rfile
        is_left = not is_read_whole(body) if isinstance(body, ChunkedRFile) else body.remaining != 0
        self.req.close_connection = self.req.close_connection or is_left


class OurServer(Server):
    """What cheroot tells goes where our own lines go."""

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """As cheroot calls it; `msg` is the message."""
        logger.log(level, "%s", msg, exc_info=traceback)


def certificate_server(address: tuple[str, int], answer: Any, files: tuple[Path, Path]) -> Server:
    """A threaded server whose handshake accepts any client certificate, or none."""
    server = OurServer(
        address,
        answer,
        numthreads=THREADS,
        request_queue_size=QUEUE,
        timeout=KEEP_ALIVE_S,
        shutdown_timeout=STOP_S,
        server_name=settings.GUICHET.host,
    )
    server.gateway = PeerGateway
    server.ConnectionClass = StrictConnection
    server.max_request_header_size = MAX_HEAD_BYTES
    server.max_request_body_size = MAX_BODY_BYTES
    server.ssl_adapter = AnyCertificateAdapter(*files)
    return server
