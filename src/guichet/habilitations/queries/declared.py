"""What a dossier declares, section by section, and what changed from one deposit to another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from guichet.domain.dossier.typed import ADMINISTRATORS, RPPS_RANKS, Difference, Typed, differences
from guichet.habilitations import texts
from guichet.habilitations.models import Attachment, Dossier, Revision
from guichet.habilitations.queries import pieces
from guichet.habilitations.queries.pieces import File

HIDDEN = frozenset({"siret", "structure.legal_name", "structure.postcode"})


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form as declared: pairs of label and value."""

    key: str
    title: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Person:
    """An administrator declared; `confirmed` is None while they have not answered."""

    place: int
    card_number: str
    name: str
    phone: str
    email: str
    confirmed: bool | None


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs, in words."""

    label: str
    before: str
    after: str


def revisions(row: Dossier) -> tuple[Revision, ...]:
    """What was deposited, without the contents, the last one first."""
    return tuple(row.revisions.defer("content").order_by("-n"))


def content(row: Dossier, n: int) -> Typed | None:
    """What one revision holds; None for one that is not there."""
    found = row.revisions.filter(n=n).first()
    return Typed.from_json(found.content) if found else None


def parts(typed: Typed) -> tuple[Part, ...]:
    """The single fields of each section, in the order of the form; optional empty ones too."""
    single = [path for path in typed.paths() if path.count(".") < 2 and path not in HIDDEN]
    ranks = [(f"{RPPS_RANKS}.{row}.number") for row in typed.ids(RPPS_RANKS)]
    return tuple(
        Part(
            section.key,
            str(section.title),
            tuple(
                (str(texts.LABELS[texts.pattern_of(path)]), _value(path, typed))
                for path in (*single, *ranks)
                if texts.section_of(path) == section.key and _matters(path, typed)
            ),
        )
        for section in texts.SECTIONS
    )


def administrators(row: Dossier, typed: Typed) -> tuple[Person, ...]:
    """The administrators declared and what they answered, in one query."""
    answered = _answers(row)
    return tuple(
        _person(place, identifier, typed, answered)
        for place, identifier in enumerate(typed.ids(ADMINISTRATORS), 1)
    )


def changes(before: Typed, after: Typed) -> tuple[Change, ...]:
    """What differs, labelled by whichever form holds the row."""
    there = set(after.paths())
    return tuple(
        _change(one, after if one.path in there else before) for one in differences(before, after)
    )


def piece_changes(before: Iterable[File], after: Iterable[File]) -> tuple[Change, ...]:
    """The files that one form has and the other has not, as fields that differ."""
    labels = {Attachment.MANDATE: texts.MANDATE, Attachment.SUPPORTING: texts.SUPPORTING}
    return tuple(
        Change(texts.label_of(labels[one.kind], Typed()), one.before, one.after)
        for one in pieces.changes(before, after)
    )


def _matters(path: str, typed: Typed) -> bool:
    """Fields of a type that is not asked for say nothing."""
    if path.startswith("types.ssl_"):
        return typed.has("types.serv_ssl")
    if path.endswith("_mail_domain"):
        return typed.has(path.removesuffix("_domain").replace("pro_mail", "pro"))
    return True


def _value(path: str, typed: Typed) -> str:
    return texts.shown(path, typed.get(path))


def _answers(row: Dossier) -> Mapping[tuple[str, str, str], bool | None]:
    rows = row.confirmations.values_list("row", "card_number", "email", "confirmed_at", "denied_at")
    return {
        (identifier, card, email.casefold()): True if yes else (False if no else None)
        for identifier, card, email, yes, no in rows
    }


def _person(
    place: int,
    identifier: str,
    typed: Typed,
    answered: Mapping[tuple[str, str, str], bool | None],
) -> Person:
    path = f"{ADMINISTRATORS}.{identifier}"
    card = "".join(typed.get(f"{path}.card_number").split())
    email = typed.get(f"{path}.email").strip()
    found = answered.get((identifier, card, email.casefold()))
    return Person(
        place=place,
        card_number=typed.get(f"{path}.card_number"),
        name=typed.get(f"{path}.name"),
        phone=typed.get(f"{path}.phone"),
        email=email,
        confirmed=found,
    )


def _change(one: Difference, holder: Typed) -> Change:
    return Change(
        texts.label_of(one.path, holder),
        texts.shown(one.path, one.before),
        texts.shown(one.path, one.after),
    )
