"""Somebody's own dossiers on the home page: what waits for them first."""

from typing import Final

from django.http import HttpRequest

from guichet.habilitations.queries import applicant
from guichet.habilitations.standing import staff_standing
from guichet.web.home import Section

SHOWN: Final = 5


def dossiers_section(request: HttpRequest) -> Section | None:
    """Dossiers to correct, to deposit or to take up again; nothing for visitors.

    Who instructs is not asked to begin one.
    """
    actor = getattr(request, "actor", None)
    if actor is None:
        return None
    mine = applicant.mine(actor)
    waiting = [line for line in mine.deposited if line.badge == applicant.TO_CORRECT]
    waiting += [line for line in mine.deposited if line.differs and line not in waiting]
    if not mine.drafts and not mine.deposited and staff_standing(actor) is not None:
        return None
    others = [line for line in (*mine.drafts, *mine.deposited) if line not in waiting]
    context = {
        "lines": [*waiting, *others][:SHOWN],
        "count": len(mine.drafts) + mine.page.paginator.count,
        "shown_at_most": SHOWN,
        "has_card": actor.card_number is not None,
    }
    return Section("habilitations/home_section.html", context, order=15)
