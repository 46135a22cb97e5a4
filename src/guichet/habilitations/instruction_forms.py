"""What instructors fill in: corrections, decisions, notes, assignments, batches."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.domain.dossier.declaration import Declaration
from guichet.domain.dossier.states import DossierAct
from guichet.domain.dossier.typed import Typed
from guichet.domain.refusals import Objection
from guichet.domain.texts import unhidden
from guichet.habilitations import reasons, texts
from guichet.habilitations.operations.deciding import Choice
from guichet.habilitations.operations.desk import Rhythm
from guichet.habilitations.operations.instructing import CorrectionReason
from guichet.habilitations.outcomes import type_label
from guichet.habilitations.reasons import Purpose
from guichet.habilitations.texts.instruction import RHYTHMS
from guichet.identities.actors import Actor
from guichet.web.forms import RefusalFormMixin
from guichet.web.refusal_texts import explain

REASON: Final = 4000
COMMENT: Final = 1000
LEFT_OUT: Final = 500


def choices_of(purpose: Purpose, language: str) -> list[tuple[str, Any]]:
    """The reasons of a purpose to choose from, and none."""
    found = [(reason.code, reason.title(language)) for reason in reasons.reasons(purpose)]
    return [("", _("Aucun modèle")), *found]


class ReasonedForm(RefusalFormMixin, forms.Form):
    """A text for the applicant, written or taken from the catalogue."""

    remarks: Collection[str] = frozenset({"reason"})

    modele = forms.ChoiceField(
        label=_("Modèle de motif"),
        required=False,
        help_text=_("Il remplit le texte ci-dessous, que vous pouvez changer."),
    )
    reason = forms.CharField(
        label=_("Motif"),
        required=False,
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Le déposant lira ce texte. Laissé vide, il est celui du modèle choisi."),
    )

    def __init__(
        self, data: Any, *, purpose: Purpose, language: str, title_language: str, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.language = language
        self.fields["modele"].choices = choices_of(purpose, title_language)  # type: ignore[attr-defined]

    @property
    def text(self) -> str:
        """What was written, else the text of the reason chosen."""
        written: str = self.cleaned_data.get("reason", "").strip()
        return written or reasons.text_of(self.cleaned_data.get("modele", ""), self.language)


class CorrectionForm(ReasonedForm):
    """The fields to correct, each with a comment; why; a general word."""

    why = forms.ChoiceField(
        label=_("Pourquoi"),
        choices=[(r.value, texts.CORRECTION_REASONS[r.value]) for r in CorrectionReason],
        widget=forms.RadioSelect,
        help_text=_("Vaut pour les champs cochés sans commentaire."),
    )

    def __init__(self, data: Any, *, typed: Typed, **kwargs: Any) -> None:
        super().__init__(data, purpose=Purpose.CORRECTION, **kwargs)
        self.typed = typed
        self.fields["reason"].label = _("Message au déposant")
        self.paths = (*(path for path in typed.paths() if path != "siret"), *texts.FILES)

    def marked(self, name: str) -> str:
        """What was sent for a name that is no field of the class, else its first value."""
        source: Mapping[str, Any] = self.data if self.is_bound else self.initial
        return str(source.get(name, ""))

    def comments(self) -> dict[str, str]:
        """Comments by path: those ticked or commented; a tick alone says why in general."""
        general = str(texts.CORRECTION_REASONS[self.cleaned_data["why"]])
        found = {}
        for path in self.paths:
            comment = unhidden(self.marked(f"comment.{path}")).strip()[:COMMENT]
            if comment or self.marked(f"field.{path}"):
                found[path] = comment or general
        return found


class DecisionForm(ReasonedForm):
    """Refuse or close, with a reason."""

    def __init__(self, data: Any, *, act: DossierAct, **kwargs: Any) -> None:
        super().__init__(data, purpose=Purpose(act.value), **kwargs)
        self.act = act

    def choice(self) -> Choice:
        """What the operation reads."""
        return Choice(act=self.act, reason=self.text)


class AcceptanceForm(ReasonedForm):
    """Accept administrators and types, each one left out with a reason."""

    rows = forms.MultipleChoiceField(
        label=_("Administrateurs techniques"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ceux que vous décochez sont écartés, avec un motif."),
    )
    types = forms.MultipleChoiceField(
        label=_("Types de certificats"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ceux que vous décochez sont écartés, avec un motif."),
    )

    def __init__(self, data: Any, *, declared: Declaration, **kwargs: Any) -> None:
        super().__init__(data, purpose=Purpose.TYPE, **kwargs)
        self.declared = declared
        del self.fields["modele"]
        self.fields["reason"].label = _("Message joint à la décision")
        self.fields["reason"].help_text = _("Le déposant le lira avec la décision.")
        people = [(w.row, f"{w.name} ({w.card_number.value})") for w in declared.administrators]
        kinds = [(asked.type.value, type_label(asked)) for asked in declared.types]
        self.fields["rows"].choices = people  # type: ignore[attr-defined]
        self.fields["types"].choices = kinds  # type: ignore[attr-defined]
        self.remarks = {"reason", *(f"refused.{name}" for name, _label in (*people, *kinds))}
        for name, label in (*people, *kinds):
            self.fields[f"refused.{name}"] = forms.CharField(
                label=_("Motif, si écarté"), required=False, max_length=LEFT_OUT
            )
            purpose = Purpose.ADMINISTRATOR if (name, label) in people else Purpose.TYPE
            self.fields[f"modele.{name}"] = forms.ChoiceField(
                label=_("Modèle"),
                required=False,
                choices=choices_of(purpose, kwargs["title_language"]),
            )

    def choice(self) -> Choice:
        """What the operation reads: reasons only of what is left out."""
        kinds = {asked.type for asked in self.declared.types}
        rows = frozenset(self.cleaned_data["rows"])
        types = frozenset(kind for kind in kinds if kind.value in self.cleaned_data["types"])
        names = {who.row for who in self.declared.administrators} - rows
        names |= {kind.value for kind in kinds - types}
        return Choice(
            act=DossierAct.ACCEPT,
            reason=self.text,
            rows=rows,
            types=types,
            refused={name: self._left_out(name) for name in sorted(names)},
        )

    def _left_out(self, name: str) -> str:
        written: str = self.cleaned_data.get(f"refused.{name}", "").strip()
        chosen = self.cleaned_data.get(f"modele.{name}", "")
        return written or reasons.text_of(chosen, self.language)

    def add_objections(self, objections: Iterable[Objection]) -> None:
        """A check that forbids is told with the name of what it is about."""
        for objection in objections:
            path = str(objection.mapping.get("field", ""))
            if path in self.fields or not path:
                super().add_objections([objection])
                continue
            words = explain(objection)
            row = path.split(".")[1] if path.startswith("administrators.") else ""
            name = next((who.name for who in self.declared.administrators if who.row == row), "")
            message = f"{name} : {words.detail} {words.remedy}" if name else words.detail
            self.add_error("rows" if name else None, forms.ValidationError(message))


class ReopenForm(ReasonedForm):
    """Why a decided dossier is examined again."""

    understood = forms.BooleanField(
        label=_("J’ai vérifié que la décision peut encore être retirée ou modifiée.")
    )

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, purpose=Purpose.REOPEN, **kwargs)


class AssignForm(forms.Form):
    """To whom a dossier is given; nobody is a choice."""

    to = forms.ChoiceField(
        label=_("Attribuer à"),
        required=False,
        help_text=_("Cette personne trouvera le dossier sous « À suivre »."),
    )

    def __init__(self, data: Any, *, staff: Iterable[Actor], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.staff = {str(who.account_id): who for who in staff}
        people = [(key, who.label) for key, who in self.staff.items()]
        self.fields["to"].choices = [("", _("personne")), *people]  # type: ignore[attr-defined]

    def chosen(self) -> Actor | None:
        """The person chosen, or nobody."""
        return self.staff.get(self.cleaned_data["to"])


class NoteForm(RefusalFormMixin, forms.Form):
    """A note between instructors."""

    remarks = frozenset({"body"})

    body = forms.CharField(
        label=_("Annotation"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Le déposant ne la verra jamais."),
    )


class SavedViewForm(RefusalFormMixin, forms.Form):
    """A name for the list as it is narrowed now."""

    name = forms.CharField(
        label=_("Nom de la vue"),
        max_length=60,
        help_text=_("Celui sous lequel vous retrouverez cette liste, avec ses filtres."),
    )
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)


class PreferenceForm(RefusalFormMixin, forms.Form):
    """When and where somebody is told of news."""

    rhythm = forms.ChoiceField(
        label=_("Rythme"),
        choices=[(rhythm.value, RHYTHMS[rhythm]) for rhythm in Rhythm],
        widget=forms.RadioSelect,
        help_text=_("À quel moment vous écrire quand des dossiers ont des nouvelles."),
    )
    email = forms.EmailField(
        label=_("Adresse de courriel"),
        max_length=254,
        help_text=_("Où vous écrire. Une boîte d’équipe convient."),
    )
