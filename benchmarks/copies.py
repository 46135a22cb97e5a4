"""Requests answered and their certificates by the million, as copies of one within the database."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Model

from benchmarks.issuer import AUTHORITY
from guichet.authority.models import Certificate, CrlScope, SigningRequest
from guichet.domain.catalogue import authorities
from guichet.x509.certificate import serial_hex

CHUNK: Final = 10_000
SERIAL_BITS: Final = 126
OWN_OF_REQUEST: Final = {
    "id": "n.id",
    "reference": "'held:' || n.rank",
    "spki_sha256": "n.spki",
    "serial_hex": "n.serial",
    "crl_shard": "n.shard",
}
OWN_OF_CERTIFICATE: Final = {
    "request_id": "n.id",
    "spki_sha256": "n.spki",
    "serial_hex": "n.serial",
    "crl_shard": "n.shard",
    "to_publish": "false",
}
OWN_OF_WAITING: Final = {
    "id": "n.id",
    "reference": "'waiting:' || n.rank",
    "spki_sha256": "n.spki",
    "serial_hex": "NULL",
    "state": "'requested'",
    "priority": "30",
    "attempts": "0",
    "lease_until": "NULL",
    "settled_at": "NULL",
}
TABLE: Final = """
CREATE TEMPORARY TABLE bench_numbers
  (id {uuid}, rank bigint, serial varchar(59), spki varchar(64), shard integer)
"""


class Copies:
    """Copies of the first certificate issued; each has its own identifiers, serial and key."""

    def __init__(self) -> None:
        self.count = 0
        self._chance = random.Random(2)  # noqa: S311 the same each time
        self._model = Certificate.objects.filter(authority__code=AUTHORITY).earliest("pk")

    def hold(self, count: int) -> None:
        """Add copies until there are `count`, in the shards that they would have filled."""
        self._copy(
            count - self.count,
            _copying(SigningRequest, OWN_OF_REQUEST, self._model.request_id),
            _copying(Certificate, OWN_OF_CERTIFICATE, self._model.pk),
        )
        self._fill_shards()
        self._analyse()

    @contextmanager
    def waiting(self, count: int) -> Iterator[None]:
        """So many requests wait for the length of the block; they cannot be signed."""
        before = self.count
        self._copy(count, _copying(SigningRequest, OWN_OF_WAITING, self._model.request_id))
        self._analyse()
        yield
        SigningRequest.objects.filter(reference__startswith="waiting:").delete()
        self.count = before
        self._analyse()

    def _copy(self, count: int, *statements: tuple[str, list[object]]) -> None:
        uuid = "uuid" if connection.vendor == "postgresql" else "char(32)"
        last = self.count + count
        with connection.cursor() as cursor:
            cursor.execute(TABLE.format(uuid=uuid))
            while self.count < last:
                rows = list(islice(self._numbers(), min(CHUNK, last - self.count)))
                cursor.execute("DELETE FROM bench_numbers")
                cursor.executemany("INSERT INTO bench_numbers VALUES (%s, %s, %s, %s, %s)", rows)
                for statement in statements:
                    cursor.execute(*statement)
                self.count += len(rows)
            cursor.execute("DROP TABLE bench_numbers")

    def _analyse(self) -> None:
        """What a database does by itself, in time."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _numbers(self) -> Iterator[tuple[object, ...]]:
        spec = authorities.spec(AUTHORITY)
        rank = self.count
        while True:
            identifier = UUID(int=self._chance.getrandbits(128), version=4)
            serial = serial_hex((1 << SERIAL_BITS) + self._chance.getrandbits(SERIAL_BITS))
            spki = f"{self._chance.getrandbits(256):064x}"
            stored = identifier if connection.vendor == "postgresql" else identifier.hex
            yield stored, rank, serial, spki, spec.shard_of(rank)
            rank += 1

    def _fill_shards(self) -> None:
        """The lists of the shards that are full begin, as they do when a shard's first comes."""
        scopes = CrlScope.objects.filter(authority=self._model.authority_id)
        whole = scopes.get(shard=0)
        whole.planned = self.count
        whole.save(update_fields=["planned"])
        last = authorities.spec(AUTHORITY).shard_of(self.count)
        for shard in range(1, last + 1):
            CrlScope.objects.get_or_create(
                authority_id=self._model.authority_id,
                shard=shard,
                defaults={"pki_base": settings.GUICHET.pki_url},
            )


def _copying(model: type[Model], own: dict[str, str], key: object) -> tuple[str, list[object]]:
    """INSERT … SELECT: every column of the row of this key, but its own ones."""
    meta = model._meta  # noqa: SLF001 Django's API
    columns = [
        field.column for field in meta.concrete_fields if field.column != "id" or "id" in own
    ]
    values = ", ".join(own.get(column, f"m.{column}") for column in columns)
    names = ", ".join(columns)
    target = meta.db_table
    stored = meta.pk.get_db_prep_value(key, connection)
    source = f"bench_numbers n CROSS JOIN {target} m WHERE m.id = %s"
    statement = f"INSERT INTO {target} ({names}) SELECT {values} FROM {source}"  # noqa: S608
    return statement, [stored]
