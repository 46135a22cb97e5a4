"""Authorities as the command line shows them to operators."""

from collections import defaultdict
from collections.abc import Iterator

from guichet.authority import authority_facts
from guichet.domain.certificates.authority_states import AuthorityState


def describe() -> Iterator[str]:
    """One line an authority: code, state, end, issuer, who else certified it, serial number."""
    others: defaultdict[str, list[str]] = defaultdict(list)
    for one in authority_facts.crossings():
        others[one.code].append(one.issuer)
    found = authority_facts.authorities()
    if not found:
        yield "No authority yet: hold a ceremony (guichet ceremony plan)."
    for authority in found:
        issuers = ", ".join([authority.parent or "itself", *others[authority.code]])
        yield (
            f"{authority.code:24} {authority.state:10} to {authority.ends:%Y-%m-%d}  "
            f"by {issuers:32} {authority.serial_hex}"
        )


def why_not_to_revoke_here(issuer: str) -> str:
    """Why what this authority signed is not revoked on this machine; empty when it is."""
    state = {one.code: one.state for one in authority_facts.authorities()}.get(issuer)
    if state is not AuthorityState.OFFLINE:
        return ""
    return (
        f"{issuer} is offline: revoke where its key is, then install its list here "
        "(guichet ceremony)."
    )
