"""Acting on a dossier as it was read: who acts on an old page is told, and changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from guichet.domain.dossier.permissions import Act
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.models import Correction, Decision, Dossier
from guichet.habilitations.standing import lock
from guichet.identities.actors import Actor


def stamp_of(row: Dossier) -> str:
    """What an instructor's act depends on, as short text for a hidden field.

    The applicant's typing is not in it: only what was deposited, asked and decided.
    """
    last = row.revisions.order_by("-n").values_list("n", flat=True).first() or 0
    asked = Correction.objects.filter(dossier=row, resolved_at=None).values_list("pk", flat=True)
    standing = Decision.objects.filter(dossier=row, withdrawn_at=None, replaced_at=None)
    decision = standing.values_list("pk", flat=True).first() or 0
    return f"{row.state}.{last}.{asked.first() or 0}.{decision}"


@contextmanager
def unchanged(*, number: int, stamp: str, by: Actor, assignee: str | None = None) -> Iterator[None]:
    """The body runs in a transaction that holds the dossier, if it is as it was read.

    `assignee` is given where the act depends on who had it. Raises Refusal: DOSSIER_CHANGED,
    DOSSIER_UNKNOWN.
    """
    with transaction.atomic():
        row = lock(number, by, Act.READ)
        has_moved = stamp_of(row) != stamp
        if has_moved or (assignee is not None and assignee != str(row.assignee_id or "")):
            raise Refusal(Code.DOSSIER_CHANGED, number=number)
        yield
