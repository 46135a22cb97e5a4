"""The one order in which operations lock: dossiers, delegations…, the journal's head, then rights.

An operation that changes several rights writes in the journal between them, and so holds the head
when it comes to the next: one that held a right and waited for the head would be waited for.
Whatever rows refer to is locked without its key: who refers to it may hold the head already.
"""

from django.db.models import QuerySet

from guichet.habilitations.models import Delegation, Right
from guichet.journal import operations as journal


def rights_to_change() -> QuerySet[Right]:
    """Rights, to be locked until the caller's transaction ends; its turn is taken first."""
    journal.take_turn()
    rows = Right.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("structure").order_by("pk")


def delegations_to_change() -> QuerySet[Delegation]:
    """Delegations, to be locked before anything is written in the journal."""
    rows = Delegation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("structure").order_by("pk")
