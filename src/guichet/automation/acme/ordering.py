"""An ACME order is asked for: one name, a profile, what it renews; under today's rights."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from guichet.automation.acme import authorizing, renewal_info
from guichet.automation.acme.policy import policy
from guichet.automation.acme.problems import Problem, problem_of
from guichet.automation.acme.receiving import Asked
from guichet.automation.models import AcmeOrder
from guichet.domain.acme import identifiers
from guichet.domain.acme.identifiers import Identifier
from guichet.domain.acme.states import AuthorizationStatus, OrderStatus
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.machines import Verb
from guichet.domain.orders import request as requests
from guichet.domain.orders.renewal import RenewalState
from guichet.domain.orders.request import OrderRequest
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.orders import operations as orders
from guichet.orders import queries, renewals
from guichet.orders.summaries import ProductSummary

MEMBERS: Final = ("type", "value")
OPEN: Final = (OrderStatus.PENDING.value, OrderStatus.READY.value)


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What a client asks for; `replaces` names the certificate to renew (RFC 9773 §5), or not."""

    identifier: Identifier
    profile: Profile
    replaces: str


def parse(sent: Mapping[str, Any]) -> NewOrder:
    """Read the payload of newOrder (RFC 8555 §7.4).

    Raises Problem malformed, Refusal: those of identifiers.parse and identifiers.profile_for.
    """
    if "notBefore" in sent or "notAfter" in sent:
        raise Problem("malformed", _("Les dates du certificat sont celles de son profil."))
    told = {name: sent.get(name, "") for name in ("profile", "replaces")}
    asked = sent.get("identifiers")
    if not isinstance(asked, list) or not all(map(_is_identifier, asked)):
        raise Problem("malformed", _("« identifiers » est une liste d’objets {type, value}."))
    if not all(isinstance(value, str) for value in told.values()):
        raise Problem("malformed", _("« profile » et « replaces » sont des textes."))
    identifier = identifiers.parse(asked)
    return NewOrder(
        identifier, identifiers.profile_for(identifier, told["profile"]), told["replaces"]
    )


def ask(asked: Asked, wanted: NewOrder) -> AcmeOrder:
    """Open an order, or give the open one that asks the same.

    Raises Refusal: VERB_MISSING, RIGHT_*, PRODUCT_UNKNOWN, RENEWAL_*, TOO_MANY_TRIES; Problem
    with the identifier that the rights do not cover.
    """
    request = order_request(wanted.identifier, wanted.profile, asked.actor)
    require_covered(request, wanted.identifier, asked.actor, asked.at)
    renewed = _renewed(wanted, request, asked)
    asked.require(Verb.WITHDRAW, Verb.RENEW if renewed else Verb.ORDER)
    _require_patience(asked)
    return _open(asked, wanted, renewed.number if renewed else None)


def order_request(identifier: Identifier, profile: Profile, actor: Actor) -> OrderRequest:
    """What the portal is asked for, for the structure of the machine account.

    Raises Problem, the identifier named: its value is not one that an order takes.
    """
    scope = actor.machine
    typed = {
        "offer": str(profile.offer),
        "usage": str(profile.usage),
        "structure_id": scope.structure_id if scope else "",
        "actor_email": actor.email,
        identifier.field: identifier.value,
    }
    try:
        return requests.parse(**typed)
    except Refusal as refusal:
        raise problem_of(refusal, identifier.mapping()) from refusal


def require_covered(
    request: OrderRequest, identifier: Identifier, actor: Actor, at: datetime
) -> None:
    """Raises Problem, the identifier named, when no right covers the order at this instant."""
    try:
        orders.covering_right(request, actor, at)
    except Refusal as refusal:
        raise problem_of(refusal, identifier.mapping()) from refusal


def _renewed(wanted: NewOrder, request: OrderRequest, asked: Asked) -> ProductSummary | None:
    """The product that the order renews: the one the client names, or the one that it stands for.

    Most clients name none. A product of the same name, whose renewal is open, is then renewed, so
    that nobody is reminded of it in vain. One that the client names and that cannot be renewed now
    stays as it is, and the order is a new one. Raises Refusal: PRODUCT_UNKNOWN, RENEWAL_PENDING,
    and RENEWAL_* for accounts that may do no more than renew.
    """
    verbs = asked.actor.machine.verbs if asked.actor.machine else frozenset()
    if not wanted.replaces:
        return queries.renewable(request, asked.actor, asked.at) if Verb.RENEW in verbs else None
    named = renewal_info.lifetime(wanted.replaces)
    if named is None:
        raise Refusal(Code.PRODUCT_UNKNOWN)
    product = queries.product(named.number, asked.actor, asked.at)
    may_be_new = Verb.ORDER in verbs
    is_asked = {RenewalState.PENDING, RenewalState.DONE}
    state = renewals.standing(product, asked.at).state
    if state in is_asked or not may_be_new:
        renewals.require_open(product, asked.at)
    return product if state is RenewalState.OPEN else None


def _require_patience(asked: Asked) -> None:
    since = asked.at - timedelta(hours=1)
    recent = asked.account.orders.filter(created_at__gt=since)
    if recent.count() >= policy().orders_per_hour:
        raise Refusal(Code.TOO_MANY_TRIES)


@transaction.atomic
def _open(asked: Asked, wanted: NewOrder, renewal_of: int | None) -> AcmeOrder:
    account, at = asked.account, asked.at
    authorization = authorizing.authorize(account, wanted.identifier, asked.actor, at)
    same = {
        "authorization": authorization,
        "profile": wanted.profile.code,
        "renewal_of": renewal_of,
        "replaces": wanted.replaces,
    }
    if known := account.orders.filter(**same, status__in=OPEN, expires_at__gt=at).first():
        return known
    is_ready = authorization.status == AuthorizationStatus.VALID.value
    row = AcmeOrder.objects.create(
        account=account,
        status=(OrderStatus.READY if is_ready else OrderStatus.PENDING).value,
        created_at=at,
        expires_at=min(at + policy().order_life, authorization.expires_at),
        **same,
    )
    _journal(row, wanted, authorization.method, asked)
    return row


def _journal(row: AcmeOrder, wanted: NewOrder, method: str, asked: Asked) -> None:
    facts: dict[str, str | int | None] = {
        "account": str(asked.account),
        "profile": row.profile,
        "kind": wanted.identifier.kind,
        "name": wanted.identifier.value,
        "proved": method,
    }
    if row.renewal_of is not None:
        facts["renews"] = f"product:{row.renewal_of}"
    journal.record(
        Event.ACME_ORDER_ASKED, subject=str(row), actor=asked.actor.ref, at=asked.at, facts=facts
    )


def _is_identifier(sent: Any) -> bool:
    return isinstance(sent, dict) and all(isinstance(sent.get(name), str) for name in MEMBERS)
