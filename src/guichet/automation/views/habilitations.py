"""/habilitations: rights in hand and their ends; dossiers of the card's holder."""

from typing import Annotated, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from guichet.automation.authentication import caller, card_holder
from guichet.automation.habilitation_schemas import (
    DossierOut,
    DossierQuery,
    DossiersPage,
    HabilitationOut,
)
from guichet.automation.responses import READ_PROBLEMS
from guichet.domain.habilitations import Right
from guichet.domain.machines import Verb
from guichet.habilitations import queries
from guichet.habilitations.queries import applicant

router: Final = Router()


@router.get("", response={200: list[HabilitationOut], **READ_PROBLEMS})
def list_habilitations(request: HttpRequest) -> list[HabilitationOut]:
    """Open rights in hand: the card's, or what a machine account may use of its structure's."""
    rights = queries.rights_in_hand(caller(request, Verb.READ), timezone.now())
    return [_habilitation(right) for right in rights]


@router.get("/dossiers", response={200: DossiersPage, **READ_PROBLEMS})
def list_dossiers(request: HttpRequest, asked: Annotated[DossierQuery, Query()]) -> DossiersPage:
    """Dossiers deposited by the card's holder, or shared with them, the last changed first."""
    mine = applicant.mine(card_holder(request), asked.text, str(asked.page))
    return DossiersPage.of(map(_dossier, mine.deposited), mine.page)


def _dossier(dossier: applicant.Line) -> DossierOut:
    return DossierOut(
        number=dossier.number,
        state=dossier.badge,
        siret=dossier.siret,
        legal_name=dossier.legal_name,
        filed_at=dossier.filed_at,
        decided_at=dossier.decided_at,
    )


def _habilitation(right: Right) -> HabilitationOut:
    return HabilitationOut(
        id=right.id,
        structure=right.structure_id,
        offer=right.offer,
        usages=sorted(right.usages),
        domains=list(right.domains),
        servers=list(right.servers),
        mail_domains=list(right.mail_domains),
        services=list(right.services),
        starts_at=right.starts_at,
        ends_at=right.ends_at,
        editor=right.editor,
    )
