"""What is asked of the authority, right by default."""

from typing import Any
from uuid import UUID

from apps.conftest import NOW
from guichet.authority import operations, queries
from guichet.authority.operations import SigningAsked
from guichet.authority.queries import IssuedCertificate, SigningStatus
from guichet.authority.signer import Signer
from guichet.domain.catalogue import profiles
from guichet.domain.certificates import naming
from guichet.journal import queries as journal
from kit import pki


def asked(
    reference: str = "test:1",
    profile: str = "ORG/AUTH_CLI",
    key: pki.Key | None = None,
    **more: Any,
) -> SigningAsked:
    """A request for a certificate of a profile, with a new key unless one is given."""
    chosen = profiles.profile(profile)
    named = naming.named(pki.subject_for(chosen))
    with_names = chosen.san != "none" or chosen.subject_kind == "card"
    values = {
        "profile": profile,
        "subject": named.subject,
        "sans": named.sans if with_names else (),
        "csr_der": pki.csr(key or pki.fresh_key("p-256")),
        "reference": reference,
    }
    return SigningAsked(**(values | more))


def ask(reference: str = "test:1", profile: str = "ORG/AUTH_CLI", **more: Any) -> UUID:
    """Ask at NOW; the request's identifier."""
    return operations.request_signature(asked=asked(reference, profile, **more), at=NOW)


def status(request: UUID) -> SigningStatus:
    return queries.signing_status(request)


def issued(signer: Signer, reference: str = "test:1", **more: Any) -> IssuedCertificate:
    """Ask and sign at NOW."""
    request = ask(reference, **more)
    signer.run_once(NOW)
    found = status(request).certificate_id
    assert found is not None, status(request)
    return queries.certificate(found)


def told(request: Any) -> list[str]:
    """The events that the journal holds about a request."""
    return [entry.event for entry in journal.entries_about(f"signing:{request}")]
