"""What lets an account ask for a name: proved beforehand, or by a challenge to come."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from guichet.automation.acme.policy import policy
from guichet.automation.acme.problems import Problem
from guichet.automation.acme.validation.checks import CHECKS
from guichet.automation.models import AcmeAccount, AcmeAuthorization, AcmeChallenge, AcmeOrder
from guichet.domain.acme.identifiers import DNS, Identifier
from guichet.domain.acme.states import (
    AUTHORIZATIONS,
    ORDERS,
    AuthorizationAct,
    AuthorizationStatus,
    ChallengeStatus,
    OrderAct,
    OrderStatus,
)
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.queries import domains
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event

DECLARED: Final = "declared"
SCOPE: Final = "scope"
BEFOREHAND: Final = (DECLARED, SCOPE)
TOKEN_OCTETS: Final = 32


def proved_beforehand(identifier: Identifier, actor: Actor) -> str:
    """How a name is proved without a challenge; empty when it is not.

    A service needs no more than the account's own limits; a server's name is below a domain that
    the structure proved to the counter.
    """
    if identifier.kind != DNS:
        return SCOPE
    structure = actor.machine.structure_id if actor.machine else ""
    return DECLARED if domains.proof_above(structure, identifier.value) else ""


def require_still_proved(row: AcmeAuthorization, actor: Actor, at: datetime) -> None:
    """A proof given beforehand may be lost since. Raises Problem unauthorized."""
    identifier = Identifier(row.kind, row.name)
    is_lost = row.method in BEFOREHAND and not proved_beforehand(identifier, actor)
    if status_of(row, at) is not AuthorizationStatus.VALID or is_lost:
        raise Problem("unauthorized", _("La preuve de ce nom ne vaut plus. Recommencez."), 403)


def status_of(row: AcmeAuthorization, at: datetime) -> AuthorizationStatus:
    """Where an authorization stands at this instant."""
    status = AuthorizationStatus(row.status)
    is_open = status in {AuthorizationStatus.PENDING, AuthorizationStatus.VALID}
    return AuthorizationStatus.EXPIRED if is_open and row.expires_at <= at else status


def authorize(
    account: AcmeAccount, identifier: Identifier, actor: Actor, at: datetime
) -> AcmeAuthorization:
    """The authorization of a name, in the caller's transaction: one that stands, or a new one."""
    method = proved_beforehand(identifier, actor)
    return _standing(account, identifier, method, at) or _new(account, identifier, method, at)


@transaction.atomic
def deactivate(row: AcmeAuthorization, by: Actor, at: datetime) -> AcmeAuthorization:
    """Give an authorization up (RFC 8555 §7.5.2); orders that rely on it end (§7.1.6).

    Raises Refusal(MOVE_FORBIDDEN).
    """
    locked = AcmeAuthorization.objects.select_for_update().get(pk=row.pk)
    if status_of(locked, at) is AuthorizationStatus.EXPIRED:
        raise Refusal(Code.MOVE_FORBIDDEN, state="expired", act="deactivate")
    move(locked, AuthorizationAct.DEACTIVATE)
    locked.save(update_fields=["status"])
    told = _("L’autorisation de ce nom a été abandonnée. Passez une nouvelle commande.")
    end_orders(locked, _error(told))
    tell(Event.ACME_AUTHORIZATION_ENDED, locked, by, at, {})
    return locked


def move(row: AcmeAuthorization, act: AuthorizationAct) -> None:
    """Let an act happen to a locked row. Raises Refusal(MOVE_FORBIDDEN)."""
    row.status = AUTHORIZATIONS.next(AuthorizationStatus(row.status), act).value


def free_orders(row: AcmeAuthorization) -> None:
    """Orders that waited for an authorization are ready, in the caller's transaction."""
    _orders(row, OrderStatus.PENDING).update(
        status=ORDERS.next(OrderStatus.PENDING, OrderAct.AUTHORIZE).value
    )


def end_orders(row: AcmeAuthorization, error: Mapping[str, Any]) -> None:
    """Orders that rely on an authorization and are not finalized end, whether ready or not.

    RFC 8555 §7.1.6; in the caller's transaction.
    """
    for status in (OrderStatus.PENDING, OrderStatus.READY):
        ended = ORDERS.next(status, OrderAct.FAIL).value
        _orders(row, status).update(status=ended, error=dict(error))


def tell(
    event: Event, row: AcmeAuthorization, by: Actor, at: datetime, facts: Mapping[str, str]
) -> None:
    """Journal what happened to an authorization, in the caller's transaction."""
    told = {"name": row.name, "kind": row.kind, **facts}
    journal.record(event, subject=str(row), actor=by.ref, at=at, facts=told)


def _standing(
    account: AcmeAccount, identifier: Identifier, method: str, at: datetime
) -> AcmeAuthorization | None:
    rows = account.authorizations.filter(
        kind=identifier.kind, name=identifier.value, expires_at__gt=at + policy().order_margin
    )
    valid = rows.filter(status=AuthorizationStatus.VALID.value)
    if method:
        return valid.filter(method=method).order_by("-pk").first()
    pending = rows.filter(status=AuthorizationStatus.PENDING.value)
    by_challenge = valid.exclude(method__in=BEFOREHAND)
    return by_challenge.order_by("-pk").first() or pending.order_by("-pk").first()


def _new(
    account: AcmeAccount, identifier: Identifier, method: str, at: datetime
) -> AcmeAuthorization:
    status = AuthorizationStatus.VALID if method else AuthorizationStatus.PENDING
    row = AcmeAuthorization.objects.create(
        account=account,
        kind=identifier.kind,
        name=identifier.value,
        status=status.value,
        method=method,
        created_at=at,
        validated_at=at if method else None,
        expires_at=at + policy().order_life,
    )
    if not method:
        AcmeChallenge.objects.bulk_create(
            AcmeChallenge(
                authorization=row,
                kind=kind,
                token=secrets.token_urlsafe(TOKEN_OCTETS),
                status=ChallengeStatus.PENDING.value,
            )
            for kind in CHECKS
        )
    return row


def _orders(row: AcmeAuthorization, status: OrderStatus) -> Any:
    return AcmeOrder.objects.filter(authorization=row, status=status.value)


def _error(detail: str) -> dict[str, Any]:
    return Problem("unauthorized", detail, 403).document()
