"""What anybody may learn of a paper by its code: that it is true, and whether it still stands."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from guichet.domain.dossier.states import DossierAct
from guichet.habilitations import mails
from guichet.habilitations.models import Decision, Dossier, Revision

CODE: Final = re.compile(r"[23456789ABCDEFGHJKLMNPQRSTUVWXYZ]{12}")
RECEIPT: Final = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A paper that we issued; nothing here tells of a person.

    `kind` is "receipt" or the act decided. `replaced_at` is since when it no longer stands, which
    a receipt does until the next deposit and a decision until the dossier is taken up again.
    """

    code: str
    kind: str
    number: int
    n: int
    legal_name: str
    state: str
    issued_at: datetime
    sha256: str
    replaced_at: datetime | None

    @property
    def stands(self) -> bool:
        """Whether nothing has replaced it."""
        return self.replaced_at is None

    @property
    def is_receipt(self) -> bool:
        """Whether it proves a deposit, and not a decision."""
        return self.kind == RECEIPT


def normal(code: str) -> str:
    """A code as it is stored: capitals, without spaces nor dashes."""
    return "".join(c for c in code if not c.isspace() and c not in "-–—.").upper()


def verified(code: str) -> Verified | None:
    """The paper of a code; None for a code that was never printed."""
    if not CODE.fullmatch(code):
        return None
    revision = Revision.objects.select_related("dossier").filter(code=code).first()
    if revision is not None:
        return _receipt(revision)
    taken = Decision.objects.select_related("dossier", "revision").filter(
        code=code, approved_at__isnull=False
    )
    found = taken.first()
    return _decision(found) if found is not None else None


def _receipt(found: Revision) -> Verified:
    later = found.dossier.revisions.filter(n__gt=found.n).order_by("n").first()
    replaced_at = later.deposited_at if later else None
    return _paper(found.dossier, found, found.code, RECEIPT, found.deposited_at, replaced_at)


def _decision(found: Decision) -> Verified:
    assert found.approved_at is not None  # noqa: S101 selected so
    kind = DossierAct(found.kind).value
    revision = found.revision
    return _paper(found.dossier, revision, found.code, kind, found.approved_at, found.replaced_at)


def _paper(
    row: Dossier,
    revision: Revision,
    code: str,
    kind: str,
    issued_at: datetime,
    replaced_at: datetime | None,
) -> Verified:
    return Verified(
        code=code,
        kind=kind,
        number=row.number,
        n=revision.n,
        legal_name=mails.legal_name(row),
        state=row.state,
        issued_at=issued_at,
        sha256=revision.sha256,
        replaced_at=replaced_at,
    )
