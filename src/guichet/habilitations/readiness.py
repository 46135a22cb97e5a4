"""What still stands between a form and its deposit: the domain's rules and those of its dossier."""

from collections.abc import Iterator

from guichet.domain.dossier import parsing
from guichet.domain.dossier.declaration import Quality
from guichet.domain.dossier.typed import Typed
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations import chosen
from guichet.habilitations.models import Attachment, Dossier


def objections(row: Dossier, typed: Typed) -> tuple[Objection, ...]:
    """Everything that forbids the deposit of what is typed; none when it is ready."""
    return (
        *_of_the_structure(row, typed),
        *parsing.objections(typed),
        *_of_the_mandate(row, typed),
    )


def require(row: Dossier, typed: Typed) -> None:
    """Pass when nothing forbids the deposit. Raises Refusal with every objection."""
    if found := objections(row, typed):
        raise Refusal(found[0].code, all=found)


def asks_for_a_name(row: Dossier) -> bool:
    """Whether the registers tell no name, so that the applicant types it with a postcode."""
    return not chosen.company(row).get("legal_name")


def _of_the_structure(row: Dossier, typed: Typed) -> Iterator[Objection]:
    if chosen.company(row).get("answer") == "closed":
        yield Objection(Code.COMPANY_CLOSED, (("field", "siret"), ("siret", chosen.siret(row))))
    if asks_for_a_name(row):
        for path in ("structure.legal_name", "structure.postcode"):
            if not typed.get(path).strip():
                yield Objection(Code.COMPANY_NAME_MISSING, (("field", path),))


def _of_the_mandate(row: Dossier, typed: Typed) -> Iterator[Objection]:
    if typed.get("representative.quality") != Quality.MANDATARY.value:
        return
    mandates = Attachment.objects.filter(dossier=row, kind=Attachment.MANDATE, removed_at=None)
    if not mandates.exclude(scan="infected").exists():
        yield Objection(Code.MANDATE_MISSING, (("field", "representative.mandate"),))
