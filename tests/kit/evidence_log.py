"""A tiny log of one's own, signed and proved by RFC 9162's own words: no product code."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN = "guichet.test/journal"
BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def text_of(value: Any) -> str:
    """Canonical JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(data: str | bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def tree(leaves: list[bytes]) -> bytes:
    """RFC 9162 2.1.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(leaves[:half]) + tree(leaves[half:])).digest()


def path_of(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162 2.1.3.1, as it is written there."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*path_of(index, leaves[:half]), tree(leaves[half:])]
    return [*path_of(index - half, leaves[half:]), tree(leaves[:half])]


@dataclass
class Log:
    """Sealed entries, chained; signed by a key that is always the same."""

    key: Ed25519PrivateKey = field(
        default_factory=lambda: Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    )
    leaves: list[str] = field(default_factory=list)
    kept: list[dict[str, Any]] = field(default_factory=list)

    def add(self, event: str, subject: str, facts: dict[str, Any], actor: str = "clerk") -> int:
        """Append an entry; its index."""
        index = len(self.leaves)
        salts = [hashlib.sha256(f"{index}{part}".encode()).digest()[:16] for part in "ac"]
        content = {"facts": facts, "subject": subject}
        texts = (text_of(actor), text_of(content))
        sealed = [sha256(salt + text.encode()) for salt, text in zip(salts, texts, strict=True)]
        leaf = {
            "at": (BEGUN + timedelta(minutes=index)).isoformat(timespec="microseconds"),
            "event": event,
            "previous": sha256(self.leaves[-1]) if self.leaves else "0" * 64,
            "sealed": {"actor": sealed[0], "content": sealed[1]},
            "seq": index + 1,
        }
        self.leaves.append(text_of(leaf))
        self.kept.append(
            {
                "actor": {"salt": salts[0].hex(), "value": actor},
                "content": {"salt": salts[1].hex(), **content},
            }
        )
        return index

    def digests(self, size: int | None = None) -> list[bytes]:
        return [hashlib.sha256(leaf.encode()).digest() for leaf in self.leaves[:size]]

    @property
    def vkey(self) -> str:
        data = b"\1" + self.key.public_key().public_bytes_raw()
        return f"{ORIGIN}+{self._id().hex()}+{base64.b64encode(data).decode()}"

    def _id(self) -> bytes:
        public = self.key.public_key().public_bytes_raw()
        return hashlib.sha256(ORIGIN.encode() + b"\n\1" + public).digest()[:4]

    def checkpoint(self, size: int | None = None) -> str:
        digests = self.digests(size)
        text = f"{ORIGIN}\n{len(digests)}\n{base64.b64encode(tree(digests)).decode()}\n"
        signature = base64.b64encode(self._id() + self.key.sign(text.encode())).decode()
        return f"{text}\n\u2014 {ORIGIN} {signature}\n"

    def entry(self, index: int, size: int, *opened: str) -> dict[str, Any]:
        path = path_of(index, self.digests(size))
        return {
            "leaf": self.leaves[index],
            "index": index,
            "path": [base64.b64encode(step).decode() for step in path],
            "opened": {name: self.kept[index][name] for name in opened},
        }

    def publish(self, folder: Path, size: int | None = None) -> Path:
        """Write the checkpoint and its tiles; where the checkpoint stands."""
        hashed = [hashlib.sha256(b"\0" + digest).digest() for digest in self.digests(size)]
        row = 0
        while hashed:
            for begin in range(0, len(hashed), 256):
                tile = hashed[begin : begin + 256]
                partial = f".p/{len(tile)}" if len(tile) < 256 else ""
                file = folder / f"tile/{row}/{begin // 256:03}{partial}"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(b"".join(tile))
            digests = [hashed[n : n + 256] for n in range(0, len(hashed) - 255, 256)]
            hashed, row = [_above(nodes) for nodes in digests], row + 1
        (folder / "checkpoint").write_text(self.checkpoint(size))
        return folder / "checkpoint"


def _above(nodes: list[bytes]) -> bytes:
    while len(nodes) > 1:
        pairs = zip(nodes[::2], nodes[1::2], strict=True)
        nodes = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs]
    return nodes[0]
