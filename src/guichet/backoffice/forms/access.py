"""Forms of access: a role asked for, a decision, a review, an emergency. Rules are the domain's."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guichet.domain.access.emergencies import WHY_AT_LEAST
from guichet.domain.access.reviews import Verdict
from guichet.domain.access.roles import WHY_AT_MOST, RoleAsked
from guichet.identities.words import ROLES
from guichet.web.forms import DayField, RefusalFormMixin, filled


def _why(label: Any, *, required_text: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=WHY_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": required_text},
        **options,
    )


class _Remark(forms.CharField):
    """Needed in one case, which its hint tells: not shown as optional, nor as needed."""

    is_needed_at_times = True


class _OneOfRoles(RefusalFormMixin, forms.Form):
    """Has a field `role`, which offers some of the roles."""

    def __init__(self, *args: Any, roles: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(role, ROLES[role]) for role in roles]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class RoleForm(_OneOfRoles):
    """The role to take, and why."""

    answers = {"role": "donner-un-role"}
    remarks = frozenset({"why"})

    role = forms.ChoiceField(
        label=_("Rôle"),
        help_text=_("Seuls les rôles compatibles avec ceux de la personne sont proposés."),
    )
    why = _why(
        _("Raison"),
        required_text=_("Dites pourquoi : la personne qui approuve le lira."),
        help_text=_("Elle reste dans le journal. La personne qui approuve la lira."),
    )

    def asked(self, *, gives: bool) -> RoleAsked:
        """What the operation reads, once the form is valid; a role ends with its last day."""
        typed = self.cleaned_data
        day = typed.get("until")
        until = timezone.make_aware(datetime.combine(day, time.max)) if day else None
        return RoleAsked(role=typed["role"], gives=gives, why=typed["why"], until=until)


class GivenRoleForm(RoleForm):
    """The role to give, why, and until which day."""

    until = DayField(
        label=_("Jusqu’au"),
        required=False,
        help_text=_("Le rôle finit avec ce jour."),
    )


class ApprovalForm(RefusalFormMixin, forms.Form):
    """Nothing to fill in: what is refused is told on it."""


class RefusalNoteForm(RefusalFormMixin, forms.Form):
    """Why a request is refused."""

    remarks = frozenset({"note"})

    note = _why(
        _("Pourquoi refuser"),
        required_text=_("Dites pourquoi cette demande est refusée."),
        help_text=_("Qui a demandé le lira ; cela reste au journal."),
    )


class VerdictForm(RefusalFormMixin, forms.Form):
    """Whether the roles of a person are kept."""

    remarks = frozenset({"note"})

    verdict = forms.ChoiceField(
        label=_("Les rôles de cette personne"),
        widget=forms.RadioSelect,
        choices=[
            (Verdict.KEPT.value, _("sont maintenus")),
            (Verdict.TO_TAKE.value, _("sont à retirer : une autre personne l’approuvera")),
        ],
        error_messages={"required": _("Dites si ses rôles sont maintenus.")},
        help_text=_("Dites ce que cette revue conclut ; rien ne change sans une seconde personne."),
    )
    note = _Remark(
        label=_("Remarque"),
        max_length=WHY_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("Nécessaire si les rôles sont à retirer : dites pourquoi."),
    )


class EmergencyForm(_OneOfRoles):
    """The role to open at once, and why nobody can be waited for."""

    remarks = frozenset({"why"})

    role = forms.ChoiceField(
        label=_("Rôle à ouvrir"),
        help_text=_(
            "Il se referme seul au bout de soixante minutes, et une alarme dure jusque-là."
        ),
    )
    why = _why(
        _("Ce qui se passe, et pourquoi cela n’attend pas"),
        required_text=_("Dites ce qui se passe : une autre personne en jugera."),
        help_text=filled(
            _("%(count)s caractères au moins. Cette raison part aussitôt par courriel."),
            count=WHY_AT_LEAST,
        ),
    )


class EmergencyReviewForm(RefusalFormMixin, forms.Form):
    """What another person found of an emergency."""

    remarks = frozenset({"note"})

    note = _why(
        _("Votre conclusion"),
        required_text=_("Dites ce que vous avez constaté."),
        help_text=_("L’urgence était-elle justifiée ? Qu’a-t-il été fait sous ce rôle ?"),
    )
