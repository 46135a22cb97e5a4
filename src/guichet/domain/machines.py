"""What a machine account may do: never more than its structure's rights, often less."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from guichet.domain.habilitations import Right
from guichet.domain.identifiers import Fqdn
from guichet.domain.refusals import Code, Refusal


class Verb(StrEnum):
    """One kind of act that a machine account is allowed."""

    READ = "read"
    ORDER = "order"
    WITHDRAW = "withdraw"
    RENEW = "renew"
    REVOKE = "revoke"
    CONTACTS = "contacts"
    WEBHOOKS = "webhooks"


class CredentialKind(StrEnum):
    """How a machine shows which account it works for."""

    TOKEN = "token"  # noqa: S105 the kind, no secret
    CERTIFICATE = "certificate"
    EAB = "eab"
    EST_SECRET = "est-secret"  # noqa: S105 the kind, no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineScope:
    """The limits of one machine account, within one structure.

    `delegation` is the delegation whose rights it uses; None for the structure's own. `profiles`
    are codes of profiles ("SERV/SSL_SERV"). `names` are server names, each with every name below
    it, and `services` names of services; empty, they leave what the rights give.
    """

    account: str
    structure_id: str
    delegation: int | None
    verbs: frozenset[Verb]
    profiles: frozenset[str]
    names: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def holds_name(self, name: str) -> bool:
        """Whether a server's name is within the limits."""
        return not self.names or any(_is_within(name, limit) for limit in self.names)


def require_verbs(scope: MachineScope | None, *verbs: Verb) -> None:
    """Raises Refusal(VERB_MISSING) for the first that an account lacks; without one, for any."""
    held = scope.verbs if scope else frozenset()
    for verb in verbs:
        if verb not in held:
            raise Refusal(Code.VERB_MISSING, verb=verb.value)


def narrowed(rights: Iterable[Right], scope: MachineScope) -> tuple[Right, ...]:
    """The rights of a structure, cut down to what a machine account may use of them."""
    return tuple(_cut(rights, scope))


def _cut(rights: Iterable[Right], scope: MachineScope) -> Iterator[Right]:
    for right in rights:
        usages = frozenset(u for u in right.usages if f"{right.offer}/{u}" in scope.profiles)
        if right.structure_id != scope.structure_id or not usages:
            continue
        cut = replace(right, usages=usages, services=scope.services)
        if scope.names:
            cut = replace(
                cut,
                domains=tuple(_common(right.domains, scope.names)),
                servers=tuple(name for name in right.servers if scope.holds_name(name)),
            )
        yield cut


def _common(domains: Iterable[str], names: Iterable[str]) -> Iterator[str]:
    """The parts of the tree of names that lie under one of both."""
    limits = tuple(names)
    for domain in domains:
        if any(_is_within(domain, limit) for limit in limits):
            yield domain
        else:
            yield from (limit for limit in limits if _is_within(limit, domain))


def _is_within(name: str, domain: str) -> bool:
    return Fqdn(name).is_within(Fqdn(domain))
