"""What a person is to a dossier, and the row that an operation may change."""

from datetime import datetime
from typing import Final

from django.utils import timezone

from guichet.domain.dossier import permissions
from guichet.domain.dossier.permissions import Act, Standing
from guichet.domain.dossier.states import DossierState
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.models import Dossier, Participation, PurgedDossier
from guichet.identities.actors import Actor, Role

APPLICANTS: Final = frozenset({Standing.OWNER, Standing.CO_WRITER})


def standing(row: Dossier, who: Actor) -> Standing | None:
    """The strongest standing; None is a stranger. Nobody instructs a dossier of their own."""
    if row.owner_id in who.accounts:
        return Standing.OWNER
    shared = Participation.objects.filter(
        dossier=row, account_id__in=who.accounts, ended_at=None, accepted_at__isnull=False
    )
    if shared.exists():
        return Standing.CO_WRITER
    if row.state == DossierState.DRAFT.value:
        return None
    return staff_standing(who)


def staff_standing(who: Actor) -> Standing | None:
    """What somebody is to every deposited dossier."""
    if who.is_a(Role.SUPERVISOR):
        return Standing.SUPERVISOR
    if who.is_a(Role.INSTRUCTOR):
        return Standing.INSTRUCTOR
    return Standing.AUDITOR if who.is_a(Role.AUDITOR) else None


def find(number: int, who: Actor, act: Act) -> Dossier:
    """The row, for reading.

    Raises Refusal: DOSSIER_UNKNOWN, DOSSIER_PURGED (the staff alone), DOSSIER_ACT_FORBIDDEN,
    DOSSIER_FROZEN.
    """
    row = Dossier.objects.filter(number=number).first()
    if row is None:
        _tell_if_purged(number, who)
    return _allowed(row, who, act)


def lock(number: int, who: Actor, act: Act) -> Dossier:
    """The row, locked until the caller's transaction ends. Raises as `find`."""
    row = Dossier.objects.select_for_update().filter(number=number).first()
    if row is None:
        _tell_if_purged(number, who)
    return _allowed(row, who, act)


def _tell_if_purged(number: int, who: Actor) -> None:
    """Tell the staff, who could see it, of a decided dossier that is no more."""
    if staff_standing(who) is None:
        return
    stub = PurgedDossier.objects.filter(number=number, decided_at__isnull=False).first()
    if stub is None:
        return
    raise Refusal(
        Code.DOSSIER_PURGED,
        number=number,
        purged_on=_day(stub.purged_at),
        filed_on=_day(stub.filed_at),
        decided_on=_day(stub.decided_at),
    )


def _day(at: datetime | None) -> str:
    """The day of an instant, where the counter is, ISO 8601; empty for none."""
    return timezone.localtime(at).date().isoformat() if at is not None else ""


def _allowed(row: Dossier | None, who: Actor, act: Act) -> Dossier:
    held = standing(row, who) if row is not None else None
    if row is None or held is None:
        raise Refusal(Code.DOSSIER_UNKNOWN, hides=f"dossier:{row.number}" if row else "")
    state = DossierState(row.state)
    if permissions.may(held, act, state):
        return row
    if act in permissions.ALLOWED[held]:
        raise Refusal(Code.DOSSIER_FROZEN, number=row.number, state=state.value)
    raise Refusal(Code.DOSSIER_ACT_FORBIDDEN, number=row.number)
