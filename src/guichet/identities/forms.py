"""Forms of logins and accounts: shape only; the rules are the domain's."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guichet.domain.identifiers import EmailAddress
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.web.forms import RefusalFormMixin
from guichet.web.refusal_texts import explain

EMAIL_AT_MOST: Final = 254
PASSWORD_AT_MOST: Final = 128
NAME_AT_MOST: Final = 80
NO_FIELDS: Final[Mapping[Code, str]] = {}


class AddressField(forms.CharField):
    """An e-mail address, judged by the domain."""

    def __init__(self, **options: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": options.pop("autocomplete", "email")})
        options.setdefault("label", _("Adresse électronique"))
        super().__init__(
            max_length=EMAIL_AT_MOST,
            widget=widget,
            error_messages={"required": _("Donnez une adresse électronique.")},
            **options,
        )

    def clean(self, value: Any) -> Any:
        """The address as envelopes carry it."""
        typed = super().clean(value)
        try:
            return EmailAddress.parse(typed).value
        except Refusal as refusal:
            words = explain(refusal.all[0])
            raise forms.ValidationError(f"{words.detail} {words.remedy}", code=words.code) from None


class SecretField(forms.CharField):
    """A password, in one Unicode form whatever the keyboard (NFKC, as NIST SP 800-63B says)."""

    def __init__(self, *, autocomplete: str, required_text: Any, **options: Any) -> None:
        super().__init__(
            strip=False,
            max_length=PASSWORD_AT_MOST,
            widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
            error_messages={"required": required_text},
            **options,
        )

    def to_python(self, value: Any) -> str:
        """The password as it is hashed."""
        return unicodedata.normalize("NFKC", super().to_python(value) or "")


class AccountForm(RefusalFormMixin, forms.Form):
    """A form that takes a refusal as an answer."""

    def add_refusal(self, refusal: Refusal, fields: Mapping[Code, str] = NO_FIELDS) -> None:
        """Put each objection on its field: the one it names, or that of its code."""
        self.add_objections(
            Objection(o.code, (("field", fields[o.code]), *o.facts)) if o.code in fields else o
            for o in refusal.all
        )


class LoginForm(AccountForm):
    """A local account's address and password."""

    email = AddressField(
        autocomplete="username",
        help_text=_("Celle avec laquelle vous avez ouvert votre compte."),
    )
    password = SecretField(
        label=_("Mot de passe"),
        autocomplete="current-password",
        required_text=_("Donnez votre mot de passe."),
        help_text=_("Celui de ce guichet, et non celui d’une clé ou de votre messagerie."),
    )


class PasswordForm(AccountForm):
    """The password alone: the account is known."""

    password = SecretField(
        label=_("Mot de passe du compte Guichet"),
        autocomplete="current-password",
        required_text=_("Donnez votre mot de passe."),
        help_text=_("Celui avec lequel vous vous connectez par adresse électronique."),
    )


class EmailForm(AccountForm):
    """An address to write to."""

    email = AddressField(
        help_text=_("Celle de votre compte. Un lien y sera envoyé."),
    )


class NewPasswordForm(AccountForm):
    """A new password, twice."""

    password = SecretField(
        label=_("Nouveau mot de passe"),
        autocomplete="new-password",
        required_text=_("Choisissez un mot de passe."),
        help_text=_("12 caractères au moins ; plusieurs mots sans rapport entre eux conviennent."),
    )
    password_again = SecretField(
        label=_("Nouveau mot de passe, une seconde fois"),
        autocomplete="new-password",
        required_text=_("Saisissez le mot de passe une seconde fois."),
        help_text=_("Le même, pour écarter une faute de frappe."),
    )

    def clean(self) -> dict[str, Any]:
        """Both entries are the same."""
        typed = super().clean() or {}
        once, again = typed.get("password"), typed.get("password_again")
        if once and again and once != again:
            self.add_objections([Objection(Code.PASSWORD_MISMATCH, (("field", "password_again"),))])
        return typed


class PasswordChangeForm(NewPasswordForm):
    """The present password, then a new one, twice."""

    current_password = SecretField(
        label=_("Mot de passe actuel"),
        autocomplete="current-password",
        required_text=_("Donnez votre mot de passe actuel."),
        help_text=_("Pour être sûr que c’est bien vous."),
    )
    field_order = ("current_password", "password", "password_again")


class NamesForm(AccountForm):
    """Names, as their holder writes them."""

    given_names = forms.CharField(
        label=_("Prénom(s)"),
        max_length=NAME_AT_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Donnez votre prénom.")},
        help_text=_("Comme sur votre pièce d’identité."),
    )
    surname = forms.CharField(
        label=pgettext_lazy("of a person", "Nom"),
        max_length=NAME_AT_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": _("Donnez votre nom.")},
        help_text=_("Comme sur votre pièce d’identité."),
    )


class SignUpForm(NamesForm, NewPasswordForm):
    """What opens a local account."""

    email = AddressField(
        label=_("Adresse électronique professionnelle"),
        help_text=_("Un courriel y sera envoyé pour la confirmer. Exemple : prenom.nom@hopital.fr"),
    )
    field_order = ("given_names", "surname", "email", "password", "password_again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Mot de passe")
        self.fields["password_again"].label = _("Mot de passe, une seconde fois")


class AddressForm(AccountForm):
    """Another address, and the password where there is one."""

    email = AddressField(
        label=_("Nouvelle adresse électronique"),
        help_text=_("Un lien y sera envoyé pour la confirmer ; l’ancienne sert jusque-là."),
    )
    current_password = SecretField(
        label=_("Mot de passe actuel"),
        autocomplete="current-password",
        required_text=_("Donnez votre mot de passe actuel."),
        help_text=_("Pour être sûr que c’est bien vous."),
    )

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["current_password"]


class IdentityForm(NamesForm):
    """Names, where nobody vouches for them, and telephone."""

    phone = forms.CharField(
        label=_("Téléphone"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("Pour vous joindre au sujet d’un dossier. Exemple : 01 02 03 04 05"),
    )

    def __init__(self, *args: Any, may_rename: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_rename:
            del self.fields["given_names"], self.fields["surname"]
