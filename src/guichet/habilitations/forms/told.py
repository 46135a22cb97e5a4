"""What a form is told beside its fields: what each type may hope for, and the same for scripts."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from guichet.domain.dossier.checks import Verdict
from guichet.domain.dossier.typed import Typed
from guichet.domain.refusals import Objection
from guichet.habilitations import eligibility, texts
from guichet.habilitations.eligibility import Chance, Eligibility
from guichet.habilitations.forms.entries import note
from guichet.habilitations.forms.page import FormPage, progress, said_at_once

REASONS: Final = 5
BADGES: Final = {
    Chance.ELIGIBLE: (_("Éligible"), "success"),
    Chance.MISSING: (_("À compléter"), "warning"),
    Chance.FORBIDDEN: (_("Interdit"), "danger"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a type may not be had yet, and the field to go to."""

    path: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ChanceShown:
    """One type of certificate and what it may hope for."""

    chance: str
    label: str
    kind: str
    type_label: str
    reasons: tuple[Reason, ...]
    more: str


def chances(page: FormPage) -> tuple[ChanceShown, ...]:
    """What each type asked for may hope for, in words; the first reasons only."""
    found = eligibility.of_types(page.typed, page.objections, page.verdicts)
    return tuple(_chance(one, page.typed) for one in found)


def answer(page: FormPage, paths: Collection[str]) -> dict[str, Any]:
    """For scripts: what the paths given are told, what sections lack, what types may hope for."""
    return {
        "fields": {path: _told(path, page) for path in paths},
        "progress": dict(progress(page.objections)),
        "chances": [asdict(one) for one in chances(page)],
    }


def _chance(one: Eligibility, typed: Typed) -> ChanceShown:
    label, kind = BADGES[one.chance]
    own = eligibility.TYPE_FIELDS[one.type]
    missing = sorted(one.missing, key=lambda o: o.mapping.get("field") not in own)
    reasons = [_of_verdict(verdict, typed) for verdict in one.forbidding]
    reasons += [_of_objection(objection, typed) for objection in missing]
    return ChanceShown(
        chance=one.chance.value,
        label=str(label),
        kind=kind,
        type_label=str(texts.TYPES[one.type]),
        reasons=tuple(reasons[:REASONS]),
        more=_more(len(reasons) - REASONS),
    )


def _more(count: int) -> str:
    if count <= 0:
        return ""
    words = ngettext("et %(count)s autre point", "et %(count)s autres points", count)
    return words % {"count": count}


def _of_verdict(verdict: Verdict, typed: Typed) -> Reason:
    text, remedy = texts.finding_words(verdict)
    label = texts.label_of(verdict.path, typed)
    return Reason(verdict.path, label, f"{text} {remedy}".strip())


def _of_objection(objection: Objection, typed: Typed) -> Reason:
    path = str(objection.mapping.get("field", ""))
    return Reason(path, texts.label_of(path, typed), texts.objection_words(objection))


def _told(path: str, page: FormPage) -> Mapping[str, Any]:
    errors = [
        texts.objection_words(o)
        for o in page.objections
        if o.mapping.get("field") == path and said_at_once(o, page.typed)
    ]
    notes = [asdict(note(v)) for v in page.verdicts if v.path == path]
    return {"errors": errors, "notes": notes}
