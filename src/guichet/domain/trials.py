"""Trial habilitations: a fictitious structure and a reserved domain, in a TEST instance alone.

Nothing here may be taken for a real organisation: the identifier is a FINESS that no département
can give (0T…), the name says TEST, and the domain ends in .test (RFC 6761 §6.2).
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.catalogue.twins import Environment
from guichet.domain.identifiers import StructureId
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import clean

DOMAIN: Final = "essai.test"
NAME_PREFIX: Final = "TEST "
NAME_AT_MOST: Final = 35  # with the prefix, the 40 characters of an organization (deck)
LABEL: Final = re.compile(r"[a-z][a-z0-9-]{1,28}[a-z0-9]", re.ASCII)
LIFE: Final = timedelta(days=90)
PER_CARD: Final = 5
USAGES: Final = {Offer.ORG: Usage.AUTH_CLI, Offer.SERV: Usage.SSL_SERV}
NUMBERS: Final = range(1, 10_000_000)


@dataclass(frozen=True, slots=True)
class TrialAsked:
    """A test structure: its legal name, with TEST, and the label of its domain."""

    legal_name: str
    label: str

    @classmethod
    def parse(cls, *, name: str, label: str) -> "TrialAsked":
        """Read both. Raises Refusal: FIELD_MISSING, NAME_…, TRIAL_LABEL_INVALID, all at once."""
        found: list[Objection] = []
        written = ""
        try:
            bare = name.strip()
            if bare.upper().startswith(NAME_PREFIX):
                bare = bare[len(NAME_PREFIX) :]
            written = clean(bare, limit=NAME_AT_MOST, field="name")
        except Refusal as refusal:
            found += refusal.all
        plain = label.strip().lower().removesuffix(f".{DOMAIN}")
        if not LABEL.fullmatch(plain) or "--" in plain:
            found.append(Objection(Code.TRIAL_LABEL_INVALID, (("field", "label"),)))
        if found:
            raise Refusal(found[0].code, all=tuple(found))
        return cls(f"{NAME_PREFIX}{written.upper()}", plain)

    @property
    def domain(self) -> str:
        """The reserved domain below which server names are ordered."""
        return domain_of(self.label)


def domain_of(label: str) -> str:
    """The reserved domain of a label: "durand" is durand.essai.test."""
    return f"{label}.{DOMAIN}"


def structure_id(number: int) -> StructureId:
    """The national identifier of the test structure of this number. Raises ValueError."""
    if number not in NUMBERS:
        raise ValueError("a trial's number has seven digits at most")
    return StructureId.parse(f"10T{number:07d}")


def require_test(here: Environment) -> None:
    """Trials are for TEST. Raises Refusal(TRIAL_IN_PRODUCTION) anywhere else."""
    if here is not Environment.TEST:
        raise Refusal(Code.TRIAL_IN_PRODUCTION)
