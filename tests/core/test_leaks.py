"""The search for secrets in what was sent finds them, or its other tests would prove nothing."""

import base64
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from kit.leaks import holds, sent_by_chromium

KEY = bytes(range(7, 255, 3)) * 3
PASSWORD = b"kR8+wpq2 Xn5z/&"
BEFORE, AFTER = b"POST /x HTTP/1.1\r\n\r\na=1&b=", b"&c=3"
WAYS = {
    "raw": lambda secret: secret,
    "one byte in": lambda secret: base64.b64encode(b"a" + secret),
    "two bytes in": lambda secret: base64.b64encode(b"ab" + secret),
    "three bytes in": lambda secret: base64.b64encode(b"abc" + secret),
    "for addresses": lambda secret: base64.urlsafe_b64encode(b"a" + secret),
    "small hexadecimal": lambda secret: secret.hex().encode(),
    "hexadecimal": lambda secret: secret.hex().upper().encode(),
    "hexadecimal by octets": lambda secret: secret.hex(":").encode(),
    "lines": base64.encodebytes,
    "lines in JSON": lambda secret: json.dumps(base64.encodebytes(secret).decode()).encode(),
    "escaped": lambda secret: quote(base64.b64encode(secret), safe="").encode(),
    "escaped octets": lambda secret: "".join(f"%{octet:02X}" for octet in secret).encode(),
    "a form": lambda secret: quote_plus(secret).encode(),
    "escaped twice": lambda secret: quote(quote(secret, safe=""), safe="").encode(),
}


@pytest.mark.parametrize("secret", [KEY, KEY[40:60], PASSWORD], ids=["key", "part", "password"])
@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_found_however_it_is_written(way: str, secret: bytes) -> None:
    assert holds(BEFORE + WAYS[way](secret) + AFTER, secret)


def test_what_is_not_there_is_not_found() -> None:
    sent = BEFORE + base64.b64encode(bytes(range(256)) * 20) + AFTER
    assert not holds(sent, PASSWORD)
    assert not holds(sent, KEY)


def test_the_bytes_of_a_net_log_are_read(tmp_path: Path) -> None:
    types = {"SSL_SOCKET_BYTES_SENT": 1, "SOCKET_BYTES_RECEIVED": 2}
    events = [
        {"type": kind, "params": {"bytes": base64.b64encode(text).decode()}}
        for kind, text in ((1, b"one"), (2, b"not"), (1, b"two"))
    ]
    log = tmp_path / "log.json"
    log.write_text(json.dumps({"constants": {"logEventTypes": types}, "events": events}))
    assert sent_by_chromium(log) == b"onetwo"
