"""Words for ways to log in, for roles, and for what an account page has just done."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LOGINS: Final[Mapping[str, "_StrPromise"]] = {
    "card": _("carte"),
    "ecps": _("e-CPS"),
    "franceconnect": _("FranceConnect"),
    "proconnect": _("ProConnect"),
    "account": _("mot de passe"),
}

ROLES: Final[Mapping[str, "_StrPromise"]] = {
    "administrator": _("administrateur technique"),
    "representative": _("représentant"),
    "instructor": _("instructeur"),
    "supervisor": _("superviseur"),
    "operator": _("opérateur"),
    "ca-officer": _("officier des clés"),
    "auditor": _("auditeur"),
    "support": _("assistance"),
}

DONE: Final[Mapping[str, "_StrPromise"]] = {
    "identite": _("Votre identité est à jour."),
    "mot-de-passe": _("Votre mot de passe est changé ; vos autres connexions sont fermées."),
    "adresse-demandee": _(
        "Un courriel est parti à la nouvelle adresse : suivez son lien pour la confirmer."
    ),
    "adresse": _("Votre nouvelle adresse électronique est confirmée."),
    "franceconnect": _("FranceConnect n’ouvre plus ce compte."),
    "proconnect": _("ProConnect n’ouvre plus ce compte."),
    "carte": _("Votre carte est rattachée : ses dossiers et ceux de ce compte vont ensemble."),
    "session": _("La session est fermée."),
    "carte-retiree": _("La carte est détachée : chaque compte garde ses propres dossiers."),
}

ADVICE: Final[Mapping[str, "_StrPromise"]] = {
    "franceconnect": _(
        "Pour les représentants qui n’ont pas de carte : aucun mot de passe de plus à retenir."
        " La première connexion ouvre votre compte."
    ),
    "proconnect": _(
        "Pour les personnes qui travaillent dans l’établissement : ProConnect dit lequel, ce qui"
        " permet de reprendre le dossier d’un collègue parti."
    ),
}
