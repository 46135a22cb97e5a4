"""Drafts of orders: what is typed is kept at each step, under the name of its author."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from guichet.domain.refusals import Objection
from guichet.identities.actors import Actor
from guichet.orders import queries
from guichet.orders.models import OrderDraft
from guichet.orders.operations import burning
from guichet.x509 import private_keys

KEPT_AT_MOST: Final = 300


@transaction.atomic
def begin(*, by: Actor, at: datetime, typed: Mapping[str, Any] | None = None) -> UUID:
    """A draft to fill; one that is still empty serves again. Returns its key."""
    row = OrderDraft.objects.filter(owner_ref=by.ref, number=None, typed={}).first()
    if row is None:
        row = OrderDraft(owner_ref=by.ref, created_at=at)
    row.typed = dict(typed or {})
    row.updated_at = at
    row.save()
    return row.key


@transaction.atomic
def keep(
    *, key: UUID, by: Actor, changes: Mapping[str, Any], at: datetime
) -> tuple[Objection, ...]:
    """Add what a step typed; what could be a private key is emptied, burnt and objected to.

    Raises Refusal(ORDER_UNKNOWN) for anybody else's draft.
    """
    queries.draft(key, by)
    row = OrderDraft.objects.select_for_update().get(key=key)
    secret = {n for n, v in changes.items() if isinstance(v, str) and not may_keep(v)}
    row.typed = {**row.typed, **{n: _bounded(v) for n, v in changes.items()}}
    row.typed |= dict.fromkeys(secret, "")
    row.updated_at = at
    row.save(update_fields=["typed", "updated_at"])
    sent = "\n".join(str(changes[name]) for name in sorted(secret)).encode("utf-8", "replace")
    return burning.burn(sent=sent, by=by, at=at)


def may_keep(value: str) -> bool:
    """Whether a draft keeps what was typed: not what could be a private key."""
    return not private_keys.may_be_in(value)


def _bounded(value: Any) -> Any:
    """No field is longer; what is, was refused, and is kept to be corrected."""
    return value[:KEPT_AT_MOST] if isinstance(value, str) else value


@transaction.atomic
def discard(*, key: UUID, by: Actor) -> None:
    """Throw an unfinished draft away. Raises Refusal(ORDER_UNKNOWN) for anybody else's."""
    queries.draft(key, by)
    OrderDraft.objects.filter(key=key, number=None).delete()
