"""Words of what is refused about webhooks."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.WEBHOOK_UNKNOWN: RefusalText(
        404,
        _("Webhook inconnu"),
        _("Aucun webhook visible ne porte cet identifiant."),
        _("Retrouvez-le dans la liste des webhooks de votre structure."),
    ),
    Code.WEBHOOK_URL_INVALID: RefusalText(
        422,
        _("Adresse de webhook illisible"),
        _("« %(text)s » n’est pas une adresse web complète."),
        _(
            "Écrivez-la en entier, comme https://automate.hopital.fr/guichet : sans espace, sans "
            "nom d’utilisateur et sans #."
        ),
    ),
    Code.WEBHOOK_URL_NOT_HTTPS: RefusalText(
        422,
        _("Adresse de webhook sans TLS"),
        _("« %(text)s » n’est pas en https."),
        _("Donnez une adresse en https, dont le certificat est reconnu."),
    ),
    Code.WEBHOOK_URL_FORBIDDEN: RefusalText(
        422,
        _("Adresse de webhook non publique"),
        _("« %(host)s » est une adresse privée ou locale, où le guichet n’envoie rien."),
        _("Donnez un nom ou une adresse que l’on joint depuis l’Internet."),
    ),
    Code.WEBHOOKS_TOO_MANY: RefusalText(
        409,
        _("Trop de webhooks"),
        _("Une structure a %(limit)s webhooks au plus."),
        _("Supprimez-en un qui ne sert plus, ou ajoutez ces événements à un webhook existant."),
    ),
    Code.DELIVERY_UNKNOWN: RefusalText(
        404,
        _("Envoi inconnu"),
        _("Ce webhook n’a pas d’envoi de cet identifiant."),
        _("Les envois sont gardés 30 jours : retrouvez-le dans le journal du webhook."),
    ),
}
