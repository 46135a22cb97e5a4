"""Whether what a machine account may do is within what somebody holds: nobody gives more."""

from collections.abc import Iterable, Iterator
from typing import Final

from guichet.domain.catalogue import profiles
from guichet.domain.habilitations import Right
from guichet.domain.identifiers import Fqdn
from guichet.domain.machines import MachineScope
from guichet.domain.orders.request import optional_fields, required_fields
from guichet.domain.refusals import Code, Objection

SERVERS: Final = "fqdn"
MAILBOXES: Final = "mail"


def profiles_of(rights: Iterable[Right]) -> tuple[str, ...]:
    """Codes of the profiles that rights give and that may be ordered, in catalogue order."""
    held = {f"{right.offer}/{usage}" for right in rights for usage in right.usages}
    return tuple(profile.code for profile in profiles.orderable() if profile.code in held)


def names_of(rights: Iterable[Right]) -> tuple[str, ...]:
    """Domains and servers of rights to certificates of servers, each once."""
    held = [right for right in rights if profiles_for_servers(profiles_of([right]))]
    return tuple(dict.fromkeys(name for r in held for name in (*r.domains, *r.servers)))


def profiles_for_servers(codes: Iterable[str]) -> frozenset[str]:
    """Those among codes of profiles whose certificates carry the name of a server."""
    return frozenset(code for code in codes if SERVERS in _fields(code))


def objections(
    scope: MachineScope, given: Iterable[Right], held: Iterable[Right]
) -> tuple[Objection, ...]:
    """What a scope asks beyond the rights that somebody holds; empty when it stays within.

    `given` are the rights that the scope opens today, narrowed from all those of the structure;
    `held` those of whoever opens it, for the same structure and delegation. Facts of objections:
    "field" ("profiles" or "names") and "what" is beyond. Servers' names are told one by one, so
    that what the structure is granted later does not widen a machine by itself.
    """
    hand = tuple(held)
    return tuple(_objections(scope, tuple(given), hand))


def _objections(
    scope: MachineScope, given: tuple[Right, ...], held: tuple[Right, ...]
) -> Iterator[Objection]:
    for code in sorted(scope.profiles - set(profiles_of(held))):
        yield _beyond("profiles", code)
    if profiles_for_servers(scope.profiles) and not scope.names:
        yield Objection(Code.MACHINE_NEEDS_NAMES, (("field", "names"),))
        return
    nameable = [r for r in held if scope.profiles & profiles_for_servers(profiles_of([r]))]
    outside = [name for name in scope.names if not _is_held(name, nameable or held)]
    for name in outside:
        yield _beyond("names", name)
    if not outside:
        yield from _opened_beyond(given, held)


def _opened_beyond(given: Iterable[Right], held: tuple[Right, ...]) -> Iterator[Objection]:
    """What other cards of the structure hold, and the scope would open."""
    for right in given:
        for code in profiles_of([right]):
            same = [r for r in held if code in profiles_of([r])]
            if SERVERS in _fields(code):
                for name in (*right.domains, *right.servers):
                    if not _is_held(name, same, whole=name in right.domains):
                        yield _beyond("names", name)
            if MAILBOXES in _fields(code):
                mine = {domain for r in same for domain in r.mail_domains}
                for domain in right.mail_domains:
                    if domain not in mine:
                        yield _beyond("profiles", f"{code} @{domain}")


def _is_held(name: str, held: Iterable[Right], *, whole: bool = False) -> bool:
    """Whether a name is held; `whole`, with every name below it."""
    return any(
        any(Fqdn(name).is_within(Fqdn(domain)) for domain in right.domains)
        or (not whole and name in right.servers)
        for right in held
    )


def _fields(code: str) -> frozenset[str]:
    profile = profiles.profile(code)
    return required_fields(profile) | optional_fields(profile)


def _beyond(field: str, what: str) -> Objection:
    return Objection(Code.MACHINE_BEYOND_RIGHTS, (("field", field), ("what", what)))
