"""Requests as the signer reads them by the batch: plain values, without a model instance each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast
from pydantic_core import from_json

from guichet.authority.models import CertificationAuthority, SigningRequest
from guichet.domain.certificates.naming import Sans
from guichet.domain.certificates.states import SigningState
from guichet.x509 import names

WORKABLE: Final = (SigningState.REQUESTED.value, SigningState.PLANNED.value)
HELD_AT_MOST: Final = 4096
COLUMNS: Final = (
    *("id", "reference", "profile", "csr", "spki_sha256", "renews_id"),
    *("state", "serial_hex", "tbs", "crl_shard", "failure"),
)


@dataclass(slots=True)
class Leased:
    """What the signer holds of a request; the JSON texts of its names are read when it is planned.

    The names of a structure recur from request to request.
    """

    id: UUID
    reference: str
    profile: str
    csr: bytes
    spki_sha256: str
    renews_id: int | None
    state: str
    serial_hex: str | None
    tbs: bytes
    crl_shard: int
    failure: str
    subject_json: str
    sans_json: str
    authority: CertificationAuthority

    @property
    def authority_id(self) -> int:
        """The key of the authority's row."""
        return int(self.authority.pk)

    @property
    def subject(self) -> names.Name:
        """Whom the certificate will name. Raises ValueError."""
        return _name(self.subject_json)

    @property
    def sans(self) -> Sans:
        """The names beside the subject. Raises ValueError."""
        return _sans(self.sans_json)


def read(ids: Sequence[UUID], by: str) -> list[Leased]:
    """Those of the requests that this signer holds still, locked, the most urgent first."""
    rows = SigningRequest.objects.filter(pk__among=ids, leased_by=by, state__in=WORKABLE)
    texts = (Cast("subject", TextField()), Cast("sans", TextField()))
    rows = rows.select_for_update().order_by("priority", "requested_at", "pk")
    found: list[Any] = list(rows.values_list(*COLUMNS, *texts, "authority_id"))
    authorities = CertificationAuthority.objects.in_bulk({row[-1] for row in found})
    return [Leased(*[*row[:-1], authorities[row[-1]]]) for row in found]


@lru_cache(maxsize=HELD_AT_MOST)
def _name(text: str) -> names.Name:
    return names.from_json(from_json(text))


@lru_cache(maxsize=HELD_AT_MOST)
def _sans(text: str) -> Sans:
    return tuple((str(kind), str(value)) for kind, value in from_json(text))
