"""The fields of the form as values: what kind each is, and what a page draws of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from guichet.domain.dossier.checks import Level, Verdict
from guichet.habilitations import texts

KINDS: Final[Mapping[str, str]] = {
    "structure.cares_for_patients": "answer",
    "structure.is_radiology": "answer",
    "representative.quality": "quality",
    "representative.email": "email",
    "representative.phone": "tel",
    "administrators.email": "email",
    "administrators.phone": "tel",
    "use.description": "area",
    "types.org": "box",
    "types.serv_ssl": "box",
    "types.serv_mail": "box",
    "types.pro": "box",
    "terms": "box",
    "accuracy": "box",
}
AUTOCOMPLETE: Final[Mapping[str, str]] = {
    "representative.surname": "family-name",
    "representative.given_names": "given-name",
    "representative.email": "email",
    "representative.phone": "tel",
    "structure.legal_name": "organization",
    "structure.postcode": "postal-code",
}
DIGITS: Final = frozenset(
    {
        "representative.card_number",
        "administrators.card_number",
        "rpps_ranks.number",
        "structure.postcode",
    }
)
NOTE_KINDS: Final = {
    Level.OK: "success",
    Level.UNVERIFIED: "info",
    Level.WARNING: "warning",
    Level.BLOCKING: "danger",
}


@dataclass(frozen=True, slots=True)
class Note:
    """What a register says of a field."""

    kind: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: what it is called, holds and is told. `id_for_label` is where links lead.

    `answer` is an answer of the help, once a page.
    """

    path: str
    label: str
    hint: str
    kind: str
    value: str
    errors: tuple[str, ...]
    notes: tuple[Note, ...]
    comment: str
    autocomplete: str
    is_digits: bool
    limit: int
    answer: str = ""

    @property
    def id_for_label(self) -> str:
        """The anchor of the field: its path."""
        return self.path

    @property
    def is_checked(self) -> bool:
        """Whether a box is ticked."""
        return self.value == "on"


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row of a repeated block."""

    block: str
    id: str
    place: str
    entries: tuple[Entry, ...]
    comment: str = ""

    @property
    def anchor(self) -> str:
        """Where the focus goes when the row has just been added."""
        return f"{self.block}.{self.id}"


@dataclass(frozen=True, slots=True)
class SectionShown:
    """A section in the menu: how many things it still lacks."""

    key: str
    title: str
    short: str
    lead: str
    todo: int
    is_optional: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.todo == 0


def note(verdict: Verdict) -> Note:
    """A verdict in words."""
    text, remedy = texts.finding_words(verdict)
    return Note(NOTE_KINDS[verdict.level], text, remedy)
