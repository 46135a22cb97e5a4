"""How values of the environment are read: ports, counts, addresses, each checked."""

import os
import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

PORT_RANGE: Final = range(1, 65536)
COUNTS: Final = range(1, 65)
# Up to the last “@”, whatever a password holds that it should not. Digits before “/” are a port
# on the Web, whose paths may hold an “@”; elsewhere they are taken for the start of a password.
PASSWORD: Final = re.compile(
    r"(https?://[^/?#:]*:(?!\d*(?:[/?#]|$))|(?<![\w+.-])(?!https?:)[\w+.-]+://[^/?#:]*:).*@"
)


class ConfigurationError(Exception):
    """A setting cannot be used; the message names it and says what it may be."""


def port(values: Mapping[str, str], name: str, default: int) -> int:
    """A TCP port. Raises ConfigurationError."""
    text = values.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) not in PORT_RANGE:
        raise ConfigurationError(f"{name}: a port from 1 to 65535, not {text!r}")
    return int(text)


def cores() -> int:
    """How many cores this process may run on, within what a count may be."""
    return min(len(os.sched_getaffinity(0)), COUNTS[-1])


def count(values: Mapping[str, str], name: str, default: int) -> int:
    """A number of workers, threads, minutes or hours. Raises ConfigurationError."""
    text = values.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) not in COUNTS:
        raise ConfigurationError(f"{name}: from 1 to 64, not {text!r}")
    return int(text)


def choice(values: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    """One of the known words, the first unless one is given. Raises ConfigurationError."""
    text = values.get(name) or known[0]
    if text not in known:
        raise ConfigurationError(f"{name}: {', '.join(known)}, not {text!r}")
    return text


def socket_address(values: Mapping[str, str], name: str) -> str:
    """An IP address and a port, "127.0.0.1:53" or "[::1]:53"; empty when nothing is given.

    Raises ConfigurationError.
    """
    text = values.get(name) or ""
    if not text:
        return ""
    address, _, port = text.rpartition(":")
    try:
        ip_address(address.strip("[]"))
    except ValueError as error:
        raise ConfigurationError(f"{name}: address:port, not {text!r}") from error
    if not port.isascii() or not port.isdigit() or int(port) not in PORT_RANGE:
        raise ConfigurationError(f"{name}: address:port, not {text!r}")
    return text


def optional_http_url(values: Mapping[str, str], name: str) -> str:
    """An address, or nothing where none is given. Raises ConfigurationError."""
    return http_url(values, name, "") if values.get(name) else ""


def http_url(values: Mapping[str, str], name: str, default: str) -> str:
    """An http or https address without its final slash. Raises ConfigurationError."""
    text = (values.get(name) or default).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(f"{name}: an http(s) address, not {text!r}")
    return text


def without_password(address: str) -> str:
    """An address as it may be shown: "postgresql://guichet:…@db/guichet"."""
    return PASSWORD.sub(r"\1…@", address)
