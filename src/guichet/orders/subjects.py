"""Whom a certificate will name: registers and the form, never the request's own subject."""

from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates.naming import (
    MailboxSubject,
    OrderedSubject,
    PersonSubject,
    ServerSubject,
    ServiceSubject,
    StructureName,
)
from guichet.domain.identifiers import StructureId
from guichet.domain.orders.request import OrderRequest
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.structures import StructureFacts


def subject_of(asked: OrderRequest, profile: Profile, facts: StructureFacts) -> OrderedSubject:
    """The subject for the profile's kind. Raises Refusal(FIELD_MISSING, PROFILE_UNKNOWN)."""
    structure = StructureName(
        national_id=StructureId.parse(facts.national_id),
        legal_name=facts.legal_name,
        department_name=facts.department_name,
        department_number=facts.department_number,
    )
    match profile.subject_kind:
        case "service":
            return ServiceSubject(structure=structure, service=asked.service or "")
        case "server" if asked.fqdn:
            return ServerSubject(structure=structure, fqdn=asked.fqdn)
        case "server":
            raise Refusal(Code.FIELD_MISSING, field="fqdn")
        case "mailbox" if asked.mail:
            return MailboxSubject(structure=structure, mail=asked.mail)
        case "mailbox":
            raise Refusal(Code.FIELD_MISSING, field="mail")
        case "person":
            return _person(asked, profile)
    raise Refusal(Code.PROFILE_UNKNOWN, profile=profile.code)


def _person(asked: OrderRequest, profile: Profile) -> PersonSubject:
    if asked.person is None:
        raise Refusal(Code.FIELD_MISSING, field="national_id")
    return PersonSubject(
        national_id=asked.person.national_id,
        surname=asked.person.surname,
        given_names=asked.person.given_names,
        title=asked.person.title or None,
        mail=asked.mail if profile.san.startswith("email") else None,
    )


def beneficiary(asked: OrderRequest) -> str:
    """Who or what the certificate designates, as lists show it."""
    if asked.person is not None:
        return f"{asked.person.surname} {asked.person.given_names}"
    return str(asked.service or asked.fqdn or asked.mail or "")
