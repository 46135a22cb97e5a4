"""A published authority that a watchdog looks at."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from apps.validation.front import Front, serving
from apps.validation.responders import CODE, Service
from guichet.authority.queries import Authority
from guichet.domain.freshness import Reading
from guichet.validation import files
from guichet.validation.watch import loop
from guichet.validation.watch.loop import Watch
from guichet.x509 import bundles
from guichet.x509.ocsp import Good
from kit.pki import NOW, Leaf

LIST, ANSWER, CERTIFICATE = f"crl/{CODE}.crl", f"ocsp/{CODE}", f"ac/{CODE}.cer"


@pytest.fixture
def leaf(service: Service) -> Leaf:
    """A certificate of the authority, published; also its list and its chain."""
    found = service.pki.leaf()
    service.tell(found, Good())
    publish(service, service.pki.crl(number=7))
    authority = service.pki.authority(CODE)
    files.replace(service.published / "ac" / "chain.p7c", bundles.pkcs7([authority.der]))
    return found


def publish(service: Service, der: bytes, name: str = LIST) -> None:
    """Put a list (DER) in the published folder."""
    files.replace(service.published / name, der)


@pytest.fixture
def front(
    service: Service, leaf: Leaf, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Front]:
    """The public address; the database knows one authority and one certificate of it."""
    known = Authority(code=CODE, parent=None, certificate_der=service.pki.authority(CODE).der)
    monkeypatch.setattr(loop.queries, "authorities", lambda: (known,))
    monkeypatch.setattr(loop.specimens, "specimens", lambda at: {CODE: leaf.serial})
    monkeypatch.setattr(loop.specimens, "revocation_counts", dict)
    monkeypatch.setattr(loop.specimens, "list_intervals", lambda: {CODE: timedelta(days=1)})
    for process in loop.HEARTBEATS:
        file = service.folder / "run" / f"{process}.heartbeat"
        files.replace(file, b"")
        os.utime(file, (NOW.timestamp() + 86400,) * 2)
    with serving(service) as found:
        settings.GUICHET = replace(settings.GUICHET, state=service.folder, pki_url=found.url)
        yield found


@pytest.fixture
def watch(front: Front) -> Iterator[Watch]:
    """A watchdog of the public address."""
    with Watch() as found:
        yield found


def by_name(readings: tuple[Reading, ...]) -> dict[str, Reading]:
    """Readings by the name of their point."""
    return {reading.point.name: reading for reading in readings}
