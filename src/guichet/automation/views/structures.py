"""/structures: for whom the card may act, and what it may order."""

from typing import Final

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from guichet.automation.authentication import caller
from guichet.automation.habilitation_schemas import RightOut, StructureOut
from guichet.automation.responses import READ_PROBLEMS
from guichet.domain.habilitations import Right
from guichet.domain.machines import Verb
from guichet.habilitations import queries

router: Final = Router()


@router.get("", response={200: list[StructureOut], **READ_PROBLEMS})
def list_structures(request: HttpRequest) -> list[StructureOut]:
    """Structures of the card's open rights, by legal name."""
    actor = caller(request, Verb.READ)
    rights = queries.rights_in_hand(actor, timezone.now())
    known = queries.structures(right.structure_id for right in rights)
    found = [
        StructureOut(
            structure=national_id,
            legal_name=facts.legal_name,
            rights=[_right(right) for right in rights if right.structure_id == national_id],
        )
        for national_id, facts in known.items()
    ]
    return sorted(found, key=lambda structure: (structure.legal_name, structure.structure))


def _right(right: Right) -> RightOut:
    return RightOut(
        offer=right.offer,
        usages=sorted(right.usages),
        domains=list(right.domains),
        mail_domains=list(right.mail_domains),
        ends_at=right.ends_at,
    )
