"""Views of the inventory that somebody saves: a name for the filters of an address."""

from typing import Final
from uuid import UUID

from django.db import transaction

from guichet.domain.orders.labels import parse_view_name
from guichet.domain.refusals import Code, Refusal
from guichet.identities.actors import Actor
from guichet.orders.models import SavedView

VIEWS_AT_MOST: Final = 30
QUERY_AT_MOST: Final = 1000


@transaction.atomic
def save_view(*, name: str, query: str, by: Actor) -> UUID:
    """Keep filters under a name; the same name keeps the new ones. Returns the view's key.

    Raises Refusal: FIELD_MISSING, NAME_INVALID, NAME_TOO_LONG, VIEWS_TOO_MANY.
    """
    known = parse_view_name(name)
    mine = SavedView.objects.select_for_update().filter(account_id=by.account_id)
    row = mine.filter(name=known).first()
    if row is None and mine.count() >= VIEWS_AT_MOST:
        raise Refusal(Code.VIEWS_TOO_MANY, limit=VIEWS_AT_MOST)
    row = row or SavedView(account_id=by.account_id, name=known)
    row.query = query[:QUERY_AT_MOST]
    row.save()
    return row.key


@transaction.atomic
def rename_view(*, key: UUID, name: str, by: Actor) -> None:
    """Give a view another name. Raises Refusal: VIEW_UNKNOWN, VIEW_NAME_TAKEN, and save_view's."""
    row = _own(key, by)
    known = parse_view_name(name)
    others = SavedView.objects.filter(account_id=by.account_id, name=known).exclude(pk=row.pk)
    if others.exists():
        raise Refusal(Code.VIEW_NAME_TAKEN, name=known, field="name")
    row.name = known
    row.save(update_fields=["name"])


@transaction.atomic
def make_default(*, key: UUID, by: Actor, is_default: bool) -> None:
    """Open the inventory on this view, or no longer. Raises Refusal(VIEW_UNKNOWN)."""
    row = _own(key, by)
    SavedView.objects.filter(account_id=by.account_id, is_default=True).update(is_default=False)
    row.is_default = is_default
    row.save(update_fields=["is_default"])


@transaction.atomic
def delete_view(*, key: UUID, by: Actor) -> None:
    """Forget a view; the products stay. Raises Refusal(VIEW_UNKNOWN)."""
    _own(key, by).delete()


def _own(key: UUID, by: Actor) -> SavedView:
    row = SavedView.objects.select_for_update().filter(key=key, account_id=by.account_id).first()
    if row is None:
        raise Refusal(Code.VIEW_UNKNOWN)
    return row
