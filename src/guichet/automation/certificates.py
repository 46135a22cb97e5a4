"""A machine's certificate: which account it is bound to, and whether it still holds.

What is bound is one certificate, by the SHA-256 of its DER; whatever renews it is let in too.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings

from guichet.domain.machines import CredentialKind
from guichet.domain.refusals import Code, Refusal
from guichet.identities import machines
from guichet.identities.machines import Entered
from guichet.identities.trust import Kind, TrustFault, trust_folder, twin_refusal
from guichet.orders import lineage

ROOTS: Final = ("ACR-EL",)
CODES: Final[Mapping[Kind, Code]] = {
    "untrusted": Code.CLIENT_CERTIFICATE_UNTRUSTED,
    "malformed": Code.CLIENT_CERTIFICATE_UNTRUSTED,
    "expired": Code.CLIENT_CERTIFICATE_EXPIRED,
    "not-yet-valid": Code.CLIENT_CERTIFICATE_EXPIRED,
    "revoked": Code.CLIENT_CERTIFICATE_REVOKED,
    "unavailable": Code.CLIENT_CERTIFICATE_STATUS_UNAVAILABLE,
}


def fingerprint(der: bytes) -> str:
    """What a certificate is bound by: SHA-256 of its DER, hexadecimal."""
    return hashlib.sha256(der).hexdigest()


def enter(chain: Sequence[bytes], *, channel: str, at: datetime) -> Entered | None:
    """Let in the machine whose certificate was presented; None when it is bound to none.

    `chain` is DER, leaf first, as the peer sent it; `channel` as in identities.machines.enter.
    Raises Refusal: CLIENT_CERTIFICATE_* (chain, validity, revocation), CERTIFICATE_OF_TWIN,
    CREDENTIAL_WRONG (the binding was revoked), MACHINE_DISABLED.
    """
    if not chain:
        return None
    mark = machines.first_known(CredentialKind.CERTIFICATE, _marks(chain[0]))
    if mark is None:
        return None
    require_good(chain, at)
    return machines.enter(CredentialKind.CERTIFICATE, mark, channel=channel, at=at)


def require_good(chain: Sequence[bytes], at: datetime) -> None:
    """Go on when a chain of ours holds at this instant.

    Raises Refusal: CLIENT_CERTIFICATE_*, CERTIFICATE_OF_TWIN.
    """
    trust = trust_folder(settings.GUICHET.published)
    try:
        trust.require_not_revoked(trust.verify(chain, ROOTS, at), at)
    except TrustFault as fault:
        raise twin_refusal(fault) or Refusal(CODES[fault.kind]) from fault


def _marks(der: bytes) -> Iterator[str]:
    """The fingerprints of a certificate and of those that it renews, its own first."""
    yield fingerprint(der)
    yield from map(fingerprint, lineage.renewed_by(der))
