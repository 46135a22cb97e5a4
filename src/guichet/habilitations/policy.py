"""What an operator may change about dossiers (setting GUICHET_HABILITATIONS, a DossierPolicy)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings

# What is older than these is erased, and cannot be had back.
ERASED_AFTER: Final = ("draft_life", "trash_life", "decided_life")


class CarryOver(StrEnum):
    """What becomes of the rights of a card that its holder has had renewed."""

    NEW_DOSSIER = "nouvelle_demande"
    CONSENT = "consent"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierPolicy:
    """Delays, limits and rules of instruction.

    `second_approval_for_new_domains`: a SERV domain never granted to the structure and not proved
    needs a second instructor. Delays are counted from the last activity; only drafts and decided
    dossiers are ever purged. `report_habilitation` says whether the rights of a card follow its
    holder to a new one: never (the deck), with a representative's consent, or by themselves.
    `recovery_delay` is how long a dossier waits before a colleague of its owner takes it over;
    `recovery_proof_life` how long the proof of working there counts.
    """

    invitation_life: timedelta = timedelta(days=14)
    renewal_life: timedelta = timedelta(days=14)
    report_habilitation: CarryOver = CarryOver.CONSENT
    delegation_life: timedelta = timedelta(days=3 * 366)
    recovery_delay: timedelta = timedelta(days=7)
    recovery_proof_life: timedelta = timedelta(hours=12)
    domain_check_every: timedelta = timedelta(days=30)
    domain_grace: timedelta = timedelta(days=7)
    second_approval_for_new_domains: bool = True
    attachment_bytes: int = 20_000_000
    attachments_per_dossier: int = 50
    clamd: str = ""
    draft_life: timedelta = timedelta(days=90)
    trash_life: timedelta = timedelta(days=14)
    decided_life: timedelta = timedelta(days=5 * 365)

    def __post_init__(self) -> None:
        if not timedelta(days=1) <= self.invitation_life <= timedelta(days=90):
            raise ValueError("invitation_life: between 1 and 90 days")
        if not timedelta(days=1) <= self.recovery_delay <= timedelta(days=90):
            raise ValueError("recovery_delay: between 1 and 90 days")
        if not timedelta(minutes=5) <= self.recovery_proof_life <= timedelta(days=30):
            raise ValueError("recovery_proof_life: between 5 minutes and 30 days")
        if not 1 <= self.attachment_bytes <= 20_000_000:
            raise ValueError("attachment_bytes: at most 20 MB")
        if self.attachments_per_dossier < 1:
            raise ValueError("attachments_per_dossier: at least 1")
        for name in ("renewal_life", "delegation_life", "domain_check_every", *ERASED_AFTER):
            if getattr(self, name) < timedelta(days=1):
                raise ValueError(f"{name}: at least a day")
        if self.domain_grace < timedelta(0):
            raise ValueError("domain_grace: not negative")


def policy() -> DossierPolicy:
    """The policy in force: the operator's, else that of guichet.conf.settings."""
    return settings.GUICHET_HABILITATIONS
