"""A responder at work: one authority published, its key installed, statuses open."""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from apps.validation.publications import Publication
    from apps.validation.responders import Service
    from apps.validation.writer import Writer
    from kit.pki import Pki


@pytest.fixture(scope="session")
def pki() -> Pki:
    """The demo's hierarchy with short keys."""
    from kit.pki import Pki

    return Pki()


@pytest.fixture(scope="session")
def writer() -> Iterator[Writer]:
    """Who writes statuses."""
    from apps.validation.writer import running

    with running() as found:
        yield found


@pytest.fixture
def bare(tmp_path: Path, pki: Pki, writer: Writer) -> Service:
    """Nothing is published yet."""
    from apps.validation.responders import Service

    return Service(tmp_path, pki, writer)


@pytest.fixture
def service(bare: Service, pki: Pki) -> Service:
    """Statuses hold one certificate, which no test asks about."""
    from guichet.x509.ocsp import Good

    bare.publish_authority()
    bare.install_key()
    bare.tell(pki.leaf(), Good())
    return bare


@pytest.fixture
def state(tmp_path: Path, settings: Any) -> Path:
    """A state folder of the test's own."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    return tmp_path


@pytest.fixture
def made(bare: Service, tmp_path: Path, pki: Pki) -> Iterator[Publication]:
    """One authority, its list, its delegate, a certificate; nothing is shipped yet."""
    from apps.validation.publications import Publication
    from apps.validation.responders import CODE
    from guichet.validation import files

    bare.publish_authority()
    bare.install_key()
    files.replace(bare.published / "crl" / f"{CODE}.crl", pki.crl(CODE, number=1))
    found = Publication(tmp_path, f"file://{tmp_path / 'place'}")
    found.tell(pki.leaf())
    yield found
    found.store.close()
