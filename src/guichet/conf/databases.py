"""GUICHET_DATABASE_URL -> Django's DATABASES entry."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from guichet.conf.readers import ConfigurationError

# A server that does not answer at all is given up before those who wait give up.
POSTGRESQL_PATIENCE = {"connect_timeout": "5", "tcp_user_timeout": "10000"}
# Opening SQLite takes longer than most of what is asked; a file moved is missed within seconds.
SQLITE_KEPT_SECONDS = 5
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"


def database(url: str) -> dict[str, Any]:
    """Settings of one database; SQLite takes its write lock at BEGIN, so reads never upgrade.

    Raises ConfigurationError.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite:///"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": SQLITE_PRAGMAS,
            },
            "CONN_MAX_AGE": SQLITE_KEPT_SECONDS,
        }
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": POSTGRESQL_PATIENCE | dict(parse_qsl(parts.query)),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ConfigurationError(
        f"GUICHET_DATABASE_URL: sqlite:///… or postgresql://…, not {parts.scheme}:"
    )
