"""Pages that are one form: their words, and the answer with its status."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from guichet.identities.forms import AccountForm
from guichet.web.forms import status_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWords:
    """What a page with one form says, and where one comes from: one's account, or the login."""

    title: "_StrPromise"
    submit: "_StrPromise"
    icon: str = "check"
    lead: "_StrPromise | str" = ""
    origin: Literal["account", "login"] = "account"

    @property
    def origin_url(self) -> str:
        """The name of the address that one comes from."""
        return f"identities:{self.origin}"


WORDS: Final[Mapping[str, FormWords]] = {
    "identity": FormWords(title=_("Mes nom et téléphone"), submit=_("Enregistrer")),
    "phone": FormWords(title=_("Mon téléphone"), submit=_("Enregistrer")),
    "password": FormWords(
        title=_("Changer le mot de passe"),
        lead=_("Vos autres connexions seront fermées."),
        submit=_("Changer le mot de passe"),
    ),
    "address": FormWords(
        title=_("Changer d’adresse électronique"),
        lead=_(
            "Un lien sera envoyé à la nouvelle adresse, et un avertissement à l’ancienne. Rien ne"
            " change avant la confirmation."
        ),
        submit=_("Recevoir un lien à cette adresse"),
    ),
    "forgotten": FormWords(
        title=_("Mot de passe oublié"),
        lead=_(
            "Donnez l’adresse de votre compte Guichet : un courriel vous permettra d’en choisir un"
            " nouveau."
        ),
        submit=_("Recevoir un lien"),
        icon="mail",
        origin="login",
    ),
    "reset": FormWords(
        title=_("Choisir un nouveau mot de passe"),
        lead=_("Toutes les connexions ouvertes de ce compte seront fermées."),
        submit=_("Changer le mot de passe"),
        icon="key",
        origin="login",
    ),
    "resend": FormWords(
        title=_("Recevoir un nouveau lien de confirmation"),
        lead=_("Une fois toutes les deux minutes au plus."),
        submit=_("Recevoir un lien"),
        icon="mail",
        origin="login",
    ),
    "sign-up": FormWords(
        title=_("Créer un compte Guichet"),
        lead=_(
            "Il permet à un représentant sans carte de demander une habilitation pour sa structure"
            " et de la suivre."
        ),
        submit=_("Créer le compte"),
        origin="login",
    ),
}


def form_page(request: HttpRequest, page: str, form: AccountForm) -> HttpResponse:
    """The page of a form by its key in WORDS; 422 when it comes back with errors."""
    status = status_of(form)
    context = {"form": form, "words": WORDS[page], "page": page}
    return render(request, "identities/form.html", context, status=status)
