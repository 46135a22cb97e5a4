"""What an order asks, parsed field by field: all that is wrong is said at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from guichet.domain.catalogue import profiles
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates.naming import MAX_COMMON_NAME, MAX_PART
from guichet.domain.identifiers import EmailAddress, Fqdn, PersonId, StructureId
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import clean, visible


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAsked:
    """The person a PRO certificate designates, as typed and checked."""

    national_id: PersonId
    surname: str
    given_names: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """A well-formed order; whether its author may place it is another question."""

    offer: Offer
    usage: Usage
    structure_id: StructureId
    service: str | None
    fqdn: Fqdn | None
    mail: EmailAddress | None
    person: PersonAsked | None
    actor_email: EmailAddress
    informed_email: EmailAddress | None

    @property
    def profile(self) -> Profile:
        """The profile of the offer and usage."""
        return profiles.profile_for(self.offer, self.usage)


def _text(name: str, limit: int) -> Callable[[str], str]:
    return partial(clean, limit=limit, field=name)


PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "structure_id": StructureId.parse,
    "service": _text("service", MAX_COMMON_NAME),
    "fqdn": Fqdn.parse,
    "mail": EmailAddress.parse,
    "national_id": PersonId.parse,
    "surname": _text("surname", MAX_PART),
    "given_names": _text("given_names", MAX_PART),
    "title": _text("title", MAX_PART),
    "actor_email": EmailAddress.parse,
    "informed_email": EmailAddress.parse,
}
CONTACTS: Final = frozenset({"structure_id", "actor_email"})
SUBJECT_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "service": frozenset({"service"}),
    "server": frozenset({"fqdn"}),
    "mailbox": frozenset({"mail"}),
    "person": frozenset({"national_id", "surname", "given_names"}),
}
INSI_NAMES: Final = frozenset({"INSI-MANU", "INSI-AUTO"})


def required_fields(profile: Profile) -> frozenset[str]:
    """Return the fields an order of this profile must fill."""
    mail = {"mail"} if profile.san == "email" else set()
    return CONTACTS | SUBJECT_FIELDS[profile.subject_kind] | mail


def optional_fields(profile: Profile) -> frozenset[str]:
    """Return the fields an order of this profile may fill."""
    title = {"title"} if profile.subject_kind == "person" else set()
    mail = {"mail"} if profile.san == "email-optional" else set()
    return frozenset({"informed_email"} | title | mail)


def objections(raw: Mapping[str, str]) -> tuple[Objection, ...]:
    """Return all that is wrong, each with its field. Keys of `raw`: offer, usage and PARSERS."""
    try:
        parse(**raw)
    except Refusal as refusal:
        return refusal.all
    return ()


def parse(**raw: str) -> OrderRequest:
    """Parse an order typed by a person or sent by a program; empty text is no text.

    Raises Refusal with every objection, each having the fact "field".
    """
    profile = _profile(raw)
    values, found = _values(raw, profile)
    if found:
        raise Refusal(found[0].code, all=found)
    person = None
    if profile.subject_kind == "person":
        person = PersonAsked(
            national_id=values["national_id"],
            surname=values["surname"],
            given_names=values["given_names"],
            title=values.get("title"),
        )
    return OrderRequest(
        offer=Offer(raw["offer"]),
        usage=Usage(raw["usage"]),
        structure_id=values["structure_id"],
        service=values.get("service"),
        fqdn=values.get("fqdn"),
        mail=values.get("mail"),
        person=person,
        actor_email=values["actor_email"],
        informed_email=values.get("informed_email"),
    )


def _profile(raw: Mapping[str, str]) -> Profile:
    """Return the profile asked. Raises Refusal: FIELD_MISSING, PROFILE_UNKNOWN."""
    for name in ("offer", "usage"):
        if not raw.get(name):
            raise Refusal(Code.FIELD_MISSING, field=name)
    code = f"{raw['offer']}/{raw['usage']}"
    if code not in {profile.code for profile in profiles.orderable()}:
        raise Refusal(Code.PROFILE_UNKNOWN, field="usage", profile=visible(code))
    return profiles.profile(code)


def _values(
    raw: Mapping[str, str], profile: Profile
) -> tuple[Mapping[str, Any], tuple[Objection, ...]]:
    required, optional = required_fields(profile), optional_fields(profile)
    filled = {name: text for name, text in raw.items() if text.strip()}
    values: dict[str, Any] = {}
    found = list(_misplaced(filled, required, optional))
    for name, parser in PARSERS.items():
        if name not in filled or name not in required | optional:
            continue
        try:
            values[name] = parser(filled[name])
        except Refusal as refusal:
            others = ((key, fact) for key, fact in refusal.facts.items() if key != "field")
            found.append(Objection(refusal.code, (("field", name), *others)))
    return values, tuple(found)


def _misplaced(
    filled: Mapping[str, str], required: frozenset[str], optional: frozenset[str]
) -> Iterator[Objection]:
    for name in PARSERS:
        if name in required and name not in filled:
            yield Objection(Code.FIELD_MISSING, (("field", name),))
    for name in filled:
        if name not in required | optional | {"offer", "usage"}:
            yield Objection(Code.FIELD_UNEXPECTED, (("field", visible(name)),))


def is_misnamed_insi(service: str) -> bool:
    """Tell whether a name speaks of INSi without being one of the two that INSi accepts."""
    return "INSI" in service.upper() and service not in INSI_NAMES
