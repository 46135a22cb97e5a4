"""What an operator may change about dossiers (setting GUICHET_HABILITATIONS, a DossierPolicy)."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierPolicy:
    """Delays, limits and rules of instruction.

    `second_approval_for_new_domains`: a SERV domain never granted to the structure and not proved
    needs a second instructor. Delays are counted from the last activity; only drafts and decided
    dossiers are ever purged.
    """

    terms_version: str = "2026-11"
    invitation_life: timedelta = timedelta(days=14)
    renewal_life: timedelta = timedelta(days=14)
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
        if not 1 <= self.attachment_bytes <= 20_000_000:
            raise ValueError("attachment_bytes: at most 20 MB")


def policy() -> DossierPolicy:
    """The operator's policy, or the defaults."""
    found = getattr(settings, "GUICHET_HABILITATIONS", None)
    return found if isinstance(found, DossierPolicy) else DossierPolicy()
