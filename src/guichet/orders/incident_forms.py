"""Forms of incidents: the criteria of an address, the list of a file, a proposal, a decision."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, get_args

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.certificates.key_policy import WEAKNESSES
from guichet.domain.orders import criteria as reading
from guichet.domain.orders.criteria import ANY_WEAKNESS, Criteria
from guichet.domain.orders.incidents import DEFINITIVE, TEXT_AT_MOST, TITLE_AT_MOST
from guichet.orders.incident_words import KEY_ORIGINS, LISTED_REASONS, REASONS
from guichet.orders.operations.incident_deciding import Proposal
from guichet.orders.texts import CHANNELS
from guichet.orders.views.filtering import ALL, ANY
from guichet.web.forms import DayField, MomentField, RefusalFormMixin
from guichet.x509.crl import Reason
from guichet.x509.keys import Kind

CURVES: Final = ("P-256", "P-384", "P-521")
SMALLEST, LARGEST = 1, 2**63 - 1


class CriteriaForm(RefusalFormMixin, forms.Form):
    """Criteria as an address carries them; what is not understood is told, never passed over."""

    authority = forms.ChoiceField(
        label=_("Autorité"),
        required=False,
        help_text=_("Celle qui a signé les certificats."),
    )
    offer = forms.ChoiceField(
        label=_("Offre"),
        required=False,
        choices=[ANY, *((o.value, o.value) for o in Offer)],
        help_text=_("Laissez vide pour toutes."),
    )
    usage = forms.ChoiceField(
        label=_("Usage"),
        required=False,
        choices=[ALL, *((u.value, u.value) for u in Usage)],
        help_text=_("Laissez vide pour tous."),
    )
    structure_id = forms.CharField(
        label=_("Identifiant national structure"),
        required=False,
        max_length=20,
        help_text=_("Pour une seule structure. Exemple : 10B0135356."),
    )
    issued_from = DayField(
        label=_("Émis à partir du"),
        required=False,
        help_text=_("Ce jour compris, à l’heure de Paris."),
    )
    issued_to = DayField(
        label=_("Émis jusqu’au"),
        required=False,
        help_text=_("Ce jour compris, à l’heure de Paris."),
    )
    channel = forms.ChoiceField(
        label=_("Canal"),
        required=False,
        choices=[ALL, *CHANNELS.items()],
        help_text=_("Par où la demande est arrivée."),
    )
    key_origin = forms.ChoiceField(
        label=_("Origine de la clé"),
        required=False,
        choices=[ANY, *KEY_ORIGINS.items()],
        help_text=_("Faite dans le navigateur, ou venue avec une CSR."),
    )
    from_lot = forms.BooleanField(
        label=_("En commande groupée seulement"),
        required=False,
        help_text=_("Cochez pour laisser de côté les demandes faites une à une."),
    )
    key_kind = forms.ChoiceField(
        label=_("Type de clé"),
        required=False,
        choices=[ALL, *((kind, kind.upper()) for kind in get_args(Kind) if kind != "other")],
        help_text=_("Laissez vide pour toutes les clés."),
    )
    key_bits = forms.IntegerField(
        label=_("Taille de clé (bits)"),
        required=False,
        min_value=SMALLEST,
        max_value=LARGEST,
        help_text=_("Cette taille exactement. Exemple : 2048."),
    )
    key_curve = forms.ChoiceField(
        label=_("Courbe"),
        required=False,
        choices=[ANY, *((name, name) for name in CURVES)],
        help_text=_("Pour les clés à courbe elliptique seulement."),
    )
    key_exponent = forms.IntegerField(
        label=_("Exposant RSA"),
        required=False,
        min_value=SMALLEST,
        max_value=LARGEST,
        help_text=_("Pour les clés RSA seulement. Exemple : 65537."),
    )
    weakness = forms.ChoiceField(
        label=_("Faiblesse connue (RSA)"),
        required=False,
        choices=[
            ("", _("Peu importe")),
            (ANY_WEAKNESS, _("N’importe laquelle")),
            *((check, check) for check in WEAKNESSES),
        ],
        help_text=_("Ce que badkeys calcule : ROCA, Fermat, petits facteurs…"),
    )
    is_blocked = forms.BooleanField(
        label=_("La clé est sur la liste des clés compromises"),
        required=False,
        help_text=_("Celle que le guichet tient, et que Gestion permet de compléter."),
    )

    def __init__(self, data: Any, *, authorities: Iterable[str]) -> None:
        super().__init__(data)
        self.fields["authority"].choices = [ANY, *((code, code) for code in authorities)]  # type: ignore[attr-defined]

    def criteria(self) -> Criteria:
        """The criteria, once the form is valid."""
        return Criteria(**{name: value for name, value in self.cleaned_data.items() if value})

    @property
    def groups(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        """The fields by what they are about."""
        for title, names in (
            (_("Émission"), ("authority", "offer", "usage", "issued_from", "issued_to")),
            (_("Ce qui a été demandé"), ("structure_id", "channel", "key_origin", "from_lot")),
            (_("Clé"), ("key_kind", "key_bits", "key_curve", "key_exponent", "weakness")),
            (_("Clés compromises"), ("is_blocked",)),
        ):
            yield title, [self[name] for name in names]


class OpeningForm(RefusalFormMixin, forms.Form):
    """The name of an incident, and lists in files: they narrow as the criteria do."""

    title = forms.CharField(
        label=_("Nom de l’incident"),
        max_length=TITLE_AT_MOST,
        help_text=_("Pour le reconnaître dans la liste ; les demandeurs ne le voient pas."),
        error_messages={"required": _("Donnez un nom à cet incident.")},
    )
    serials_file = forms.FileField(
        label=_("Fichier de numéros de série"),
        required=False,
        help_text=_("Un par ligne, en hexadécimal, avec ou sans deux-points."),
    )
    digests_file = forms.FileField(
        label=_("Fichier d’empreintes de clés"),
        required=False,
        help_text=_("Le SHA-256 de la clé publique (SubjectPublicKeyInfo), une par ligne."),
    )

    def lists(self) -> dict[str, tuple[str, ...]]:
        """What the files list. Raises Refusal: LIST_LINE_UNREADABLE, LIST_TOO_LONG."""
        return {
            "serials": reading.read_serials(_lines(self.cleaned_data["serials_file"])),
            "digests": reading.read_digests(_lines(self.cleaned_data["digests_file"])),
        }


class ProposalForm(RefusalFormMixin, forms.Form):
    """Why, what requesters are told, when; and the number, typed."""

    remarks = frozenset({"text"})

    reason = forms.ChoiceField(
        label=_("Motif (RFC 5280)"),
        choices=[(r.value, REASONS[r]) for r in REASONS if r in DEFINITIVE],
        help_text=_("Publié dans la liste de révocation avec chaque certificat."),
    )
    text = forms.CharField(
        label=_("Message aux demandeurs"),
        required=False,
        max_length=TEXT_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Il entre tel quel dans leurs courriels. Dites ce qui s’est passé."),
    )
    due_on = MomentField(
        label=_("Date de la révocation"),
        required=False,
        help_text=_(
            "Avec une date, les titulaires sont prévenus et renouvellent d’abord. Vide : dès"
            " l’approbation."
        ),
    )
    count = forms.CharField(
        label=_("Nombre de certificats à révoquer"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Écrivez ce nombre pour confirmer.")},
        help_text=_("Celui qu’affiche cette page : l’écrire, c’est l’avoir lu."),
    )

    def proposal(self) -> Proposal:
        """What the operation reads, once the form is valid."""
        typed = self.cleaned_data
        return Proposal(
            reason=Reason(typed["reason"]), text=typed["text"], due_at=typed["due_on"] or None
        )


class ApprovalForm(RefusalFormMixin, forms.Form):
    """The number of certificates, typed by who approves."""

    count = forms.CharField(
        label=_("Nombre de certificats à révoquer"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Écrivez ce nombre pour confirmer.")},
        help_text=_("Celui qu’affiche cette page : l’écrire, c’est l’avoir lu."),
    )


class RefusingForm(RefusalFormMixin, forms.Form):
    """Why a proposal is refused."""

    remarks = frozenset({"note"})

    note = forms.CharField(
        label=_("Pourquoi refuser"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Dites pourquoi cette proposition est refusée.")},
        help_text=_("Qui a proposé le lira ; c’est gardé avec l’incident."),
    )


class KeyListForm(RefusalFormMixin, forms.Form):
    """Keys that are never certified: a file, why, and whose list it is."""

    keys_file = forms.FileField(
        label=_("Fichier de clés"),
        help_text=_(
            "Une empreinte SHA-256 de clé publique par ligne, en hexadécimal, ou des clés, des"
            " certificats, des CSR en PEM. Au-delà de 4 Mo : guichet keys block."
        ),
        error_messages={"required": _("Choisissez un fichier.")},
    )
    reason = forms.ChoiceField(
        label=_("Pourquoi"),
        choices=list(LISTED_REASONS.items()),
        help_text=_("Gardé avec chaque clé de la liste."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("Qui dit que ces clés sont compromises : les demandeurs refusés le liront."),
        error_messages={"required": _("Dites d’où vient cette liste.")},
    )


def _lines(file: Iterable[bytes | str] | None) -> Iterator[str]:
    """The lines of a file, one at a time."""
    for number, line in enumerate(file or ()):
        text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
        yield text.removeprefix("\ufeff") if not number else text
