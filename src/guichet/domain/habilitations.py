"""What a card may order: rights, their periods, and the one that covers a request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.identifiers import EmailAddress, Fqdn
from guichet.domain.refusals import Code, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A card may order usages of one offer for one structure, within domains, for a period.

    `domains` cover every name below them, `servers` are single names. `services` are the names of
    services that a machine account is limited to; empty, any will do. `editor` names who holds it
    by delegation of the structure; it is empty for the structure's own cards.

    The period is half-open in UTC: valid from `starts_at`, no longer at `ends_at`.
    """

    id: str
    card_number: str
    structure_id: str
    offer: Offer
    usages: frozenset[Usage]
    domains: tuple[str, ...]
    mail_domains: tuple[str, ...]
    servers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    starts_at: datetime
    ends_at: datetime | None
    editor: str = ""

    def is_open(self, at: datetime) -> bool:
        """Whether the period holds this instant."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is asked: structure, offer, usage and the names that need a right of their own."""

    structure_id: str
    offer: Offer
    usage: Usage
    fqdn: Fqdn | None = None
    mail: EmailAddress | None = None
    service: str | None = None


def covering(rights: Iterable[Right], scope: Scope, at: datetime) -> Right:
    """The first open right that covers the scope.

    Raises Refusal: RIGHT_MISSING, RIGHT_DOMAIN (fqdn), RIGHT_MAIL_DOMAIN (mail) or RIGHT_SERVICE.
    """
    candidates = [right for right in rights if right.is_open(at) and _matches(right, scope)]
    if not candidates:
        raise Refusal(
            Code.RIGHT_MISSING,
            structure=scope.structure_id,
            offer=scope.offer.value,
            usage=scope.usage.value,
        )
    fqdn, mail = scope.fqdn, scope.mail
    if fqdn is not None:
        candidates = [right for right in candidates if _holds_name(right, fqdn)]
        if not candidates:
            raise Refusal(Code.RIGHT_DOMAIN, fqdn=fqdn.value)
    if mail is not None:
        candidates = [r for r in candidates if mail.domain.value in r.mail_domains]
        if not candidates:
            raise Refusal(Code.RIGHT_MAIL_DOMAIN, mail=mail.value)
    service = scope.service
    if service is not None:
        candidates = [r for r in candidates if not r.services or service in r.services]
        if not candidates:
            raise Refusal(Code.RIGHT_SERVICE, service=service)
    return candidates[0]


def _matches(right: Right, scope: Scope) -> bool:
    return (
        right.structure_id == scope.structure_id
        and right.offer is scope.offer
        and scope.usage in right.usages
    )


def _holds_name(right: Right, fqdn: Fqdn) -> bool:
    return fqdn.value in right.servers or any(
        fqdn.is_within(Fqdn(domain)) for domain in right.domains
    )
