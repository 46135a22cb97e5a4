"""The portal's server: gunicorn with threads, over TLS without client certificate or a socket."""

import logging
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

THREADS: Final = 8
KEEP_ALIVE_S: Final = 5
REQUEST_S: Final = 60
STOP_S: Final = 8
# The owner and the group that nginx runs in; nobody else can speak for nginx.
SOCKET_UMASK: Final = 0o007


class OurLogger(Logger):  # type: ignore[misc]
    """What gunicorn tells goes where our own lines go, in their form."""

    def setup(self, cfg: Any) -> None:
        """No handler of its own; no line of access: the middleware writes it."""
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.setLevel(logging.WARNING)
        self.error_log.propagate = True


class GunicornServer(BaseApplication):  # type: ignore[misc]
    """Worker processes with threads, as many as told: one core does the work of one of them."""

    def __init__(
        self, answer: Any, bind: str, tls: tuple[Path, Path] | None = None, workers: int = 1
    ) -> None:
        self._answer = answer
        self._options: dict[str, Any] = {
            "bind": bind,
            "worker_class": "gthread",
            "workers": workers,
            "threads": THREADS,
            "keepalive": KEEP_ALIVE_S,
            "timeout": REQUEST_S,
            "graceful_timeout": STOP_S,
            "umask": SOCKET_UMASK,
            "loglevel": "warning",
            "logger_class": OurLogger,
            "proc_name": "guichet",
            # Nobody commands it but systemd; its socket would be one for all servers of a user.
            "control_socket_disable": True,
        }
        if tls is not None:
            certificate, key = tls
            self._options |= {
                "certfile": str(certificate),
                "keyfile": str(key),
                "ssl_context": _context,
            }
        super().__init__()

    def load_config(self) -> None:
        """Ours alone: neither gunicorn's command line nor its configuration file is read."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application, made before the worker is forked."""
        return self._answer


def _context(_config: Any, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """TLS 1.2 or later; no certificate is asked for, so that no visitor is prompted."""
    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_NONE
    return context
