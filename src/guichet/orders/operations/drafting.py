"""Drafts of orders: what is typed is kept at each step, under the name of its author."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from guichet.identities.actors import Actor
from guichet.orders import queries
from guichet.orders.models import OrderDraft


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
def keep(*, key: UUID, by: Actor, changes: Mapping[str, Any], at: datetime) -> None:
    """Add what a step typed. Raises Refusal(ORDER_UNKNOWN) for anybody else's draft."""
    queries.draft(key, by)
    row = OrderDraft.objects.select_for_update().get(key=key)
    row.typed = {**row.typed, **changes}
    row.updated_at = at
    row.save(update_fields=["typed", "updated_at"])


@transaction.atomic
def discard(*, key: UUID, by: Actor) -> None:
    """Throw an unfinished draft away. Raises Refusal(ORDER_UNKNOWN) for anybody else's."""
    queries.draft(key, by)
    OrderDraft.objects.filter(key=key, number=None).delete()
