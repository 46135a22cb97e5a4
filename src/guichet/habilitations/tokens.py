"""Links that let somebody in once: what is sent, and what is kept of it."""

import hashlib
import secrets


def fresh() -> tuple[str, str]:
    """A token for the link (256 bits) and its SHA-256, which is all that is kept."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def reference() -> str:
    """A code of twelve letters and digits for papers that anybody may verify (60 bits)."""
    return "".join(secrets.choice("23456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(12))
