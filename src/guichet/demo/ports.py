"""Which of the demo's ports are already taken, told before anything starts."""

import socket

from guichet.conf.environment import Environment


def busy_ports(environment: Environment) -> tuple[int, ...]:
    """Ports of the environment that cannot be bound on its listen address."""
    wanted = (
        environment.port,
        environment.card_port,
        environment.pki_port,
        environment.bench_port,
        environment.oidc_port,
        environment.franceconnect_port,
        environment.proconnect_port,
    )
    return tuple(port for port in wanted if not _is_free(environment.listen, port))


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
