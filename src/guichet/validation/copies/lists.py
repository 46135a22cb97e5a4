"""Which published files a copy takes: names that the publisher writes, lists that verify."""

import re
from pathlib import Path
from typing import Final

from guichet.validation.copies.refusals import PublicationRefusedError
from guichet.x509 import crl, crl_headings
from guichet.x509.errors import Unreadable

NAME: Final = re.compile(
    r"(?:crl/[A-Za-z0-9][A-Za-z0-9.-]*\.crl|ac/[A-Za-z0-9][A-Za-z0-9.-]*\.(?:cer|crt|p7c)|"
    r"journal/vkey)"
)
SCOPE: Final = re.compile(r"(?:-[1-9][0-9]*)?(?:-delta)?")
"""What follows the authority's code in the name of a list: a shard, a delta."""


def require_name(name: str) -> None:
    """Raises PublicationRefusedError for a name that no publisher writes."""
    if not NAME.fullmatch(name):
        raise PublicationRefusedError(f"{name!r} is no name of a published file")


def require_newer(published: Path, name: str, der: bytes) -> None:
    """Raises PublicationRefusedError: not signed by its authority, or a number that goes back."""
    if not crl.is_signed_by(der, _authority(published / "ac", Path(name).stem)):
        raise PublicationRefusedError(f"{name} does not verify under its authority's certificate")
    number = _number(der)
    if number is None:
        raise PublicationRefusedError(f"{name} cannot be read")
    held = published / name
    before = _number(held.read_bytes()) if held.exists() else None
    if before is not None and before > number:
        raise PublicationRefusedError(f"{name} would go back from {before} to {number}")


def _authority(folder: Path, stem: str) -> bytes:
    """The certificate of the authority whose list has this name."""
    for path in folder.glob("[!.]*.cer"):
        if stem.startswith(path.stem) and SCOPE.fullmatch(stem.removeprefix(path.stem)):
            return path.read_bytes()
    raise PublicationRefusedError(f"{stem}.crl is of no authority that is published")


def _number(der: bytes) -> int | None:
    try:
        return crl_headings.read(der).number
    except Unreadable:
        return None
