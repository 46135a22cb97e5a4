"""A declared administrator says, by the link of an e-mail, whether card and address are theirs."""

from datetime import datetime

from django.db import transaction

from guichet.domain.dossier.states import DECIDED, DossierState
from guichet.domain.dossier.typed import ADMINISTRATORS
from guichet.domain.identifiers import CardNumber, EmailAddress
from guichet.domain.refusals import Code, Fact, Refusal
from guichet.habilitations import mails, tokens
from guichet.habilitations.models import AdministratorConfirmation, Dossier
from guichet.habilitations.operations.drafting import content_of
from guichet.journal import operations as journal
from guichet.journal.events import Event


@transaction.atomic
def answer(*, token: str, confirms: bool, at: datetime) -> None:
    """Confirm or deny; the answer may change until the dossier is decided.

    Whoever holds the link answers: it was sent to the address it confirms. The applicant is told
    of a denial. Raises Refusal(INVITATION_INVALID) when the dossier is decided, gone, or names
    another card or address by now.
    """
    found = asked(token)
    Dossier.objects.select_for_update().get(pk=found.dossier_id)
    found = AdministratorConfirmation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if DossierState(found.dossier.state) in DECIDED:
        raise Refusal(Code.INVITATION_INVALID)
    answered_at = found.confirmed_at if confirms else found.denied_at
    if answered_at is not None:
        return
    found.confirmed_at, found.denied_at = (at, None) if confirms else (None, at)
    found.save(update_fields=["confirmed_at", "denied_at"])
    facts: dict[str, Fact] = {
        "card": found.card_number,
        "row": found.row,
        "confirms": int(confirms),
    }
    journal.record(
        Event.DOSSIER_CONFIRMED,
        subject=mails.about(found.dossier.number),
        actor=f"confirmation:{found.pk}",
        at=at,
        facts={**facts, "confirms": int(confirms)},
    )
    if not confirms:
        context = {"email": found.email, "card_number": found.card_number}
        mails.tell_applicant(found.dossier, "denied", f"{found.pk}:{at.isoformat()}", at, context)


def asked(token: str) -> AdministratorConfirmation:
    """What a link asks about, as long as its dossier still says so. Raises INVITATION_INVALID."""
    rows = AdministratorConfirmation.objects.select_related("dossier")
    found = rows.filter(token_sha256=tokens.digest(token), dossier__trashed_at=None).first()
    if found is None or not _stands(found):
        raise Refusal(Code.INVITATION_INVALID)
    return found


def _stands(found: AdministratorConfirmation) -> bool:
    """Whether the last deposit still names this card and this address in this row."""
    typed = content_of(found.dossier)
    path = f"{ADMINISTRATORS}.{found.row}"
    try:
        card = CardNumber.parse(typed.get(f"{path}.card_number"))
        email = EmailAddress.parse(typed.get(f"{path}.email"))
    except Refusal:
        return False
    return (card.value, email.value) == (found.card_number, found.email)
