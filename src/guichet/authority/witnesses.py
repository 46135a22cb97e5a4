"""What the authority holds that the journal must tell."""

from collections.abc import Iterator
from typing import Final

from guichet.authority.models import Certificate, CertificationAuthority, Crl, CrossCertificate
from guichet.domain.certificates.authority_states import AuthorityState
from guichet.domain.certificates.extensions import list_name
from guichet.domain.certificates.states import CertificateState
from guichet.journal.events import Event
from guichet.journal.witnesses import Witness

CHUNK: Final = 2000
REACHED: Final = {
    AuthorityState.RETIRING: Event.AUTHORITY_RETIRED,
    AuthorityState.ENDED: Event.AUTHORITY_ENDED,
    AuthorityState.DESTROYED: Event.AUTHORITY_KEY_DESTROYED,
}


def witnesses() -> Iterator[Witness]:
    """Every authority with its state, certificate, revocation and CRL."""
    for code, state in CertificationAuthority.objects.values_list("code", "state").order_by("pk"):
        yield Witness(Event.AUTHORITY_CREATED, f"authority:{code}")
        if event := REACHED.get(AuthorityState(state)):
            yield Witness(event, f"authority:{code}")
    crossed = CrossCertificate.objects.order_by("pk")
    for code, issuer in crossed.values_list("authority__code", "issuer__code"):
        yield Witness(Event.AUTHORITY_CROSS_CERTIFIED, f"authority:{code}", ("issuer", issuer))
    asked = Certificate.objects.exclude(request=None).order_by("pk")
    for request, serial in asked.values_list("request", "serial_hex").iterator(CHUNK):
        yield Witness(Event.CERTIFICATE_ISSUED, f"signing:{request}", ("serial", serial))
    revoked = Certificate.objects.filter(state=CertificateState.REVOKED.value).order_by("pk")
    for serial in revoked.values_list("serial_hex", flat=True).iterator(CHUNK):
        yield Witness(Event.CERTIFICATE_REVOKED, f"certificate:{serial}")
    lists = Crl.objects.order_by("authority", "shard", "number")
    for code, shard, number in lists.values_list("authority__code", "shard", "number").iterator(
        CHUNK
    ):
        subject = f"authority:{list_name(code, shard)}"
        yield Witness(Event.CRL_ISSUED, subject, ("number", number))
