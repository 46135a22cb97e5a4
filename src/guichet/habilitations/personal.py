"""Personal data of dossiers, rights, delegations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Q

from guichet.database.personal import Erasing, Fate, Hindrance, Holding, Part
from guichet.domain.dossier.states import DECIDED, DossierState
from guichet.domain.personal import Person
from guichet.domain.retention import AFTER_CERTIFICATE
from guichet.habilitations.models import (
    AdministratorConfirmation,
    Annotation,
    Attachment,
    CardRenewal,
    Correction,
    Decision,
    Delegation,
    DomainProof,
    Dossier,
    EditorStaff,
    Following,
    MailPreference,
    Message,
    Participation,
    Recovery,
    Representation,
    Revision,
    Right,
    SavedView,
    Trial,
)
from guichet.habilitations.operations import purging

CLERK: Final = "operator:personal-data"
RECORD: Final = "the dossier is a record of registration: it goes with it, five years after its end"
PROVES: Final = "proves by what right certificates were asked for: seven years after its end"
SECRETS: Final = frozenset(
    {"token_sha256", "owner_token_sha256", "objection_token_sha256", "token", "key"}
)
OPEN: Final = sorted(
    state.value
    for state in DossierState
    if state not in DECIDED and state is not DossierState.DRAFT
)


def known(person: Person) -> Person:
    """What was declared with a card of theirs: addresses and names."""
    staff = EditorStaff.objects.filter(card_number__in=person.cards)
    confirmed = AdministratorConfirmation.objects.filter(card_number__in=person.cards)
    preferred = MailPreference.objects.filter(account_id__in=person.accounts)
    emails = {row.email.lower() for found in (staff, confirmed, preferred) for row in found}
    return person.joined(
        Person(emails=frozenset(filter(None, emails)), names=frozenset(row.name for row in staff))
    )


def hinders(person: Person, at: datetime) -> Iterable[Hindrance]:
    """Whoever may still order, represents a structure, or waits for a decision."""
    rights = Right.objects.filter(card_number__in=person.cards, closed_at=None)
    if open_ones := rights.filter(Q(ends_at=None) | Q(ends_at__gt=at)).count():
        yield Hindrance(f"{open_ones} rights are open", "close them (Habilitations, Mes droits)")
    represented = Representation.objects.filter(account_id__in=person.accounts)
    if represented.exists():
        yield Hindrance("they represent a structure", "have another representative appointed")
    waiting = Dossier.objects.filter(owner_id__in=person.accounts, state__in=OPEN)
    for number in waiting.values_list("number", flat=True):
        yield Hindrance(f"dossier {number} is not decided", "decide it, or close it")


def forget_drafts(person: Person, at: datetime) -> dict[str, int]:
    """Drafts go at once; decided dossiers whose time is over, by the rule of all dossiers."""
    drafts = Dossier.objects.filter(owner_id__in=person.accounts, state=DossierState.DRAFT.value)
    gone = sum(purging.erase_draft(row.number, by=CLERK, at=at) for row in drafts)
    gone += len(purging.purge(by=CLERK, at=at))
    return {"habilitations_dossier": gone} if gone else {}


def _record(model: type, *texts: str, accounts: tuple[str, ...] = ()) -> Holding:
    return Holding(
        model=model, texts=texts, accounts=accounts, fate=Fate.KEPT, why=RECORD, hidden=SECRETS
    )


def _right_is_recent(at: datetime) -> Q:
    since = at - AFTER_CERTIFICATE
    return Q(closed_at=None, ends_at=None) | Q(ends_at__gt=since) & (
        Q(closed_at=None) | Q(closed_at__gt=since)
    )


HOLDINGS: Final = (
    _record(
        Dossier, "draft", "search_text", "assignee_label", accounts=("owner_id", "assignee_id")
    ),
    _record(Revision, "content", "deposited_by"),
    _record(Message, "author_label", "subject", "body", accounts=("author_id",)),
    _record(Attachment, "name", "sent_by"),
    _record(Correction, "asked_by", "fields"),
    _record(Decision, "by_label", "second_label", "reason", accounts=("by_id", "second_id")),
    _record(Participation, "email", "invited_by", accounts=("account_id",)),
    _record(AdministratorConfirmation, "card_number", "email"),
    _record(Annotation, "by_label", "body"),
    _record(Recovery, "asked_by", accounts=("account_id", "former_owner_id")),
    Holding(model=Following, texts=("label",), accounts=("account_id",), fate=Fate.DELETED),
    Holding(model=SavedView, texts=("name", "query"), accounts=("account_id",), fate=Fate.DELETED),
    Holding(model=MailPreference, texts=("email",), accounts=("account_id",), fate=Fate.DELETED),
    Holding(model=Representation, accounts=("account_id",), fate=Fate.DELETED),
    Holding(model=Right, texts=("card_number", "origin"), kept=_right_is_recent, why=PROVES),
    Holding(model=Delegation, texts=("given_by", "accepted_by", "ended_by")),
    Holding(model=EditorStaff, texts=("card_number", "name", "email", "declared_by")),
    Holding(
        model=CardRenewal,
        texts=("old_card", "new_card", "asked_by", "answered_by"),
        accounts=("account_id",),
        hidden=SECRETS,
    ),
    Holding(model=Trial, texts=("card_number",)),
    Holding(model=DomainProof, texts=("asked_by",), hidden=SECRETS),
)
PART: Final = Part(HOLDINGS, Erasing(known=known, hinders=hinders, before=forget_drafts))
