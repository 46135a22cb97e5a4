"""A root that is offline, on a machine of its own, and the machine that serves below it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, models, transaction

from apps.authority.lives import CODE, ROOT, House, spec
from guichet.authority import ceremonies
from guichet.authority.models import (
    Certificate,
    CertificationAuthority,
    Crl,
    CrlPart,
    CrlScope,
    CrossCertificate,
)
from guichet.x509 import bundles

HELD: tuple[type[models.Model], ...] = (
    *(CertificationAuthority, Certificate, CrossCertificate, CrlScope, Crl, CrlPart),
)


@dataclass
class Safe:
    """The machine of the offline root: its rows are put in the database while it is opened."""

    house: House = field(default_factory=House)
    rows: list[models.Model] = field(default_factory=list)

    @contextmanager
    def opened(self) -> Iterator[House]:
        with transaction.atomic():
            point = transaction.savepoint()
            for kind in HELD:
                kind._default_manager.all()._raw_delete(DEFAULT_DB_ALIAS)  # type: ignore[attr-defined]
            for row in self.rows:
                row.save(force_insert=True)
            yield self.house
            self.rows = [row for kind in HELD for row in kind._default_manager.order_by("pk")]
            transaction.savepoint_rollback(point)


@pytest.fixture
def safe(db: None) -> Safe:
    """A root whose key never leaves it."""
    found = Safe()
    with found.opened() as house:
        house.create(ROOT)
    return found


@pytest.fixture
def house(safe: Safe, tmp_path: Path, settings: Any) -> House:
    """The machine that serves, which knows the root by its certificate alone."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    made = House()
    ceremonies.install_root(made.ceremony, spec(ROOT), ROOT, root_pem(safe))
    return made


def root_pem(safe: Safe) -> bytes:
    """The root's certificate (PEM)."""
    row = next(row for row in safe.rows if isinstance(row, CertificationAuthority))
    return bundles.pem(bytes(row.der)).encode()


def answered(safe: Safe, house: House, code: str = CODE) -> bytes:
    """Ask on one machine, answer on the other."""
    request = ceremonies.request_certificate(house.ceremony, spec(CODE), code)
    with safe.opened() as other:
        return ceremonies.answer_request(other.ceremony, spec(CODE), ROOT, request)


def installed(safe: Safe, house: House, code: str = CODE) -> ceremonies.Made:
    """Asked for, answered in the safe and installed."""
    response = answered(safe, house, code)
    return ceremonies.install_response(house.ceremony, spec(CODE), code, response)
