"""What the public registers know, in the shapes that dossiers use."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from guichet.directories import labels, schema
from guichet.directories.companies import FirstAnswer, LocalCompanies, OnlineCompanies
from guichet.directories.register import Register
from guichet.directories.values import CardHolder, Closed, Company, Found, Undisclosed, Unknown
from guichet.domain.dossier.checks import CardFacts, CompanyAnswer, RegisterFacts
from guichet.domain.dossier.declaration import Declaration
from guichet.domain.identifiers import CardNumber, Siret
from guichet.habilitations.models import DomainProof, Right
from guichet.habilitations.structures import StructureFacts

CompanySnapshot = dict[str, Any]


def company_of(siret: Siret) -> CompanySnapshot:
    """What is known of an establishment, to be kept with its dossier.

    "answer" is always there: open, closed, unknown, undisclosed or unavailable; "legal_name" is
    empty when nobody could tell.
    """
    found = FirstAnswer(LocalCompanies(register()), _online()).find(siret)
    match found:
        case Found(company):
            return _snapshot("open", company)
        case Closed(company):
            return _snapshot("closed", company)
        case Undisclosed():
            return _empty("undisclosed", siret)
        case Unknown():
            return _empty("unknown", siret)
        case _:
            return _empty("unavailable", siret)


def card_of(number: str) -> CardHolder | None:
    """A card as its register knows it; None for a number that is none or is not there."""
    return register().card(CardNumber(number)) if number.isdigit() else None


def facts_about(
    declared: Declaration, at: datetime, company: CompanyAnswer | None = None
) -> RegisterFacts:
    """What the registers and our own rights say of a declaration.

    `company` is an answer had before, for checks while somebody types: no look-up is made then.
    """
    known = register()
    site = known.site(declared.finess) if declared.finess else None
    siret = (site.siret.value if site.siret else "") if site else None
    numbers = [who.card_number.value for who in declared.administrators]
    answer: CompanyAnswer = company or company_of(declared.siret)["answer"]
    open_now = Q(starts_at__lte=at) & (Q(ends_at=None) | Q(ends_at__gt=at))
    held = Right.objects.filter(structure__national_id=declared.national_id)
    proofs = DomainProof.objects.filter(
        structure__national_id=declared.national_id, proved_at__isnull=False
    )
    return RegisterFacts(
        company=answer,
        has_sites=known.is_whole(schema.HEALTH_SITES),
        finess_siret=siret,
        has_cards=known.is_whole(schema.CARD_HOLDERS),
        cards={number: _card(card_of(number)) for number in numbers},
        known_domains=frozenset(_domains(held)),
        proved_domains=frozenset(proofs.values_list("domain", flat=True)),
        cards_with_rights=frozenset(
            held.filter(open_now, card_number__in=numbers).values_list("card_number", flat=True)
        ),
    )


def card_ends(numbers: Iterable[str]) -> Mapping[str, datetime | None]:
    """The first instant after each card's last day (UTC midnight); None where nobody knows."""
    return {number: _end(card_of(number)) for number in numbers}


def structure_facts(declared: Declaration, company: Mapping[str, Any]) -> StructureFacts:
    """The structure that goes into certificates, from its dossier and what was found of it."""
    number = company.get("department_number") or labels.department_number(declared.postcode)
    return StructureFacts(
        national_id=declared.national_id,
        legal_name=company.get("legal_name") or declared.legal_name,
        siret=declared.siret.value,
        finess=declared.finess.value if declared.finess else "",
        department_name=company.get("department_name") or labels.department_name(number),
        department_number=number,
        naf_code=company.get("naf_code", ""),
        naf_label=company.get("naf_label", ""),
        address=company.get("address", ""),
    )


def register() -> Register:
    """The local registers of this state folder."""
    return Register(settings.GUICHET.registers)


def _online() -> OnlineCompanies | None:
    url = settings.GUICHET.company_api_url
    return OnlineCompanies(url) if url else None


def _card(found: CardHolder | None) -> CardFacts | None:
    if found is None:
        return None
    return CardFacts(
        holder_name=f"{found.given_names} {found.surname}",
        valid_until=found.valid_until,
        is_opposed=found.is_opposed,
    )


def _end(found: CardHolder | None) -> datetime | None:
    if found is None:
        return None
    return datetime.combine(found.valid_until + timedelta(days=1), time.min, UTC)


def _domains(rows: Any) -> Iterable[str]:
    for domains, servers, mail in rows.values_list("domains", "servers", "mail_domains"):
        yield from (*domains, *servers, *mail)


def _empty(answer: CompanyAnswer, siret: Siret) -> CompanySnapshot:
    return {"answer": answer, "siret": siret.value, "legal_name": ""}


def _snapshot(answer: CompanyAnswer, company: Company) -> CompanySnapshot:
    return {
        "answer": answer,
        "siret": company.siret.value,
        "legal_name": company.legal_name,
        "legal_form": company.legal_form.label or company.legal_form.code,
        "naf_code": company.naf.code,
        "naf_label": company.naf.label,
        "created_on": _iso(company.created_on),
        "closed_on": _iso(company.closed_on),
        "headcount": company.headcount,
        "vat_number": company.vat_number,
        "address": company.postal_address,
        "share_capital": company.share_capital,
        "turnover": company.turnover,
        "sign": company.sign,
        "is_head_office": company.is_head_office,
        "department_name": company.address.department_name,
        "department_number": company.address.department_number,
        "source": company.source.value,
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
