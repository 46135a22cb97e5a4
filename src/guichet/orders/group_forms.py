"""Forms of groups of orders: what is common, the lines in place, the files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guichet.domain.orders.groups import CELL_AT_MOST, GroupKind, Line, LineObjection
from guichet.habilitations.structures import StructureFacts
from guichet.orders.forms import InformationForm
from guichet.orders.groups import Group, GroupRow
from guichet.web.forms import RefusalFormMixin
from guichet.web.refusal_texts import explain

BLANK_ROWS: Final = 3
ADDED_ROWS: Final = 10
LABELS: Final[Mapping[str, Any]] = {
    "structure_id": _("Identifiant national structure"),
    **{name: field.label for name, field in InformationForm.base_fields.items()},
}


class GroupForm(RefusalFormMixin, forms.Form):
    """What a group asks for, and what its lines have in common."""

    answers = {"profile": "quel-usage-choisir"}

    kind = forms.ChoiceField(
        label=_("Que contient le groupe ?"),
        widget=forms.RadioSelect,
        choices=[
            (GroupKind.SERVICES.value, _("Plusieurs certificats pour une seule structure")),
            (GroupKind.STRUCTURES.value, _("Le même certificat pour plusieurs structures")),
        ],
        error_messages={"required": _("Choisissez ce que contient le groupe.")},
        help_text=_("Toutes les lignes auront la même offre et le même usage."),
    )
    profile = forms.ChoiceField(
        label=_("Offre et usage"),
        help_text=_("Les mêmes pour toutes les lignes. Seuls ceux de vos habilitations sont là."),
        error_messages={"required": _("Choisissez une offre et un usage.")},
    )
    structure_id = forms.ChoiceField(
        label=_("Structure"),
        required=False,
        help_text=_("Pour une seule structure. Sinon, chaque ligne nommera la sienne."),
    )
    service = forms.CharField(
        label=_("Service applicatif"),
        required=False,
        max_length=64,
        help_text=_("Pour plusieurs structures : le nom qui vaut où une ligne n’en dit pas."),
    )
    actor_email = forms.CharField(
        label=_("Email de l’acteur"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Vaut pour toute ligne qui n’en donne pas un autre."),
    )
    informed_email = forms.CharField(
        label=_("Email d’une personne à informer"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("En reçoit copie, pour toute ligne qui n’en donne pas un autre."),
    )

    def __init__(
        self,
        *args: Any,
        profiles: Sequence[str],
        structures: Iterable[StructureFacts],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["profile"].choices = [(code, code) for code in profiles]  # type: ignore[attr-defined]
        self.fields["structure_id"].choices = [  # type: ignore[attr-defined]
            ("", _("Choisir…")),
            *((s.national_id, s.label) for s in structures),
        ]

    def clean(self) -> dict[str, Any]:
        """A single structure is named here."""
        typed = super().clean() or {}
        is_single = typed.get("kind") == GroupKind.SERVICES.value
        if is_single and not typed.get("structure_id") and "structure_id" not in self.errors:
            self.add_error("structure_id", _("Choisissez la structure."))
        return typed

    def common(self) -> dict[str, str]:
        """What every line shares, as the domain reads it."""
        typed = self.cleaned_data
        offer, _slash, usage = typed["profile"].partition("/")
        is_single = typed["kind"] == GroupKind.SERVICES.value
        named = {"structure_id": typed["structure_id"]} if is_single else {}
        if not is_single and offer == "ORG" and typed["service"].strip():
            named = {"service": typed["service"].strip()}
        contacts = {n: typed[n].strip() for n in ("actor_email", "informed_email")}
        filled = {name: text for name, text in contacts.items() if text}
        return {"offer": offer, "usage": usage, **named, **filled}


class LinesFileForm(RefusalFormMixin, forms.Form):
    """A CSV of lines."""

    lines_file = forms.FileField(
        label=_("Fichier CSV"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=_(
            "UTF-8 ou Windows-1252, 200 lignes au plus. Il remplace les lignes ci-dessous."
        ),
        error_messages={"required": _("Choisissez un fichier.")},
    )


class ArchiveForm(RefusalFormMixin, forms.Form):
    """A ZIP of requests."""

    archive = forms.FileField(
        label=_("Archive ZIP de CSR"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        help_text=_(
            "Un fichier par CSR, 64 ko au plus chacun, 4 Mo en tout. Jamais de clé privée."
        ),
        error_messages={"required": _("Choisissez une archive.")},
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a line, with what is wrong with it."""

    name: str
    id: str
    label: Any
    value: str
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line of the table of lines."""

    position: int
    file_line: int | None
    cells: tuple[Cell, ...]
    errors: tuple[str, ...]


def table(
    group: Group, found: Sequence[LineObjection], *, blanks: int = BLANK_ROWS
) -> list[TypedLine]:
    """The lines as fields, then blank ones to fill."""
    rows = [*group.rows, *(_blank(len(group.rows) + n) for n in range(1, blanks + 1))]
    return [_line(row, group.columns, found) for row in rows]


def typed_lines(
    posted: QueryDict, columns: Sequence[str], files: Mapping[int, int | None]
) -> list[Line]:
    """The lines as posted, blank ones left out; those of a file keep their place in it."""
    lines = []
    for position in range(1, _last(posted, columns) + 1):
        cells = {name: posted.get(f"{name}-{position}", "").strip() for name in columns}
        typed = {name: text[:CELL_AT_MOST] for name, text in cells.items() if text}
        if typed:
            lines.append(Line(typed, files.get(position)))
    return lines


def words(objection: LineObjection) -> str:
    """What is wrong and what to do."""
    text = explain(objection.objection)
    return f"{text.detail} {text.remedy}"


def _last(posted: QueryDict, columns: Sequence[str]) -> int:
    numbers = (name.rpartition("-") for name in posted)
    found = [
        int(n) for name, _dash, n in numbers if name in columns and n.isdecimal() and len(n) < 4
    ]
    return max(found, default=0)


def _blank(position: int) -> GroupRow:
    return GroupRow(position, None, {}, {}, b"", "", "", None)


def _line(row: GroupRow, columns: Sequence[str], found: Sequence[LineObjection]) -> TypedLine:
    mine = [objection for objection in found if objection.position == row.position]
    cells = tuple(
        Cell(
            name=f"{name}-{row.position}",
            id=f"id_{name}-{row.position}",
            label=LABELS[name],
            value=row.typed.get(name, ""),
            errors=tuple(words(o) for o in mine if o.field == name),
        )
        for name in columns
    )
    others = tuple(words(o) for o in mine if o.field not in columns)
    return TypedLine(row.position, row.file_line, cells, others)
