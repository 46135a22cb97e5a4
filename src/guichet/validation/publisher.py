"""The clerk's publishing: authorities' certificates, CRLs and statuses, for relying parties."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from guichet.authority import operations, queries
from guichet.authority.queries import Authority, CertificateStatus
from guichet.validation.files import replace
from guichet.validation.statuses import META, Published, StatusWriter
from guichet.x509 import bundles, crl
from guichet.x509.ocsp import Good, Revoked

logger = logging.getLogger(__name__)
CHAIN: Final = "chain.p7c"


class PublicationError(Exception):
    """What the authority holds cannot be published; what is published stays."""


def publish_changes(at: datetime) -> int:
    """Publish what changed since the last time; return how many artefacts and statuses.

    Cheap when nothing changed: three small queries. A folder that was lost is made again.
    Raises PublicationError for a CRL that does not verify or would go back.
    """
    folder: Path = settings.GUICHET.published
    authorities = queries.authorities()
    if not authorities:
        return 0
    with StatusWriter(folder) as writer:
        done = _statuses(writer)
        done += _authorities(folder / "ac", authorities)
        numbers = queries.crl_numbers()
        for authority in authorities:
            number = numbers.get(authority.code, 0)
            done += _crl(folder / "crl", authority, number, writer, at)
    return done


def _statuses(writer: StatusWriter) -> int:
    """All statuses the first time, then those that changed."""
    done = 0
    if not writer.is_complete:
        last = 0
        while page := queries.statuses_after(last):
            _put(writer, page)
            last = page[-1].certificate_id
            done += len(page)
        writer.complete()
    while page := queries.statuses_to_publish():
        _put(writer, page)
        done += len(page)
        if len(page) < queries.PAGE:
            break
    return done


def _put(writer: StatusWriter, page: Sequence[CertificateStatus]) -> None:
    writer.put(map(_published, page))
    operations.mark_published(page)


def _published(found: CertificateStatus) -> Published:
    revoked = found.revoked_at
    status = Good() if revoked is None else Revoked(revoked, found.reason)
    return Published(found.authority, found.serial, status)


def _authorities(folder: Path, authorities: Iterable[Authority]) -> int:
    every = tuple(authorities)
    wanted = {f"{authority.code}.cer": authority.certificate_der for authority in every}
    missing = [name for name in wanted if not (folder / name).exists()]
    for name in missing:
        replace(folder / name, wanted[name])
    if missing or not (folder / CHAIN).exists():
        replace(folder / CHAIN, bundles.pkcs7([a.certificate_der for a in every]))
    return len(missing)


def _crl(
    folder: Path, authority: Authority, number: int, writer: StatusWriter, at: datetime
) -> int:
    path = folder / f"{authority.code}.crl"
    note = META + b"crl:" + authority.code.encode()
    published = int(writer.told(note) or b"0") if path.exists() else 0
    if number <= published:
        return 0
    last = queries.last_crl(authority.code)
    if last is None:
        return 0
    _verify(last.der, authority, path, at)
    replace(path, last.der)
    writer.say(note, str(last.number).encode())
    return 1


def _verify(der: bytes, authority: Authority, path: Path, at: datetime) -> None:
    """Never publish a CRL that does not verify, or that is older than the one published."""
    if not crl.is_signed_by(der, authority.certificate_der):
        raise PublicationError(f"the CRL of {authority.code} does not verify")
    found = crl.read(der)
    if found.next_update <= at:
        logger.warning("the last CRL of %s is over since %s", authority.code, found.next_update)
    if path.exists() and crl.read(path.read_bytes()).number > found.number:
        raise PublicationError(f"the CRL of {authority.code} would go back")
