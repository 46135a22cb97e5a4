"""How one-time codes and nonces are kept: hashed, since 256 random bits need no salt."""

import hashlib


def digest(text: str) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
