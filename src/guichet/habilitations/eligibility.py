"""What the registers say of a form that is still being typed, and what each type may hope for."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from guichet.domain.dossier import checks
from guichet.domain.dossier.checks import CompanyAnswer, Level, Rule, Verdict
from guichet.domain.dossier.declaration import (
    Administrator,
    CertificateType,
    Declaration,
    Quality,
    Representative,
    TypeAsked,
)
from guichet.domain.dossier.typed import ADMINISTRATORS, Typed
from guichet.domain.identifiers import CardNumber, EmailAddress, Finess, Fqdn, MailDomain, Siret
from guichet.domain.phones import Phone
from guichet.domain.refusals import Objection, Refusal
from guichet.habilitations import chosen, registers
from guichet.habilitations.models import Dossier

T = TypeVar("T")
NO_CARD: Final = CardNumber("")
NO_PHONE: Final = Phone("")
NO_EMAIL: Final = EmailAddress("", MailDomain(""))
TYPE_FIELDS: Final = {
    CertificateType.ORG: ("types.org",),
    CertificateType.SERV_SSL: ("types.serv_ssl", "types.ssl_domain", "types.ssl_server"),
    CertificateType.SERV_MAIL: ("types.serv_mail", "types.serv_mail_domain"),
    CertificateType.PRO: ("types.pro", "types.pro_mail_domain"),
}


class Chance(StrEnum):
    """What a type of certificate asked for may hope for, as things stand."""

    ELIGIBLE = "eligible"
    MISSING = "missing"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """One type asked for: its chance, what is missing and what forbids it."""

    type: CertificateType
    chance: Chance
    missing: tuple[Objection, ...] = ()
    forbidding: tuple[Verdict, ...] = ()


def verdicts(
    row: Dossier, typed: Typed, at: datetime, rows: Collection[str] | None = None
) -> tuple[Verdict, ...]:
    """The registers' verdicts on what can be read of the form; `rows` limits administrators.

    The company is not asked again: what was found when the SIRET was chosen stands.
    """
    declared = readable(row, typed, rows)
    company: CompanyAnswer = chosen.company(row).get("answer", "unavailable")
    found = checks.verdicts(declared, registers.facts_about(declared, at, company), at.date())
    return tuple(verdict for verdict in found if _is_about_something(verdict, declared))


def of_types(
    typed: Typed, objections: tuple[Objection, ...], found: tuple[Verdict, ...]
) -> tuple[Eligibility, ...]:
    """What each type asked for may hope for."""
    return tuple(
        _of_type(kind, typed, objections, found)
        for kind in CertificateType
        if typed.has(f"types.{kind.value}")
    )


def _of_type(
    kind: CertificateType,
    typed: Typed,
    objections: tuple[Objection, ...],
    found: tuple[Verdict, ...],
) -> Eligibility:
    others = {path for known, paths in TYPE_FIELDS.items() if known is not kind for path in paths}
    missing = tuple(o for o in objections if o.mapping.get("field") not in others)
    forbidding = tuple(_forbidding(typed, found))
    if forbidding:
        return Eligibility(kind, Chance.FORBIDDEN, missing, forbidding)
    return Eligibility(kind, Chance.MISSING if missing else Chance.ELIGIBLE, missing)


def _forbidding(typed: Typed, found: tuple[Verdict, ...]) -> Iterator[Verdict]:
    """What forbids everything: the structure, or every administrator at once."""
    blocking = checks.blocking(found)
    yield from (v for v in blocking if not v.path.startswith(f"{ADMINISTRATORS}."))
    blocked = {v.path.split(".")[1] for v in blocking if v.path.startswith(f"{ADMINISTRATORS}.")}
    if blocked and blocked >= set(typed.ids(ADMINISTRATORS)):
        yield from (v for v in blocking if v.path.startswith(f"{ADMINISTRATORS}."))


def readable(row: Dossier, typed: Typed, rows: Collection[str] | None = None) -> Declaration:
    """A declaration of what can be read of a form; the rest is left empty, never invented."""
    ids = [r for r in typed.ids(ADMINISTRATORS) if rows is None or r in rows]
    return Declaration(
        siret=Siret(chosen.siret(row)),
        legal_name=typed.get("structure.legal_name"),
        postcode="",
        cares_for_patients=typed.get("structure.cares_for_patients") == "yes",
        finess=_read(Finess.parse, typed.get("structure.finess")),
        is_radiology=False,
        rpps_ranks=(),
        representative=_representative(typed),
        administrators=tuple(_administrator(typed, identifier) for identifier in ids),
        description="",
        editor="",
        solution="",
        types=tuple(_types(typed)),
    )


def _read(parser: Callable[[str], T], text: str) -> T | None:
    try:
        return parser(text) if text.strip() else None
    except Refusal:
        return None


def _representative(typed: Typed) -> Representative:
    return Representative(
        quality=Quality.LEGAL_REPRESENTATIVE,
        surname=typed.get("representative.surname"),
        given_names=typed.get("representative.given_names"),
        phone=NO_PHONE,
        email=_read(EmailAddress.parse, typed.get("representative.email")) or NO_EMAIL,
        card_number=_read(CardNumber.parse, typed.get("representative.card_number")) or NO_CARD,
    )


def _administrator(typed: Typed, identifier: str) -> Administrator:
    path = f"{ADMINISTRATORS}.{identifier}"
    return Administrator(
        row=identifier,
        card_number=_read(CardNumber.parse, typed.get(f"{path}.card_number")) or NO_CARD,
        name=typed.get(f"{path}.name").strip(),
        phone=NO_PHONE,
        email=_read(EmailAddress.parse, typed.get(f"{path}.email")) or NO_EMAIL,
    )


def _types(typed: Typed) -> Iterator[TypeAsked]:
    for kind in CertificateType:
        if not typed.has(f"types.{kind.value}"):
            continue
        names = {
            CertificateType.SERV_MAIL: "types.serv_mail_domain",
            CertificateType.PRO: "types.pro_mail_domain",
        }
        if kind is CertificateType.SERV_SSL:
            domain = _read(Fqdn.parse, typed.get("types.ssl_domain"))
            server = _read(Fqdn.parse, typed.get("types.ssl_server"))
            yield TypeAsked(type=kind, domain=domain, server=None if domain else server)
        elif kind in names:
            yield TypeAsked(type=kind, mail_domain=_read(MailDomain.parse, typed.get(names[kind])))
        else:
            yield TypeAsked(type=kind)


def _is_about_something(verdict: Verdict, declared: Declaration) -> bool:
    """A verdict on an empty card or name says nothing."""
    who = {f"{ADMINISTRATORS}.{a.row}": a for a in declared.administrators}
    administrator = who.get(verdict.path.rpartition(".")[0])
    if administrator is None or verdict.rule is Rule.EMAIL:
        return True
    has_card = administrator.card_number != NO_CARD
    return has_card and (verdict.rule is not Rule.HOLDER_NAME or bool(administrator.name))


def worst(found: tuple[Verdict, ...]) -> Level:
    """The gravest level of some verdicts; OK for none."""
    order = (Level.BLOCKING, Level.WARNING, Level.UNVERIFIED)
    levels = {verdict.level for verdict in found}
    return next((level for level in order if level in levels), Level.OK)
