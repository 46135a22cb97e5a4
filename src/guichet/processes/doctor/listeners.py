"""Ports and sockets: whether Guichet answers there, another program, or nobody."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from guichet.conf.environment import Environment
from guichet.processes.doctor.findings import Finding, closed, fault, warning, well
from guichet.processes.serve import LISTENERS

WAIT_S: Final = 3
BENCH: Final = "bench"
OURS: Final = ("ok", '{"status": "ok"}')


def examine(environment: Environment, _at: datetime) -> Iterator[Finding]:
    """Each listener asked whether it is alive."""
    ports = {
        "portal": environment.port,
        "card": environment.card_port,
        BENCH: environment.bench_port,
    }
    for name in LISTENERS:
        # No nginx stands before the bench: it reads what a client says first.
        if environment.unix_sockets is not None and name != BENCH:
            yield _socket(name, environment.unix_sockets / f"{name}.sock")
        else:
            yield _port(name, environment.listen, ports[name], is_tls=True)
    yield _port("responder", environment.listen, environment.pki_port, is_tls=False)


def _port(name: str, host: str, port: int, *, is_tls: bool) -> Finding:
    check = f"port-{name}"
    try:
        said = _asked(host, port, is_tls=is_tls)
    except ConnectionRefusedError:
        return _silent(check, name, f"Nobody listens on port {port} ({name})")
    except (OSError, http.client.HTTPException) as error:
        said = str(error) or type(error).__name__
    if said in OURS:
        return well(check, f"Guichet's {name} answers on port {port}")
    return fault(
        check,
        f"Port {port}, meant for the {name}, is taken by another program ({said[:80]!r})",
        why=f"The {name} cannot start: its log says “address already in use”.",
        mend=f"ss -ltnp 'sport = :{port}' names that program: stop it, or choose another port",
    )


def _asked(host: str, port: int, *, is_tls: bool) -> str:
    connection: http.client.HTTPConnection
    if is_tls:
        # Its certificate has an examination of its own: no root is read to judge it.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, port, timeout=WAIT_S, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=WAIT_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read(200).decode("utf-8", "replace").strip()
    finally:
        connection.close()


def _socket(name: str, path: Path) -> Finding:
    check = f"socket-{name}"
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(WAIT_S)
            probe.connect(str(path))
    except PermissionError:
        return closed(check, path)
    except OSError as error:
        return _silent(check, name, f"Nobody listens on {path} ({error.strerror or error})")
    return well(check, f"Guichet's {name} answers on {path}")


def _silent(check: str, name: str, found: str) -> Finding:
    verb = "validation" if name == "responder" else f"serve {name}"
    return warning(
        check,
        found,
        why=f"The {name} is not started, or did not stay up.",
        mend=f"systemctl status guichet-{name} (guichet {verb})",
    )
