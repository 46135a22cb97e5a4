"""What evidence files tell of a habilitation: its text, and what it stands on.

A dossier and its decision; for a right carried over from another card, the carrying too; for one
held by delegation, the delegation and a dossier of the structure that delegates.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from guichet.domain import evidence
from guichet.domain.dossier.states import DossierAct
from guichet.domain.evidence import CarryingTold, DelegationTold, HabilitationTold
from guichet.habilitations.models import (
    CardRenewal,
    Decision,
    Delegation,
    Revision,
    Right,
    Structure,
)

DOSSIER: Final = "dossier:"
RENEWAL: Final = "renewal:"
BY_ITSELF: Final = "report automatique"
"""Who answered a renewal, where the counter's own rules did."""
BEHIND_AT_MOST: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The texts behind a right; those that there are not are empty.

    `subject` is that of the journal's entries of the dossier.
    """

    habilitation: str
    subject: str = ""
    dossier: str = ""
    decision: str = ""
    delegation: str = ""
    carrying: str = ""

    def documents(self) -> Mapping[str, str]:
        """The texts that there are, by what evidence files call them."""
        found = {
            "dossier": self.dossier,
            "decision": self.decision,
            "delegation": self.delegation,
            "habilitation": self.habilitation,
            "carrying": self.carrying,
        }
        return {name: text for name, text in found.items() if text}


def text_of(row: Right, ends_at: datetime | None) -> str:
    """A right as it was given, to end at `ends_at`: closing it changes its row."""
    return evidence.habilitation(
        HabilitationTold(
            right=str(row.key),
            structure=row.structure.national_id,
            offer=row.offer,
            usages=row.usages,
            domains=row.domains,
            mail_domains=row.mail_domains,
            servers=row.servers,
            # Other origins may name a person.
            origin=row.origin if _is_told(row) else "",
            dossiers=row.stands_on.split(),
            starts_at=row.starts_at,
            ends_at=ends_at,
        )
    )


def text_of_delegation(row: Delegation) -> str:
    """A delegation as it was accepted."""
    return evidence.delegation(
        DelegationTold(
            delegation=row.pk,
            structure=row.structure.national_id,
            editor=row.editor_siret,
            offers=row.offers,
            domains=row.domains,
            mail_domains=row.mail_domains,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
    )


def text_of_carrying(row: CardRenewal, old: Right, new: Right) -> str:
    """What an answered renewal did to one right."""
    return evidence.carrying(
        CarryingTold(
            renewal=row.pk,
            right=str(old.key),
            successor=str(new.key),
            structure=row.structure.national_id,
            offer=old.offer,
            usages=old.usages,
            consent="policy" if row.answered_by == BY_ITSELF else "representative",
        )
    )


def text_of_revision(row: Revision) -> str:
    """A revision deposited."""
    return evidence.dossier(
        number=row.dossier.number,
        revision=row.n,
        content_sha256=row.sha256,
        terms=row.terms_version,
    )


def text_of_decision(row: Decision) -> str:
    """A decision that took effect."""
    return evidence.decision(
        number=row.dossier.number,
        revision=row.revision.n,
        content_sha256=row.revision.sha256,
        kind=row.kind,
        types=row.types,
    )


def dossiers_behind(rows: Iterable[Right]) -> str:
    """The dossiers that rights stand on, the last first, as `Right.stands_on` holds them."""
    named = {name for row in rows for name in _dossiers(row)}
    return " ".join(sorted(named, key=_number, reverse=True)[:BEHIND_AT_MOST])


def dossiers_by_offer(structure: Structure, at: datetime) -> Mapping[str, str]:
    """The same of what a structure's own cards hold now, by offer: one query."""
    is_open = Q(starts_at__lte=at) & (Q(ends_at=None) | Q(ends_at__gt=at))
    held: dict[str, list[Right]] = {}
    for row in Right.objects.filter(
        is_open, structure=structure, delegation=None, suspended_at=None
    ):
        held.setdefault(row.offer, []).append(row)
    return {offer: dossiers_behind(rows) for offer, rows in held.items()}


def digest_of_open(right_key: str) -> str:
    """The digest of an open right's text; empty when there is no such right."""
    row = _row(right_key)
    return evidence.digest(text_of(row, row.ends_at)) if row else ""


def papers_of(right_key: str, ends_at: datetime | None) -> Papers | None:
    """The texts behind a right that was to end at `ends_at`; None when there is no such right."""
    row = _row(right_key)
    if row is None:
        return None
    decided = _decision(row)
    return Papers(
        habilitation=text_of(row, ends_at),
        subject=f"{DOSSIER}{decided.dossier.number}" if decided else "",
        dossier=text_of_revision(decided.revision) if decided else "",
        decision=text_of_decision(decided) if decided else "",
        # What the text of the right does not name cannot be tied to it.
        delegation=_delegation(row) if _is_told(row) else "",
        carrying=_carrying(row) if _is_told(row) else "",
    )


def _is_told(row: Right) -> bool:
    """Whether the text of a right says where it comes from: from a dossier, at whatever remove."""
    return row.origin.startswith(DOSSIER) or bool(row.stands_on)


def _dossiers(row: Right) -> list[str]:
    return [row.origin] if row.origin.startswith(DOSSIER) else row.stands_on.split()


def _number(name: str) -> int:
    number = name.removeprefix(DOSSIER)
    return int(number) if number.isdecimal() else 0


def _decision(row: Right) -> Decision | None:
    """The decision that a right stands on: the last one, before it, of the last such dossier."""
    numbers = [_number(name) for name in _dossiers(row)]
    rows = Decision.objects.filter(
        dossier__number__in=numbers,
        kind=DossierAct.ACCEPT.value,
        approved_at__lte=row.starts_at,
        withdrawn_at=None,
    ).select_related("dossier", "revision__dossier")
    return rows.order_by("-dossier__number", "-approved_at").first()


def _delegation(row: Right) -> str:
    if row.delegation is None or row.delegation.accepted_at is None:
        return ""
    return text_of_delegation(row.delegation)


def _carrying(row: Right) -> str:
    """The text of what carried a right over; it may have been narrowed since."""
    number = row.origin.removeprefix(RENEWAL)
    new, old = row, _before(row)
    while old is not None and old.origin == row.origin:
        new, old = old, _before(old)
    if old is None or not number.isdecimal():
        return ""
    renewal = CardRenewal.objects.select_related("structure").filter(pk=int(number)).first()
    return text_of_carrying(renewal, old, new) if renewal else ""


def _before(row: Right) -> Right | None:
    return Right.objects.filter(successor=row).first()


def _row(right_key: str) -> Right | None:
    try:
        key = UUID(right_key)
    except ValueError:
        return None
    rows = Right.objects.select_related("structure", "delegation__structure")
    return rows.filter(key=key).first()
