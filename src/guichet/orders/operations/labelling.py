"""Tags and owners: what a structure adds to its products to find its way among them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from guichet.domain.orders.labels import CHANGED_AT_MOST, TAGS_AT_MOST, Owner, parse_tag
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import folded
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.chain import Fact
from guichet.journal.events import Event
from guichet.orders import queries
from guichet.orders.models import Product, Tag, Tagging
from guichet.orders.visibility import reach


@transaction.atomic
def tag(*, products: Collection[int], name: str, by: Actor, at: datetime) -> int:
    """Put products under a tag of their structure, made where it is new. How many changed.

    Raises Refusal: NAME_INVALID, NAME_TOO_LONG, FIELD_MISSING, SELECTION_EMPTY, PRODUCT_UNKNOWN,
    SELECTION_TOO_LARGE, RIGHT_MISSING, TAGS_TOO_MANY.
    """
    word = parse_tag(name)
    changed = 0
    for row in _locked(products, by, at):
        found, _new = Tag.objects.get_or_create(
            structure_id=row.structure_id, folded=folded(word), defaults={"name": word}
        )
        held = set(row.taggings.values_list("tag_id", flat=True))
        if found.pk in held:
            continue
        if len(held) >= TAGS_AT_MOST:
            raise Refusal(Code.TAGS_TOO_MANY, number=row.number, limit=TAGS_AT_MOST)
        Tagging.objects.create(tag=found, product=row)
        _journal(row, Event.PRODUCT_TAGGED, by, at, {"tag": found.name})
        changed += 1
    return changed


@transaction.atomic
def untag(*, products: Collection[int], name: str, by: Actor, at: datetime) -> int:
    """Take products from under a tag; a tag without products is forgotten. How many changed.

    Raises Refusal: SELECTION_EMPTY, SELECTION_TOO_LARGE, PRODUCT_UNKNOWN, RIGHT_MISSING.
    """
    changed = 0
    for row in _locked(products, by, at):
        gone = Tagging.objects.filter(product=row, tag__folded=folded(name))
        if gone.delete()[0]:
            _journal(row, Event.PRODUCT_UNTAGGED, by, at, {"tag": name[:40]})
            changed += 1
    Tag.objects.filter(folded=folded(name), taggings=None).delete()
    return changed


@transaction.atomic
def set_owner(*, products: Collection[int], owner: Owner, by: Actor, at: datetime) -> int:
    """Say who answers for products; an empty owner says that nobody does. How many changed.

    The journal tells that the owner changed, not who it is: people may ask to be forgotten.
    Raises Refusal: SELECTION_EMPTY, SELECTION_TOO_LARGE, PRODUCT_UNKNOWN, RIGHT_MISSING.
    """
    changed = 0
    for row in _locked(products, by, at):
        if (row.owner_name, row.owner_email) == (owner.name, owner.email):
            continue
        row.owner_name, row.owner_email = owner.name, owner.email
        row.search_text = row.searched()
        row.save(update_fields=["owner_name", "owner_email", "search_text"])
        _journal(row, Event.PRODUCT_OWNER_SET, by, at, {"owner": "set" if owner.email else "none"})
        changed += 1
    return changed


def _locked(numbers: Collection[int], by: Actor, at: datetime) -> Sequence[Product]:
    """The visible products of these numbers, which the actor may handle, locked in order."""
    wanted = {number for number in numbers if queries.fits(number)}
    if not numbers:
        raise Refusal(Code.SELECTION_EMPTY)
    if len(numbers) > CHANGED_AT_MOST:
        raise Refusal(Code.SELECTION_TOO_LARGE, limit=CHANGED_AT_MOST)
    seen = queries.visible_products(by, at).filter(number__in=wanted)
    rows = list(seen.select_for_update(of=("self",)).order_by("number"))
    if len(rows) != len(set(numbers)):
        raise Refusal(Code.PRODUCT_UNKNOWN)
    found = reach(by, at)
    for row in rows:
        if not found.may_handle(row.structure_id, row.offer):
            raise Refusal(
                Code.RIGHT_MISSING, structure=row.structure_id, offer=row.offer, usage=row.usage
            )
    journal.take_turn()  # tags are changed between entries, and so after the journal's lock
    return rows


def _journal(row: Product, event: Event, by: Actor, at: datetime, facts: dict[str, Fact]) -> None:
    journal.record(event, subject=f"product:{row.number}", actor=by.ref, at=at, facts=facts)
