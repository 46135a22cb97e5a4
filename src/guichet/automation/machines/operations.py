"""What people do to machine accounts: the rights are checked here, identities writes and journals.

Opening (an account, a change, a credential) asks that one's own rights cover all that the account
may do. Closing asks only that one sees it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from guichet.authority import queries as authority
from guichet.automation.machines import queries
from guichet.automation.machines.hands import Hand, Side
from guichet.domain.identifiers import EmailAddress, Fqdn
from guichet.domain.machines import CredentialKind, MachineScope, Verb
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import clean
from guichet.identities.actors import Actor
from guichet.identities.machines import CredentialFacts, MachineFacts
from guichet.identities.operations import machines
from guichet.identities.operations.machines import Issued, MachineAsked
from guichet.orders import queries as orders
from guichet.orders.summaries import ProductSummary

T = TypeVar("T")
SERVICE_AT_MOST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAsked:
    """An account as its form asks for it: `typed_names` and `services` as they were typed."""

    name: str
    contact_email: str
    verbs: frozenset[Verb]
    profiles: frozenset[str]
    names: tuple[str, ...]
    typed_names: tuple[str, ...]
    services: tuple[str, ...]
    ends_at: datetime | None
    language: str


@transaction.atomic
def open_account(
    *, side: Side, asked: AccountAsked, by: Actor, at: datetime, key: UUID | None = None
) -> MachineFacts:
    """Open an account for a structure, or for a client by delegation; once for each `key`.

    Raises Refusal: those of identities' create_machine, MACHINE_BEYOND_RIGHTS,
    MACHINE_NEEDS_NAMES, DOMAIN_NAME_*, NAME_*.
    """
    wanted = _admitted(Hand(by, at), side, asked)
    return machines.create_machine(asked=wanted, by=by, at=at, key=key)


@transaction.atomic
def change_account(*, key: UUID, asked: AccountAsked, by: Actor, at: datetime) -> MachineFacts:
    """Give an account other limits, within one's rights as those it had. Raises as above."""
    hand = Hand(by, at)
    scope = _held(hand, key).scope
    wanted = _admitted(hand, Side(scope.structure_id, scope.delegation), asked)
    return machines.change_machine(key=key, asked=wanted, by=by, at=at)


@transaction.atomic
def disable(*, key: UUID, by: Actor, at: datetime) -> MachineFacts:
    """Let the machines of an account in no longer. Raises Refusal(MACHINE_UNKNOWN)."""
    queries.visible(Hand(by, at), key)
    return machines.disable_machine(key=key, by=by, at=at)


@transaction.atomic
def enable(*, key: UUID, by: Actor, at: datetime) -> MachineFacts:
    """Let them in again. Raises Refusal: MACHINE_UNKNOWN, MACHINE_OUT_OF_HAND."""
    _held(Hand(by, at), key)
    return machines.enable_machine(key=key, by=by, at=at)


@transaction.atomic
def make_secret(*, key: UUID, kind: CredentialKind, label: str, by: Actor, at: datetime) -> Issued:
    """Make a token, an EAB key or an EST secret of an account.

    Raises Refusal: MACHINE_UNKNOWN, MACHINE_OUT_OF_HAND, MACHINE_DISABLED, NAME_*.
    """
    _held(Hand(by, at), key)
    return machines.issue_credential(key=key, kind=kind, label=label, by=by, at=at)


@transaction.atomic
def bind(*, key: UUID, number: int, by: Actor, at: datetime) -> CredentialFacts:
    """Let the certificate of a product in for an account of the same structure.

    Raises Refusal: MACHINE_UNKNOWN, MACHINE_OUT_OF_HAND, MACHINE_DISABLED, PRODUCT_UNKNOWN,
    CREDENTIAL_BOUND.
    """
    account = _held(Hand(by, at), key)
    product = orders.product(number, by, at)
    if not may_be_bound(product, account):
        raise Refusal(Code.PRODUCT_UNKNOWN)
    der = authority.certificate(product.certificate_id).der
    label = f"{product.order.beneficiary} ({number})"[:120]
    fingerprint = sha256(der).hexdigest()
    return machines.bind_certificate(key=key, fingerprint=fingerprint, label=label, by=by, at=at)


@transaction.atomic
def revoke_credential(*, key: UUID, credential: UUID, by: Actor, at: datetime) -> CredentialFacts:
    """Let nobody in by a credential. Raises Refusal: MACHINE_UNKNOWN, CREDENTIAL_UNKNOWN."""
    queries.visible(Hand(by, at), key)
    return machines.revoke_credential(key=key, credential=credential, by=by, at=at)


def may_be_bound(product: ProductSummary, account: MachineFacts) -> bool:
    """Whether a certificate in service authenticates a client of the account's structure."""
    order = product.order
    is_own = order.structure_id == account.scope.structure_id
    return is_own and order.profile == "ORG/AUTH_CLI" and product.is_revocable


def require_held(hand: Hand, account: MachineFacts) -> None:
    """Raise Refusal(MACHINE_OUT_OF_HAND) unless one's rights cover all that an account may do."""
    if not hand.holds(account.scope):
        raise Refusal(Code.MACHINE_OUT_OF_HAND)


def _held(hand: Hand, key: UUID) -> MachineFacts:
    found = queries.visible(hand, key)
    require_held(hand, found)
    return found


def _admitted(hand: Hand, side: Side, asked: AccountAsked) -> MachineAsked:
    """What identities is asked for, once it is within the rights in hand."""
    scope = MachineScope(
        account="",
        structure_id=side.structure_id,
        delegation=side.delegation,
        verbs=asked.verbs,
        profiles=asked.profiles,
        names=tuple(dict.fromkeys((*asked.names, *_parsed(asked.typed_names)))),
        services=tuple(dict.fromkeys(_services(asked.services))),
    )
    if found := hand.objections(scope):
        raise Refusal(found[0].code, all=found)
    return MachineAsked(
        name=asked.name,
        scope=scope,
        contact_email=str(_at_field("contact_email", EmailAddress.parse, asked.contact_email)),
        language=asked.language,
        ends_at=asked.ends_at,
    )


def _parsed(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        yield _at_field("typed_names", Fqdn.parse, name).value


def _services(services: Iterable[str]) -> Iterable[str]:
    for service in services:
        yield clean(service, limit=SERVICE_AT_MOST, field="services")


def _at_field(field: str, parse: Callable[[str], T], text: str) -> T:
    """What a text says; a refusal names the field of the form that it was typed in."""
    try:
        return parse(text)
    except Refusal as refusal:
        facts = (("field", field), *refusal.facts.items())
        raise Refusal(refusal.code, all=(Objection(refusal.code, facts),)) from refusal
