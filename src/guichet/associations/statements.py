"""Signed statements of what a service presents, as the publisher left them."""

from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

NAME: Final = "declaration.jws"
MEDIA_TYPE: Final = "application/jose"
FOLDER: Final = "associations"


def statement_of(key: UUID) -> bytes | None:
    """The compact JWS of a service; None while none is signed."""
    folder: Path = settings.GUICHET.published / FOLDER
    try:
        return (folder / f"{key}.jws").read_bytes()
    except OSError:
        return None
