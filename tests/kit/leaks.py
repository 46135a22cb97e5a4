"""Whether bytes that left a machine hold a secret, whole or in part, however it was written."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote_to_bytes

WINDOW = 18  # bytes of a secret that are enough to recognise it; a multiple of 3
STEP = 9
SENT = ("SOCKET_BYTES_SENT", "SSL_SOCKET_BYTES_SENT")


def sent_by_chromium(net_log: Path) -> bytes:
    """Every byte that Chromium gave to a socket, before TLS (--net-log-capture-mode=Everything)."""
    told = json.loads(net_log.read_text())
    names = {number: name for name, number in told["constants"]["logEventTypes"].items()}
    events = (e for e in told["events"] if names[e["type"]] in SENT)
    return b"".join(base64.b64decode(e["params"]["bytes"]) for e in events if "params" in e)


def holds(sent: bytes, secret: bytes) -> bool:
    """True when 18 bytes in a row of the secret were sent, raw, base64, hexadecimal, or escaped."""
    views = tuple(_views(sent))
    return any(form in view for form in _forms(secret) for view in views)


def _views(sent: bytes) -> Iterator[bytes]:
    """As sent, unescaped once and twice, each also without the line breaks and in small letters."""
    once = unquote_to_bytes(sent)
    for view in (sent, once, unquote_to_bytes(once)):
        yield view
        bare = re.sub(rb"\s+|\\n|\\r|:", b"", view)
        yield bare
        yield bare.lower()


def _forms(secret: bytes) -> Iterator[bytes]:
    whole = max(1, len(secret) - WINDOW + 1)
    for start in range(0, whole, STEP):
        window = secret[start : start + WINDOW]
        yield window
        yield window.hex().encode()
        for shift in range(3):
            yield _base64(window, shift)
            yield _base64(window, shift).translate(bytes.maketrans(b"+/", b"-_"))
    text = secret.decode("ascii", "ignore")
    if len(secret) <= 2 * WINDOW and text.encode() == secret:
        yield from (form.encode() for form in (text, quote(text), quote_plus(text)))
        yield secret.hex().encode()
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
        yield json.dumps(text)[1:-1].encode()


def _base64(window: bytes, shift: int) -> bytes:
    """What a window is in base64 when this many bytes stand before it, less its two ends."""
    encoded = base64.b64encode(b"\0" * shift + window)
    first = 4 if shift else 0
    last = len(encoded) - 4 if (shift + len(window)) % 3 else len(encoded)
    return encoded[first:last]
