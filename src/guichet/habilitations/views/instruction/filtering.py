"""The list's filters as instructors set them; what is not understood narrows nothing.

The address of a list says all of it: it can be sent, kept under a name, and exported as it is.
"""

from collections.abc import Iterable
from typing import Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.states import DossierState
from guichet.habilitations import texts
from guichet.habilitations.queries.instruction import (
    MINE,
    NOBODY,
    PAGE_SIZES,
    SORTS,
    QueueFilters,
    Tab,
)
from guichet.identities.actors import Actor
from guichet.web.forms import DayField, FilterForm
from guichet.web.states import STATES

ALL: Final = ("", _("Tous"))
COLUMNS: Final = (
    ("representant", _("Représentant")),
    ("administrateurs", _("Administrateurs")),
    ("types", _("Types")),
    ("departement", _("Département")),
    ("attribue", _("Attribué à")),
    ("depot", _("Déposé le")),
    ("activite", _("Activité")),
    ("controles", _("Contrôles")),
)
COLUMNS_AT_FIRST: Final = ("representant", "types", "attribue", "depot", "controles")
SORT_WORDS: Final = {
    "-active_at": _("dernière activité"),
    "filed_at": _("dépôt, les plus anciens"),
    "-filed_at": _("dépôt, les plus récents"),
    "number": _("numéro"),
    "company__legal_name": _("structure"),
    "state": _("état"),
    "assignee_label": _("instructeur"),
}
FOLDED: Final = ("type", "departement", "du", "au", "corriger", "vert", "nouvelles")
SHOWN_AS: Final = ("tri", "taille", "colonnes", "onglet")


class QueueForm(FilterForm):
    """Everything that a list can be narrowed by, and how it is shown."""

    q = forms.CharField(
        label=_("Rechercher"),
        required=False,
        max_length=120,
        help_text=_("Numéro, SIRET, nom, carte ou courriel"),
    )
    etat = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[
            ALL,
            *((s.value, STATES[s.value].label) for s in DossierState if s.value != "draft"),
        ],
    )
    type = forms.ChoiceField(
        label=_("Type de certificat"),
        required=False,
        choices=[ALL, *((kind.value, texts.TYPES[kind]) for kind in CertificateType)],
    )
    departement = forms.ChoiceField(label=_("Département"), required=False)
    attribue = forms.ChoiceField(label=_("Attribué à"), required=False)
    du = DayField(label=_("Déposé du"), required=False)
    au = DayField(label=_("au"), required=False)
    corriger = forms.BooleanField(label=_("À corriger"), required=False)
    vert = forms.BooleanField(label=_("Contrôles au vert"), required=False)
    nouvelles = forms.BooleanField(label=_("Avec des nouvelles"), required=False)
    tri = forms.ChoiceField(
        label=_("Trier par"),
        required=False,
        choices=[("", _("l’ordre habituel")), *((key, SORT_WORDS[key]) for key in SORTS)],
    )
    taille = forms.TypedChoiceField(
        label=_("Dossiers par page"),
        required=False,
        coerce=int,
        choices=[(str(size), str(size)) for size in PAGE_SIZES],
    )
    colonnes = forms.MultipleChoiceField(
        label=_("Colonnes"),
        required=False,
        choices=list(COLUMNS),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        data: QueryDict,
        *,
        departments: Iterable[tuple[str, str]] = (),
        staff: Iterable[Actor] = (),
    ) -> None:
        chosen = data.copy()
        if "colonnes" not in chosen:
            chosen.setlist("colonnes", list(COLUMNS_AT_FIRST))
        super().__init__(chosen, auto_id="filtre_%s")
        places = [(number, f"{number} — {name}") for number, name in departments]
        people = [(str(who.account_id), who.label) for who in staff]
        to_whom = [ALL, (MINE, _("moi")), (NOBODY, _("personne")), *people]
        self.fields["departement"].choices = [ALL, *places]  # type: ignore[attr-defined]
        self.fields["attribue"].choices = to_whom  # type: ignore[attr-defined]

    @property
    def is_set(self) -> bool:
        """Whether anything narrows the list."""
        return any(self.value(name) for name in self.fields if name not in SHOWN_AS)

    @property
    def is_detailed(self) -> bool:
        """Whether one of the filters that fold away is set."""
        return any(self.value(name) for name in FOLDED)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns chosen, or the usual ones."""
        return tuple(self.value("colonnes") or COLUMNS_AT_FIRST)

    @property
    def tab(self) -> Tab:
        """The tab of the address; every dossier without one, so that a search misses nothing."""
        asked = str(self.data.get("onglet", ""))
        return Tab(asked) if asked in set(Tab) else Tab.ALL

    def filters(self) -> QueueFilters:
        """What the queries read."""
        return QueueFilters(
            tab=self.tab,
            text=self.value("q") or "",
            state=self.value("etat") or "",
            type=self.value("type") or "",
            department=self.value("departement") or "",
            assignee=self.value("attribue") or "",
            since=self.value("du"),
            until=self.value("au"),
            to_correct=bool(self.value("corriger")),
            green=bool(self.value("vert")),
            news=bool(self.value("nouvelles")),
            sort=self.value("tri") or "",
            page=str(self.data.get("page", "1")),
            page_size=self.value("taille") or PAGE_SIZES[0],
        )

    def query(self, *without: str) -> str:
        """The list as a query string: what was understood and is not usual, the page left out."""
        kept = QueryDict(mutable=True)
        if self.data.get("onglet") and "onglet" not in without:
            kept["onglet"] = self.tab.value
        for name in self.fields:
            is_usual = name == "colonnes" and self.columns == COLUMNS_AT_FIRST
            if name not in without and not is_usual and self.value(name) is not None:
                kept.setlist(name, [str(v) for v in self.data.getlist(name) if v])  # type: ignore[attr-defined]
        return kept.urlencode()
