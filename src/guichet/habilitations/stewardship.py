"""Who sees and changes what a structure's cards may do."""

from dataclasses import dataclass

from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.locks import rights_to_change
from guichet.habilitations.models import Representation, Right, Structure
from guichet.identities.actors import Actor, Role
from guichet.web.once import once_a_page

STAFF = (Role.INSTRUCTOR.value, Role.SUPERVISOR.value)
READERS = (*STAFF, Role.AUDITOR.value)


@dataclass(frozen=True, slots=True)
class Stewardship:
    """What somebody is to one structure.

    `acts` is false of auditors, who only read. A representative is never staff of the structure
    they represent: nobody is on both sides.
    """

    structure: Structure
    represents: bool
    is_staff: bool

    @property
    def acts(self) -> bool:
        """Whether they may change anything."""
        return self.represents or self.is_staff


def see(national_id: str, who: Actor) -> Stewardship:
    """What somebody is to a structure. Raises Refusal(STRUCTURE_UNKNOWN) for strangers."""
    row, found = _found(national_id, who)
    if found is None:
        hidden = f"structure:{row.national_id}" if row else ""
        raise Refusal(Code.STRUCTURE_UNKNOWN, hides=hidden, structure=national_id[:20])
    return found


def sees(national_id: str, who: Actor) -> bool:
    """Whether the structure is there for somebody."""
    _row, found = _found(national_id, who)
    return found is not None


def may_act(national_id: str, who: Actor) -> bool:
    """Whether somebody may change something of the structure."""
    _row, found = _found(national_id, who)
    return found is not None and found.acts


def act(national_id: str, who: Actor) -> Stewardship:
    """As `see`, for changing something. Raises Refusal(ROLE_MISSING) for those who only read."""
    return _acting(see(national_id, who))


def represent(national_id: str, who: Actor) -> Stewardship:
    """As `see`, for what a representative alone decides. Raises Refusal(ROLE_MISSING)."""
    found = see(national_id, who)
    if not found.represents:
        raise Refusal(Code.ROLE_MISSING)
    return found


def lock_right(key: str, who: Actor) -> tuple[Right, Stewardship]:
    """A right that somebody may change, locked until the caller's transaction ends.

    Raises Refusal: RIGHT_UNKNOWN for strangers, ROLE_MISSING for those who only read.
    """
    row = rights_to_change().filter(key=key).first()
    found = _of(row.structure, who) if row is not None else None
    if row is None or found is None:
        raise Refusal(Code.RIGHT_UNKNOWN, hides=f"right:{row.key}" if row else "")
    return row, _acting(found)


@once_a_page
def _found(national_id: str, who: Actor) -> tuple[Structure | None, Stewardship | None]:
    row = Structure.objects.filter(national_id=national_id).first()
    return row, _of(row, who) if row is not None else None


def _of(row: Structure, who: Actor) -> Stewardship | None:
    represents = Representation.objects.filter(structure=row, account_id=who.account_id).exists()
    if not represents and not who.is_a(*READERS):
        return None
    return Stewardship(row, represents, not represents and who.is_a(*STAFF))


def _acting(found: Stewardship) -> Stewardship:
    if not found.acts:
        raise Refusal(Code.ROLE_MISSING)
    return found
