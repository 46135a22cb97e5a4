"""Whether the CAA records of a name let this counter issue for it (RFC 8659, RFC 8657)."""

from django.conf import settings

from guichet.automation.acme.validation import resolving
from guichet.automation.acme.validation.errors import unproved
from guichet.domain.acme.caa import Issuance, climb, objection


def require(name: str, account_uri: str, method: str) -> None:
    """Return when this counter may issue for a name, for an ACME account, by a method.

    `method` is a challenge ("http-01"), or "ca-…" for a proof of ours (RFC 8657 §4). Raises
    Unproved: "caa", and "dns" when the records cannot be read.
    """
    issuance = Issuance(
        identities=settings.GUICHET.acme_caa, account_uri=account_uri, method=method
    )
    for domain in climb(name):
        records = resolving.authorisations(domain)
        if not records:
            continue
        if found := objection(domain, records, issuance):
            raise unproved(found)
        return
