"""Who works at the counter, and the names behind the journal's references: for other apps."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from guichet.identities.actors import Actor
from guichet.identities.models import Account, Card, MachineAccount
from guichet.identities.queries import actor_of


def staff(*roles: str) -> tuple[Actor, ...]:
    """The open accounts that hold one of these roles, by name, each with its newest card.

    They are told of as actors; nobody is logged in by that.
    """
    holds = reduce(or_, (Q(roles_text__contains=f'"{role}"') for role in roles), Q(pk=None))
    rows = (
        Account.objects.filter(is_active=True)
        .annotate(roles_text=Cast("roles", TextField()))
        .filter(holds)
        .order_by("display_name", "pk")
    )
    found = list(rows)
    cards = Card.objects.filter(account__in=found, ended_at=None).order_by("opened_at", "pk")
    newest = {card.account_id: card for card in cards}
    people = (actor_of(row, newest.get(row.pk), "card") for row in found)
    return tuple(one for one in people if one.is_a(*roles))


def labels_of(refs: Iterable[str]) -> Mapping[str, str]:
    """The names of actors as the journal refers to them; what is neither is left out."""
    wanted = set(refs)
    numbers = {ref.removeprefix("card:") for ref in wanted if ref.startswith("card:")}
    keys = {ref.removeprefix("account:") for ref in wanted if ref.startswith("account:")}
    labels = {str(card): card.holder_name for card in Card.objects.filter(number__in=numbers)}
    try:
        accounts = list(Account.objects.filter(public_id__in=keys))
    except ValidationError:
        accounts = []
    machines = [ref.removeprefix("machine:") for ref in wanted if ref.startswith("machine:")]
    named = {**labels, **{str(account): account.display_name for account in accounts}}
    return {**named, **{str(m): m.name for m in MachineAccount.objects.filter(key__in=machines)}}
