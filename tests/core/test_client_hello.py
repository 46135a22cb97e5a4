"""ClientHello as clients send it, and as nobody should."""

import re
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.client_hello import ClientHello, read, wanted
from guichet.domain.targets import Target, is_allowed, may_lead_to
from guichet.x509.errors import Unreadable


def hello_of(server_name: str | None, **changes: object) -> bytes:
    """What Python's own client sends, as its authors set it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # Debian's Python leaves it to OpenSSL
    context.set_alpn_protocols(["h2", "http/1.1"])
    for name, value in changes.items():
        setattr(context, name, value)
    sent = ssl.MemoryBIO()
    connection = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname=server_name)
    with pytest.raises(ssl.SSLWantReadError):
        connection.do_handshake()
    return sent.read()


USUAL = hello_of("banc.exemple.fr")


def in_pieces(records: bytes, size: int) -> bytes:
    """The same message in smaller records."""
    message = records[5:]
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(records[:3] + len(part).to_bytes(2, "big") + part for part in parts)


def test_what_a_client_offers() -> None:
    """Versions, suites, groups, name, protocols; also in several records, and with more behind."""
    found = read(USUAL)
    assert found.versions == ("TLSv1.3", "TLSv1.2")
    assert found.suites[0] == "TLS_AES_256_GCM_SHA384"
    assert "X25519" in found.groups
    assert "rsa_pss_rsae_sha256" in found.schemes
    assert (found.server_name, found.protocols) == ("banc.exemple.fr", ("h2", "http/1.1"))
    assert (found.old_versions, found.weak_suites) == ((), ())
    assert read(in_pieces(USUAL, 100) + b"what follows") == found
    assert wanted(USUAL[:5]) == len(USUAL)


def test_an_old_client() -> None:
    """Without a name, TLS 1.2 at most: the version is that of the message itself."""
    found = read(hello_of(None, maximum_version=ssl.TLSVersion.TLSv1_2))
    assert (found.versions, found.server_name) == (("TLSv1.2",), "")
    weak = ClientHello(
        versions=("TLSv1.2", "TLSv1"), suites=("ECDHE-RSA-AES128-SHA", "DES-CBC3-SHA", "RC4-MD5"),
        groups=(), schemes=(), server_name="", protocols=(),
    )  # fmt: skip
    assert (weak.old_versions, weak.weak_suites) == (("TLSv1",), ("DES-CBC3-SHA", "RC4-MD5"))


def test_grease_and_signals_are_left_out() -> None:
    """RFC 8701; TLS_FALLBACK_SCSV and the like. An unknown suite is told by its number."""
    at = USUAL.index(b"\x13\x02")
    greased = USUAL[:at] + b"\x5a\x5a" + b"\x56\x00" + b"\xfe\xfe" + USUAL[at + 6 :]
    assert read(greased).suites[0] == "0xFEFE"


@pytest.mark.parametrize("cut", [0, 4, 9, 40, 120, len(USUAL) - 1])
def test_a_message_cut_short(cut: int) -> None:
    with pytest.raises(Unreadable):
        read(USUAL[:cut])


@pytest.mark.parametrize(
    "head", [b"", b"GET /", b"\x16\x03", b"\x15\x03\x01\x00\x02", b"\x16\x03\x01\x40\x01"]
)
def test_what_begins_no_handshake(head: bytes) -> None:
    assert wanted(head) == 0


@given(st.data())
def test_any_bytes(data: st.DataObject) -> None:
    """Read or Unreadable, nothing else: one octet changed, or anything at all."""
    at = data.draw(st.integers(0, len(USUAL) - 1))
    changed = USUAL[:at] + data.draw(st.binary(min_size=1, max_size=3)) + USUAL[at + 1 :]
    for records in (changed, data.draw(st.binary(max_size=80))):
        try:
            assert read(records).server_name.isprintable()
        except Unreadable:
            assert records != USUAL


def test_the_list_of_servers() -> None:
    """A host and port are on it as they are written; case and a final dot change nothing."""
    targets = [Target.parse(text) for text in ("Serveur.Exemple.fr:443", "[::1]:8000-8010")]
    assert list(map(str, targets)) == ["serveur.exemple.fr:443", "[::1]:8000-8010"]
    for host, port in (("SERVEUR.exemple.fr.", 443), ("::1", 8010), ("[::1]", 8000)):
        assert is_allowed(targets, host, port)
    others = (("serveur.exemple.fr", 80), ("::1", 8011), ("exemple.fr", 443), ("::ffff:1", 8000),
              ("serveur.exemple.fr@ailleurs", 443), ("", 443))  # fmt: skip
    assert not any(is_allowed(targets, host, port) for host, port in others)


@pytest.mark.parametrize(
    "text", ["hôte:443", "a", "a:0", "a:70000", "a:9-8", ":443", "a b:1", "-:1"]
)
def test_a_server_that_cannot_be_listed(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        Target.parse(text)


@pytest.mark.parametrize(
    ("host", "address", "may"),
    [
        ("serveur.exemple.fr", "203.0.113.7", True),
        ("serveur.exemple.fr", "10.0.0.7", True),
        ("serveur.exemple.fr", "127.0.0.1", False),
        ("serveur.exemple.fr", "169.254.169.254", False),
        ("serveur.exemple.fr", "::1", False),
        ("localhost", "127.0.0.1", True),
        ("localhost", "10.0.0.7", False),
        ("127.0.0.1", "127.0.0.1", True),
    ],
)
def test_where_a_name_may_lead(host: str, address: str, may: bool) -> None:
    """A name on the list that turns to this machine leads nowhere."""
    assert may_lead_to(host, address) is may
