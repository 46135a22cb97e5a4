"""Addresses of static files."""

import structlog
from django.conf import settings
from django.templatetags.static import static

log = structlog.get_logger("guichet.web")


def asset(path: str) -> str:
    """Address of a static file: its hashed name, or its plain one before collectstatic."""
    try:
        return static(path)
    except ValueError:
        log.debug("static file is not in the manifest", path=path)
        return f"{settings.STATIC_URL}{path}"
