"""Changes of state of authorities, and what they depend on."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from guichet.authority.models import Certificate, CertificationAuthority, Crl, CrlScope
from guichet.domain.certificates.authority_states import AUTHORITIES, AuthorityAct, AuthorityState
from guichet.domain.certificates.crl_policy import CrlKind
from guichet.journal import operations as journal
from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.journal.operations import NO_FACTS

AUTHORITY: Final = "AUTHORITY"
"""Profile of the certificates of authorities."""
DELEGATE: Final = "OCSP"
"""Certificates of responders: not told by lists, asked for as long as the authority answers."""
EVENTS: Final = {
    AuthorityAct.RETIRE: Event.AUTHORITY_RETIRED,
    AuthorityAct.END: Event.AUTHORITY_ENDED,
    AuthorityAct.DESTROY: Event.AUTHORITY_KEY_DESTROYED,
    AuthorityAct.SACRIFICE: Event.AUTHORITY_KEY_DESTROYED,
}


def move(
    authority: CertificationAuthority,
    act: AuthorityAct,
    *,
    by: str,
    at: datetime,
    facts: Mapping[str, Fact] = NO_FACTS,
) -> None:
    """Change the state and tell it, in the caller's transaction. Raises Refusal(MOVE_FORBIDDEN)."""
    authority.state = AUTHORITIES.next(AuthorityState(authority.state), act).value
    authority.save(update_fields=["state"])
    journal.record(EVENTS[act], subject=f"authority:{authority.code}", actor=by, at=at, facts=facts)


def retire_revoked(serials: Collection[str], *, by: str, at: datetime) -> None:
    """Authorities whose own certificate was just revoked sign no certificate from now on."""
    rows = CertificationAuthority.objects.filter(
        serial_hex__in=serials, state=AuthorityState.ACTIVE.value
    )
    for row in rows.select_for_update(no_key=True).order_by("pk"):
        move(row, AuthorityAct.RETIRE, by=by, at=at, facts={"revoked": row.serial_hex})


@transaction.atomic
def end_if_told(authority: CertificationAuthority, *, by: str, at: datetime) -> bool:
    """End a retiring authority once nothing that it signed is valid and its lists have told it all.

    A revoked certificate is on one list past its end (RFC 5280 3.3).
    """
    if authority.state != AuthorityState.RETIRING.value or not is_told(authority):
        return False
    row = CertificationAuthority.objects.select_for_update(no_key=True).get(pk=authority.pk)
    if row.state != authority.state:  # another signer was quicker
        return False
    move(row, AuthorityAct.END, by=by, at=at)
    return True


def is_told(authority: CertificationAuthority) -> bool:
    """Whether every complete list of the authority is of after the end of all that it signed."""
    valid = signed_by(authority)
    for shard in CrlScope.objects.filter(authority=authority).values_list("shard", flat=True):
        lists = Crl.objects.filter(authority=authority, shard=shard, kind=CrlKind.FULL.value)
        issued = lists.order_by("-number").values_list("this_update", flat=True).first()
        if issued is None or valid.filter(not_after__gte=issued).exists():
            return False
    return True


def signed_by(authority: CertificationAuthority) -> QuerySet[Certificate]:
    """What an authority signed, but for its own certificate and those of its responders."""
    rows = Certificate.objects.filter(authority=authority).exclude(profile=DELEGATE)
    return rows.exclude(serial_hex=authority.serial_hex)


def is_revoked(authority: CertificationAuthority) -> bool:
    """Whether the authority's own certificate is revoked."""
    own = Certificate.objects.filter(serial_hex=authority.serial_hex)
    return own.filter(revocation_index__isnull=False).exists()
