"""Names validated by http-01 and dns-01, over the loopback: a DNS and web servers of tests."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import pytest
from django.utils import translation

from apps.automation.acme_names import (  # noqa: F401 the fixtures
    AUTHORIZATION,
    NAME,
    TOKEN,
    answering,
    refused,
    zone,
)
from guichet.automation.acme.validation import caa, connecting
from guichet.automation.acme.validation.checks import CHECKS, check
from guichet.automation.acme.validation.errors import WORDS, Unproved
from guichet.domain.acme import answers
from guichet.domain.acme.flaws import Cause
from kit import dns_server, loopback
from kit.stack import free_port

ACCOUNT = "https://guichet.test/acme/account/1"
PATH = f"/.well-known/acme-challenge/{TOKEN}"


class Site(loopback.Handler):
    """What the web server of the name answers, by path: a status, and a body or an address."""

    pages: ClassVar[dict[str, tuple[int, str]]] = {}
    asked: ClassVar[list[str]] = []

    def reply(self, body: bytes | None) -> None:
        self.asked.append(f"{self.headers['Host']}{self.path}")
        status, text = self.pages.get(self.path, (404, "rien"))
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", text)
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture
def site(zone: dns_server.Zone, settings) -> Iterator[type[Site]]:
    """The web server of the name, where http-01 connects."""
    Site.pages, Site.asked = {PATH: (200, f"{AUTHORIZATION}\n")}, []
    with loopback.serving(Site) as address:
        port = int(address.rpartition(":")[2])
        settings.GUICHET = replace(settings.GUICHET, acme_http_port=port)
        yield Site


def test_http_01(site: type[Site]) -> None:
    """ACCEPTED, by way of a redirection too; the Host is the name."""
    check("http-01", NAME, TOKEN, AUTHORIZATION)
    site.pages = {PATH: (301, "/autre"), "/autre": (200, AUTHORIZATION)}
    check("http-01", NAME, TOKEN, AUTHORIZATION)
    assert site.asked == [NAME + PATH, NAME + PATH, f"{NAME}/autre"]


@pytest.mark.parametrize(
    ("status", "text", "kind", "says"),
    [
        (404, "rien", "unauthorized", f"le code HTTP 404 au lieu de 200. Servez le fichier {PATH}"),
        (200, "autre chose", "incorrectResponse", "« autre chose »"),
        (200, AUTHORIZATION + "x" * 5000, "incorrectResponse", "Servez l’autorisation de clé"),
        (302, "http://127.0.0.1/", "connection", "une adresse que le guichet ne suit pas"),
        (302, PATH, "connection", "renvoie plus de 5 fois"),
        (302, "http://interne.hopital.test/", "connection", "l’adresse 10.0.0.1"),
    ],
)
def test_http_01_refused(
    zone: dns_server.Zone, site: type[Site], status: int, text: str, kind: str, says: str
) -> None:
    """Told what was found and what to do."""
    zone.put("interne.hopital.test", "A", "10.0.0.1")
    site.pages = {PATH: (status, text)}
    error = refused("http-01")
    assert error.kind == kind
    assert says in error.detail.replace("\u202f", " ")


def test_nobody_at_the_name(zone: dns_server.Zone, settings) -> None:
    """No address, a private one, a closed port, a DNS in error: each is told apart."""
    zone.put("prive.hopital.test", "AAAA", "fd00::1")
    settings.GUICHET = replace(settings.GUICHET, acme_http_port=free_port())
    assert refused("http-01", "absent.hopital.test").kind == "dns"
    assert "fd00::1" in refused("http-01", "prive.hopital.test").detail
    found = refused("http-01")
    assert (found.kind, "127.0.0.1, port" in found.detail) == ("connection", True)
    zone.broken = {"AAAA"}
    assert refused("http-01").kind == "dns"


def test_another_address_is_tried(zone: dns_server.Zone, site: type[Site]) -> None:
    """IPv6 first; where nobody listens, the IPv4 address."""
    zone.put(NAME, "AAAA", "::1")
    check("http-01", NAME, TOKEN, AUTHORIZATION)
    assert {kind for _, kind in zone.records} == {"A", "AAAA"}


def test_ipv6(zone: dns_server.Zone, settings) -> None:
    """A name that has an IPv6 address alone."""
    zone.records.clear()
    zone.put(NAME, "AAAA", "::1")
    body = f"HTTP/1.1 200 OK\r\nContent-Length: {len(AUTHORIZATION)}\r\n\r\n{AUTHORIZATION}"
    with answering(body.encode(), host="::1") as port:
        settings.GUICHET = replace(settings.GUICHET, acme_http_port=port)
        check("http-01", NAME, TOKEN, AUTHORIZATION)


@pytest.mark.parametrize(
    "head", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000, b""]
)
def test_what_is_not_http(zone: dns_server.Zone, settings, head: bytes) -> None:
    """Another protocol, a head without end, nothing at all: REFUSED as unreadable."""
    with answering(head) as port:
        settings.GUICHET = replace(settings.GUICHET, acme_http_port=port)
        assert refused("http-01").kind == "connection"


def test_a_server_that_drips(
    zone: dns_server.Zone, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slowly octets come, all is over at the deadline."""
    monkeypatch.setattr(connecting, "WHOLE_WITHIN_S", 0.3)
    with answering(b"HTTP/1.1 200 OK\r\n", is_endless=True) as port:
        settings.GUICHET = replace(settings.GUICHET, acme_http_port=port)
        assert refused("http-01").kind == "connection"


def test_no_redirection_is_followed_after_the_deadline(
    site: type[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "WHOLE_WITHIN_S", 0)
    assert refused("http-01").kind == "connection"
    assert site.asked == []


def test_dns_01(zone: dns_server.Zone) -> None:
    """ACCEPTED at the record, or where an alias leads, told by another server or not."""
    record = answers.record_name(NAME)
    assert refused("dns-01").kind == "unauthorized"
    zone.publish(record, "autre")
    assert refused("dns-01").kind == "incorrectResponse"
    zone.publish(record, "autre", answers.record_value(AUTHORIZATION))
    check("dns-01", NAME, TOKEN, AUTHORIZATION)
    zone.publish(f"{NAME}.preuves.test", answers.record_value(AUTHORIZATION))
    zone.cname[record] = f"{NAME}.preuves.test"
    for zone.lone_aliases in (False, True):
        check("dns-01", NAME, TOKEN, AUTHORIZATION)
    zone.cname[f"{NAME}.preuves.test"] = record
    assert refused("dns-01").kind in {"dns", "unauthorized"}


def test_caa(zone: dns_server.Zone) -> None:
    """Read from the name up, the nearest alone; a DNS that does not answer allows nothing."""
    caa.require(NAME, ACCOUNT, "http-01")
    zone.put("hopital.test", "CAA", '0 issue "autre.test"')
    with (
        translation.override("fr"),
        pytest.raises(Unproved, match=r"issue \"guichet\.test\"") as caught,
    ):
        caa.require(NAME, ACCOUNT, "http-01")
    assert caught.value.kind == "caa"
    zone.put(NAME, "CAA", f'0 issue "guichet.test; accounturi={ACCOUNT}"')
    caa.require(NAME, ACCOUNT, "http-01")
    with pytest.raises(Unproved):
        caa.require(NAME, f"{ACCOUNT}2", "http-01")
    zone.broken = {"CAA"}
    with pytest.raises(Unproved) as caught:
        caa.require(NAME, ACCOUNT, "http-01")
    assert caught.value.kind == "dns"


def test_every_cause_has_its_words() -> None:
    """A sentence says what is wrong, another what to do. Nobody checks what does not exist."""
    assert set(WORDS) == set(Cause)
    with translation.override("fr"):
        assert all(re.search(r"\. [A-Z]", str(words)) for words in WORDS.values())
    assert set(CHECKS) == {"http-01", "dns-01", "tls-alpn-01"}
    with pytest.raises(ValueError, match="tls-sni-01"):
        check("tls-sni-01", NAME, TOKEN, AUTHORIZATION)
