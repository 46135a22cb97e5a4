"""Carrying the rights of an older card over to the new card of the same person."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from guichet.domain import evidence
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import registers, rights_mails, tokens
from guichet.habilitations.evidence import BY_ITSELF, dossiers_behind, text_of_carrying
from guichet.habilitations.locks import rights_to_change
from guichet.habilitations.models import CardRenewal, Representation, Right, Structure
from guichet.habilitations.operations import rights
from guichet.habilitations.operations.rights import RightAsked
from guichet.habilitations.periods import last_day
from guichet.habilitations.policy import CarryOver, policy
from guichet.habilitations.queries import people, renewals
from guichet.habilitations.queries.people import Person
from guichet.habilitations.rights_mails import Occasion
from guichet.identities import holders as identities
from guichet.identities.actors import Actor
from guichet.journal import operations as journal
from guichet.journal.events import Event


@transaction.atomic
def ask(*, national_id: str, by: Actor, at: datetime) -> int:
    """Ask the representatives of a structure to carry over what the asker's older cards held.

    Where the policy is automatic it is done at once. While an answer is awaited nothing changes.
    Returns how many rights are concerned. Raises Refusal: RENEWAL_IMPOSSIBLE,
    REPRESENTATIVE_MISSING, CARD_NOT_VALID.
    """
    concerned = [
        found for found in renewals.lapsing(by, at) if found.structure.national_id == national_id
    ]
    if not concerned or policy().report_habilitation is CarryOver.NEW_DOSSIER:
        raise Refusal(Code.RENEWAL_IMPOSSIBLE)
    new_card = by.card_number or ""
    _require_valid(new_card, at)
    structure = Structure.objects.get(national_id=national_id)
    for found in concerned:
        if found.asked_at is None:
            _ask(structure, (found.old_card, new_card), found.rights, by, at)
    return sum(len(found.rights) for found in concerned)


@transaction.atomic
def answer(*, signed: str, consents: bool, at: datetime) -> int:
    """Answer by the link sent to a representative, once; returns how many rights were carried.

    Raises Refusal: INVITATION_INVALID, RENEWAL_IMPOSSIBLE (nothing is left to carry over),
    CARD_NOT_VALID.
    """
    found, account_id = renewals.open_renewal(signed, at)
    row = (
        CardRenewal.objects.select_for_update(of=("self",))
        .select_related("structure")
        .get(pk=found.pk)
    )
    if row.answered_at is not None:
        raise Refusal(Code.INVITATION_INVALID)
    name = next((who.name for who in identities.contacts([account_id])), "")
    journal.take_turn()  # what may be carried is read once nobody else can end it
    taken = renewals.carriable(row.old_card, row.new_card, at, row.structure)
    if consents:
        if not taken or policy().report_habilitation is CarryOver.NEW_DOSSIER:
            raise Refusal(Code.RENEWAL_IMPOSSIBLE)
        _require_valid(row.new_card, at)
    row.answered_at, row.answered_by, row.consented = at, name[:120], consents
    row.save()
    facts = {"renewal": row.pk, "consented": int(consents), "account": account_id}
    _note(Event.RENEWAL_ANSWERED, row, f"renewal:{row.pk}", at, facts)
    if consents:
        _carry(row, taken, at)
    _tell_answer(row, taken, at)
    return len(taken) if consents else 0


def carry_automatically(at: datetime) -> int:
    """Where the policy says so, carry over what people's older cards hold; how many rights."""
    if policy().report_habilitation is not CarryOver.AUTOMATIC:
        return 0
    carried = 0
    for account_id in identities.holders_of_several_cards():
        newest = _newest_card(account_id)
        for old in renewals.older_cards(account_id, newest):
            for row in renewals.carriable(old, newest or "", at):
                carried += _carry_by_itself(account_id, row, newest or "", at)
    return carried


def _ask(
    structure: Structure,
    cards: tuple[str, str],
    taken: Sequence[Right],
    by: Actor,
    at: datetime,
) -> None:
    old_card, new_card = cards
    token, kept = tokens.fresh()
    row, _new = CardRenewal.objects.update_or_create(
        old_card=old_card,
        new_card=new_card,
        structure=structure,
        answered_at=None,
        defaults={
            "account_id": by.account_id,
            "asked_by": by.label[:120],
            "asked_at": at,
            "expires_at": at + policy().renewal_life,
            "token_sha256": kept,
        },
    )
    _note(Event.RENEWAL_ASKED, row, by.ref, at, {"renewal": row.pk})
    if policy().report_habilitation is CarryOver.AUTOMATIC:
        _close_by_itself(row, taken, at)
    elif not _mail_representatives(row, taken, token, by, at):
        raise Refusal(Code.REPRESENTATIVE_MISSING)


def _mail_representatives(
    row: CardRenewal, taken: Sequence[Right], token: str, by: Actor, at: datetime
) -> int:
    """Each gets a link of their own: whose it was is known from its signature."""
    accounts = Representation.objects.filter(structure=row.structure)
    written = 0
    for who in identities.contacts(accounts.values_list("account_id", flat=True)):
        if not who.email:
            continue
        signed = renewals.link_token(token, who.account_id)
        page = reverse("habilitations:renewal-consent", args=[signed], urlconf="guichet.conf.urls")
        occasion = Occasion(
            template="renewal-asked",
            structure=row.structure,
            key=f"{row.pk}:{row.token_sha256[:16]}",
            at=at,
            context={
                "holder": by.full_name,
                "old_card": row.old_card,
                "new_card": row.new_card,
                "rights": taken,
                "last_day": last_day(registers.card_ends([row.new_card])[row.new_card]),
                "address": f"{settings.GUICHET.portal_url}{page}",
                "expires_at": row.expires_at,
            },
        )
        reader = Person(name=who.name, emails=(who.email,), language=who.language)
        written += rights_mails.tell([reader], occasion)
    return written


@transaction.atomic
def _carry_by_itself(account_id: int, right: Right, new_card: str, at: datetime) -> int:
    held = registers.card_of(new_card)
    if held is None or not held.is_valid(at.date()):
        return 0
    _token, kept = tokens.fresh()
    row, _new = CardRenewal.objects.get_or_create(
        old_card=right.card_number,
        new_card=new_card,
        structure=right.structure,
        answered_at=None,
        defaults={
            "account_id": account_id,
            "asked_by": BY_ITSELF,
            "asked_at": at,
            "expires_at": at,
            "token_sha256": kept,
        },
    )
    journal.take_turn()
    taken = renewals.carriable(right.card_number, new_card, at, right.structure)
    if taken:
        _close_by_itself(row, taken, at)
    return len(taken)


def _close_by_itself(row: CardRenewal, taken: Sequence[Right], at: datetime) -> None:
    row.answered_at, row.answered_by, row.consented = at, BY_ITSELF, True
    row.save()
    _carry(row, taken, at)
    _tell_answer(row, taken, at)


def _carry(row: CardRenewal, taken: Sequence[Right], at: datetime) -> None:
    """Close on the old card, open on the new one, in the caller's transaction."""
    by = f"renewal:{row.pk}"
    ends_at = registers.card_ends([row.new_card])[row.new_card]
    for found in taken:
        old = rights_to_change().get(pk=found.pk)
        rights.close_row(old, by=by, at=at)
        asked = RightAsked(
            card_number=row.new_card,
            structure_id=row.structure.national_id,
            offer=Offer(old.offer),
            usages=frozenset(map(Usage, old.usages)),
            domains=tuple(old.domains),
            servers=tuple(old.servers),
            mail_domains=tuple(old.mail_domains),
            origin=by,
            stands_on=dossiers_behind([old]),
            starts_at=at,
            ends_at=ends_at,
        )
        successor = rights.grant_right(asked=asked, by=by, at=at)
        old.successor = Right.objects.get(key=successor)
        old.save(update_fields=["successor"])
        # Without the card, which its own entry tells: whoever sees a product reads this one.
        facts: dict[str, str | int] = {
            "right": str(old.key),
            "successor": successor,
            "renewal": row.pk,
            evidence.FACT: evidence.digest(text_of_carrying(row, old, old.successor)),
        }
        _note(Event.RIGHT_CARRIED_OVER, row, by, at, facts)


def _tell_answer(row: CardRenewal, taken: Sequence[Right], at: datetime) -> None:
    holder = people.holders_of(taken).get(row.old_card, people.UNKNOWN) if taken else people.UNKNOWN
    asker = next(iter(identities.contacts([row.account_id])), None)
    emails = {*holder.emails, *([asker.email] if asker and asker.email else [])}
    name = holder.name or (asker.name if asker else "")
    language = asker.language if asker else holder.language
    reader = Person(name=name, emails=tuple(sorted(emails)), language=language)
    occasion = Occasion(
        template="renewal-answered",
        structure=row.structure,
        key=str(row.pk),
        at=at,
        context={
            "holder": name,
            "old_card": row.old_card,
            "new_card": row.new_card,
            "rights": taken,
            "consented": bool(row.consented),
            "is_automatic": row.answered_by == BY_ITSELF,
            "by": row.answered_by,
            "last_day": last_day(registers.card_ends([row.new_card])[row.new_card]),
        },
    )
    rights_mails.tell([reader, *people.representatives_of(row.structure)], occasion)


def _require_valid(number: str, at: datetime) -> None:
    held = registers.card_of(number)
    if held is not None and not held.is_valid(at.date()):
        raise Refusal(Code.CARD_NOT_VALID, card=number)


def _newest_card(account_id: int) -> str | None:
    """The card that no other card of the person outlives."""
    numbers = [card.number for card in identities.cards_of(account_id)]
    return max(numbers, key=lambda n: len(renewals.older_cards(account_id, n)), default=None)


def _note(
    event: Event, row: CardRenewal, by: str, at: datetime, facts: Mapping[str, str | int]
) -> None:
    subject = rights_mails.about(row.structure.national_id)
    journal.record(event, subject=subject, actor=by, at=at, facts=facts)
