"""A small DNS server on the loopback, over UDP and TCP, that answers what a test tells it."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.TXT import TXT

TTL = 1


@dataclass
class Zone:
    """What is published. `rcode` answers every question with an error; `silent` with nothing.

    `records` holds other kinds than TXT, as a zone file writes them. `folder`, when there is one,
    holds TXT records that programs write: a file by name, a record a line. `broken` are kinds
    that are answered with an error.
    """

    txt: dict[str, list[str]] = field(default_factory=dict)
    cname: dict[str, str] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    folder: Path | None = None
    broken: set[str] = field(default_factory=set)
    lone_aliases: bool = False
    rcode: dns.rcode.Rcode | None = None
    silent: bool = False
    truncates: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""

    def publish(self, name: str, *values: str) -> None:
        """Replace the TXT records of a name."""
        self.txt[name] = list(values)

    def put(self, name: str, kind: str, *values: str) -> None:
        """Replace the records of another kind of a name: put("a.test", "A", "127.0.0.1")."""
        self.records[name, kind] = list(values)

    def answer(self, wire: bytes, over: str) -> bytes | None:
        """The answer to one question; None for none."""
        question = dns.message.from_wire(wire)
        name = question.question[0].name.to_text().rstrip(".")
        self.asked.append((over, name))
        if self.silent:
            return None
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.AA
        if self.rcode is not None:
            reply.set_rcode(self.rcode)
        elif self.truncates and over == "udp":
            reply.flags |= dns.flags.TC
        else:
            kind = dns.rdatatype.to_text(question.question[0].rdtype)
            self._fill(reply, name, kind)
        return reply.to_wire()

    def _fill(self, reply: dns.message.Message, name: str, kind: str) -> None:
        if kind in self.broken:
            reply.set_rcode(dns.rcode.SERVFAIL)
            return
        if name in self.cname:
            target = self.cname[name]
            reply.answer.append(dns.rrset.from_text(f"{name}.", TTL, "IN", "CNAME", f"{target}."))
            if self.lone_aliases:
                return
            name = target
        values = self._texts(name)
        if kind == "TXT" and values:
            records = [_record(value) for value in values]
            reply.answer.append(dns.rrset.from_rdata_list(f"{name}.", TTL, records))
        elif others := self.records.get((name, kind)):
            reply.answer.append(dns.rrset.from_text(f"{name}.", TTL, "IN", kind, *others))
        elif not values and name not in self.empty | {known for known, _ in self.records}:
            reply.set_rcode(dns.rcode.NXDOMAIN)

    def _texts(self, name: str) -> list[str]:
        published = self.folder / name if self.folder else None
        if published is not None and published.exists():
            return published.read_text().split()
        return self.txt.get(name, [])


def _record(value: str) -> TXT:
    """A TXT record, in pieces of 255 bytes (RFC 1035 3.3.14)."""
    wire = value.encode()
    pieces = [wire[i : i + 255] for i in range(0, len(wire), 255)]
    return TXT(dns.rdataclass.IN, dns.rdatatype.TXT, pieces or [b""])


@contextmanager
def serving(port: int = 0) -> Iterator[Zone]:
    """A server on a port of 127.0.0.1, a free one unless told, the same for UDP and TCP.

    `zone.address` says which.
    """
    zone = Zone()

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, server = self.request
            if reply := zone.answer(wire, "udp"):
                server.sendto(reply, self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (length,) = struct.unpack("!H", self.rfile.read(2))
            if reply := zone.answer(self.rfile.read(length), "tcp"):
                self.wfile.write(struct.pack("!H", len(reply)) + reply)

    servers = _on_one_port(port, Udp, Tcp)
    threads = [threading.Thread(target=server.serve_forever, args=(0.05,)) for server in servers]
    for thread in threads:
        thread.start()
    zone.address = f"127.0.0.1:{servers[0].server_address[1]}"
    try:
        yield zone
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join()


class _TcpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def _on_one_port(port: int, udp: type[Any], tcp: type[Any]) -> tuple[Any, Any]:
    """Both servers on a port that is free for the one and for the other."""
    for _try in range(20):
        first = socketserver.ThreadingUDPServer(("127.0.0.1", port), udp)
        try:
            return first, _TcpServer(first.server_address, tcp)
        except OSError:  # somebody else's TCP port
            first.server_close()
    raise OSError("no port is free for both UDP and TCP")
