"""A great many certificates held by one authority, put straight into the database."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as library
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from benchmarks.csrs import csr
from benchmarks.issuer import AUTHORITY, HOSPITAL
from benchmarks.peers import Signing
from guichet.authority import queries
from guichet.authority.models import Certificate
from guichet.authority.operations import SigningAsked
from guichet.demo.issuance import issue, make_hierarchy, make_responders
from guichet.demo.prepare import make_passphrase
from guichet.domain.certificates.naming import ServiceSubject, named
from guichet.processes.setup import bring_up_to_date
from guichet.x509 import bundles, ocsp
from guichet.x509.certificate import serial_hex

CHUNK: Final = 5_000
SERIAL_BITS: Final = 126
OWN: Final = {"id", "request_id", "serial_hex", "spki_sha256", "to_publish"}
HASHES: Final = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}  # noqa: S303 identifiers


@dataclass(frozen=True)
class Held:
    """One certificate held."""

    id: int
    serial: int


class Holdings:
    """The certificates of an authority; each has the bytes of a real one and its own serial."""

    def __init__(self) -> None:
        bring_up_to_date()
        make_passphrase()
        now = timezone.now()
        make_hierarchy(now)
        make_responders(now)
        subject = named(ServiceSubject(structure=HOSPITAL, service="Bench"))
        asked = SigningAsked(
            profile="ORG/AUTH_CLI",
            subject=subject.subject,
            sans=subject.sans,
            csr_der=csr(),
            reference="bench:model",
        )
        self._model = Certificate.objects.get(pk=issue(asked, now).id)
        of_model = Certificate.objects.filter(pk=self._model.pk).values().get()
        self._same = {name: value for name, value in of_model.items() if name not in OWN}
        self._chance = random.Random(1)  # noqa: S311 the same serials each time
        self._issuer = ocsp.issuer(queries.authority_certificate(AUTHORITY))

    @property
    def count(self) -> int:
        """How many the authority holds."""
        return self._rows().count()

    def _rows(self) -> QuerySet[Certificate]:
        model = self._model
        return Certificate.objects.filter(authority=model.authority, profile=model.profile)

    def hold(self, count: int) -> None:
        """Add certificates until there are `count`; none of them is published yet."""
        _tell_sqlite("PRAGMA cache_size = -500000")
        last = self.count
        while last < count:
            size = min(CHUNK, count - last)
            Certificate.objects.bulk_create(self._one(last + n) for n in range(size))
            last += size
        _tell_sqlite("PRAGMA cache_size = -2000")

    def analyse(self) -> None:
        """What a database does by itself, in time; not while everything is still to publish."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _one(self, number: int) -> Certificate:
        return Certificate(
            **self._same,
            serial_hex=serial_hex((1 << SERIAL_BITS) + self._chance.getrandbits(SERIAL_BITS)),
            spki_sha256=f"{number:064x}",
        )

    def some(self, count: int) -> list[Held]:
        """Certificates valid now, spread over all; fewer when there are no more."""
        valid = list(self._rows().filter(revoked_at=None).values_list("pk", flat=True))
        chosen = self._chance.sample(valid, min(count, len(valid)))
        serials = dict(self._rows().values_list("pk", "serial_hex"))
        return [Held(pk, int(serials[pk].replace(":", ""), 16)) for pk in chosen]

    def question(self, held: Held, algorithm: str = "sha1") -> bytes:
        """What a relying party asks about it, DER."""
        name, key = dict(self._issuer.name_hashes), dict(self._issuer.key_hashes)
        builder = library.OCSPRequestBuilder().add_certificate_by_hash(
            name[algorithm], key[algorithm], held.serial, HASHES[algorithm]
        )
        return builder.build().public_bytes(Encoding.DER)

    def openssl(self, folder: Path, known: Sequence[Held]) -> Signing:
        """The same authority, delegate and certificates, as `openssl ocsp` wants them."""
        index, authority = folder / "index.txt", folder / "authority.pem"
        authority.write_text(bundles.pem(self._issuer.certificate))
        line = "V\t491231235959Z\t\t{0.serial:032X}\tunknown\t/CN={0.id}\n"
        index.write_text("".join(map(line.format, known)))
        delegate = Path(settings.GUICHET.state) / "responder" / f"{AUTHORITY}.pem"
        return Signing(index, authority, delegate)


def _tell_sqlite(command: str) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(command)
