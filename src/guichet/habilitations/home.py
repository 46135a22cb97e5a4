"""Somebody's own dossiers on the home page: what waits for them first."""

from typing import Final

from django.http import HttpRequest

from guichet.domain.duties import STAFF
from guichet.habilitations.queries import applicant
from guichet.web.home import Section

SHOWN: Final = 5


def dossiers_section(request: HttpRequest) -> Section | None:
    """Dossiers to correct, to deposit or to take up again; nothing for visitors.

    The staff is not asked to begin one.
    """
    actor = getattr(request, "actor", None)
    if actor is None:
        return None
    mine = applicant.mine(actor)
    waiting = [line for line in mine.deposited if line.badge == applicant.TO_CORRECT]
    waiting += [line for line in mine.deposited if line.differs and line not in waiting]
    if not mine.drafts and not mine.deposited and actor.is_a(*STAFF):
        return None
    others = [line for line in (*mine.drafts, *mine.deposited) if line not in waiting]
    context = {
        "lines": [*waiting, *others][:SHOWN],
        "count": len(mine.drafts) + mine.page.paginator.count,
        "shown_at_most": SHOWN,
        "has_card": actor.card_number is not None,
    }
    return Section("habilitations/home_section.html", context, order=15)
