"""The form as its page draws it: fields by path with their words, errors and findings.

Not Django forms: a dossier of 200 administrators has 800 fields, and names, values and errors
are all the page needs of them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from guichet.domain.dossier.checks import Verdict
from guichet.domain.dossier.typed import ADMINISTRATORS, REPEATED, RPPS_RANKS, SINGLE, Typed, limit
from guichet.domain.refusals import Code, Objection
from guichet.habilitations import texts
from guichet.habilitations.forms import posted
from guichet.habilitations.forms.entries import (
    AUTOCOMPLETE,
    DIGITS,
    KINDS,
    Entry,
    Note,
    RowShown,
    SectionShown,
    note,
)

# A row that scripts copy: these stand for its identifier and its rank.
ROW: Final = "__row__"
PLACE: Final = "__place__"
# Said of a field that is not empty; the others wait until somebody asks for the deposit.
ALWAYS: Final = frozenset({Code.COMPANY_CLOSED, Code.CARD_TWICE})


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """The whole form. `strict` shows every objection, as after an attempt to deposit.

    `refused` is what was refused just now of what was sent: a file.
    """

    typed: Typed
    objections: tuple[Objection, ...] = ()
    refused: tuple[Objection, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    comments: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False

    @cached_property
    def entry(self) -> dict[str, Any]:
        """Single fields for templates: `entry.representative.phone`, `entry.terms`."""
        found: dict[str, Any] = {}
        for path in SINGLE:
            block, dot, name = path.partition(".")
            if dot:
                found.setdefault(block, {})[name] = self._entry(path)
            else:
                found[path] = self._entry(path)
        found["representative"]["mandate"] = self._entry(texts.MANDATE)
        found["supporting"] = self._entry(texts.SUPPORTING)
        return found

    @cached_property
    def administrators(self) -> tuple[RowShown, ...]:
        """The administrators declared so far."""
        return self._rows(ADMINISTRATORS)

    @cached_property
    def rpps_ranks(self) -> tuple[RowShown, ...]:
        """The RPPS ranks typed so far."""
        return self._rows(RPPS_RANKS)

    @property
    def no_administrator(self) -> tuple[str, ...]:
        """What is said of the whole block of administrators."""
        return tuple(self._errors.get(ADMINISTRATORS, ()))

    @cached_property
    def blank_administrator(self) -> RowShown:
        """What a script copies to add one."""
        return self._row(ADMINISTRATORS, ROW, PLACE)

    @cached_property
    def blank_rpps_rank(self) -> RowShown:
        """What a script copies to add one."""
        return self._row(RPPS_RANKS, ROW, PLACE)

    @cached_property
    def sections(self) -> tuple[SectionShown, ...]:
        """The menu, with what each section lacks."""
        lacks = progress(self.objections)
        return tuple(
            SectionShown(
                s.key, str(s.title), str(s.short), str(s.lead), lacks[s.key], s.is_optional
            )
            for s in texts.SECTIONS
        )

    @property
    def section(self) -> dict[str, SectionShown]:
        """Sections by key."""
        return {section.key: section for section in self.sections}

    @property
    def shown(self) -> str:
        """What the page carries to know later what was changed in it."""
        return posted.shown(self.typed)

    # What the error summary asks of a form.
    @property
    def errors(self) -> bool:
        """Whether the summary has anything to say."""
        return bool(self.summed_up)

    @property
    def non_field_errors(self) -> tuple[str, ...]:
        """None: every objection is about a field."""
        return ()

    def __iter__(self) -> Iterator[Entry]:
        """The fields with errors, in the order of the form."""
        for path in dict.fromkeys(map(_path, self.summed_up)):
            yield self._entry(path, named=True)

    @cached_property
    def summed_up(self) -> tuple[Objection, ...]:
        """What the summary tells, in the order of the form."""
        place = {path: n for n, path in enumerate(self.typed.paths())}
        section = {found.key: n for n, found in enumerate(texts.SECTIONS)}

        def rank(objection: Objection) -> tuple[int, int]:
            path = _path(objection)
            return section[texts.section_of(path)], place.get(path, -1)

        told = (*self.refused, *(self.objections if self.strict else ()))
        return tuple(sorted(told, key=rank))

    def _rows(self, block: str) -> tuple[RowShown, ...]:
        ids = self.typed.ids(block)
        return tuple(self._row(block, row, str(place)) for place, row in enumerate(ids, 1))

    def _row(self, block: str, row: str, place: str) -> RowShown:
        entries = tuple(self._entry(f"{block}.{row}.{name}") for name in REPEATED[block])
        return RowShown(block, row, place, entries, self.comments.get(f"{block}.{row}", ""))

    def _entry(self, path: str, *, named: bool = False) -> Entry:
        label, hint, kind, autocomplete, is_digits = self._words(texts.pattern_of(path))
        return Entry(
            path=path,
            label=texts.label_of(path, self.typed) if named else label,
            hint=hint,
            kind=kind,
            value=self.typed.get(path),
            errors=tuple(self._errors.get(path, ())),
            notes=tuple(self._notes.get(path, ())),
            comment=self.comments.get(path, ""),
            autocomplete=autocomplete,
            is_digits=is_digits,
            limit=limit(path),
            answer=self._answers.pop(texts.pattern_of(path), ""),
        )

    @cached_property
    def _answers(self) -> dict[str, str]:
        """Answers not yet beside a field: of several rows, the first has it."""
        return dict(texts.ANSWERS)

    @cached_property
    def _known(self) -> dict[str, tuple[str, str, str, str, bool]]:
        return {}

    def _words(self, pattern: str) -> tuple[str, str, str, str, bool]:
        """The words of a pattern, translated once a page and not once a row."""
        if pattern not in self._known:
            self._known[pattern] = (
                str(texts.LABELS.get(pattern, pattern)),
                str(texts.HINTS.get(pattern, "")),
                KINDS.get(pattern, "text"),
                AUTOCOMPLETE.get(pattern, "off"),
                pattern in DIGITS,
            )
        return self._known[pattern]

    @cached_property
    def _errors(self) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        at_once = (o for o in self.objections if self.strict or said_at_once(o, self.typed))
        for objection in (*self.refused, *at_once):
            found[_path(objection)].append(texts.objection_words(objection))
        return found

    @cached_property
    def _notes(self) -> Mapping[str, list[Note]]:
        found: defaultdict[str, list[Note]] = defaultdict(list)
        for verdict in self.verdicts:
            found[verdict.path].append(note(verdict))
        return found


def _path(objection: Objection) -> str:
    return str(objection.mapping.get("field", ""))


def progress(objections: tuple[Objection, ...]) -> Mapping[str, int]:
    """How many objections each section has; 0 for those that have none."""
    found = {section.key: 0 for section in texts.SECTIONS}
    for path in set(map(_path, objections)):
        found[texts.section_of(path)] += 1
    return found


def said_at_once(objection: Objection, typed: Typed) -> bool:
    """Whether a field is told of it while it is being typed: what is empty is not wrong yet."""
    return objection.code in ALWAYS or bool(typed.get(_path(objection)))
