"""Words for renewals, contacts of products and calendars."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.refusals import Code
from guichet.web.refusal_words.text import RefusalText

TEXTS: Final[Mapping[Code, RefusalText]] = {
    Code.RENEWAL_NOT_OPEN: RefusalText(
        409,
        _("Renouvellement pas encore ouvert"),
        _("Ce produit pourra être renouvelé à partir du %(opens_on)s."),
        _("Revenez à cette date ; un rappel sera envoyé à ses contacts."),
    ),
    Code.RENEWAL_PENDING: RefusalText(
        409,
        _("Renouvellement déjà demandé"),
        _("Ce produit est déjà renouvelé par la demande %(order)s."),
        _("Suivez cette demande, et retirez son certificat quand il est prêt."),
    ),
    Code.RENEWAL_REVOKED: RefusalText(
        409,
        _("Produit révoqué"),
        _("Un produit révoqué ne se renouvelle pas, même pour une clé compromise."),
        _("Demandez un nouveau produit, avec une nouvelle clé."),
    ),
    Code.RENEWAL_TOO_LATE: RefusalText(
        409,
        _("Produit expiré"),
        _("La validité de ce produit est passée depuis le %(expired_on)s."),
        _("Demandez un nouveau produit."),
    ),
    Code.RENEWAL_DIFFERS: RefusalText(
        422,
        _("Ce n’est plus un renouvellement"),
        _(
            "La demande ne désigne plus la même chose que le produit à renouveler :"
            " structure, offre, usage ou bénéficiaire."
        ),
        _("Reprenez les valeurs du produit, ou demandez un nouveau produit."),
    ),
    Code.KEY_NOT_RENEWABLE: RefusalText(
        422,
        _("Clé qui ne peut pas resservir"),
        _(
            "Le certificat à renouveler ne porte pas cette clé, n’est plus valable, a déjà été"
            " renouvelé avec elle, ou un incident dit qu’elle n’est plus sûre."
        ),
        _("Renouvelez avec une nouvelle clé."),
    ),
    Code.KEY_TOO_OLD: RefusalText(
        422,
        _("Clé trop ancienne"),
        _("Cette clé sert depuis le %(since)s ; elle ne peut pas servir plus longtemps."),
        _("Renouvelez avec une nouvelle clé."),
    ),
    Code.CONTACT_LAST: RefusalText(
        409,
        _("Dernier destinataire"),
        _("Plus personne ne recevrait les rappels de ce produit."),
        _("Ajoutez d’abord un autre contact sur la page du produit."),
    ),
    Code.CONTACTS_TOO_MANY: RefusalText(
        422,
        _("Trop de contacts"),
        _("Un produit a au plus %(maximum)s contacts."),
        _("Préférez une liste de diffusion."),
    ),
    Code.CONTACT_LINK_INVALID: RefusalText(
        404,
        _("Lien incorrect"),
        _("Ce lien ne désigne aucun abonnement à des rappels."),
        _("Ouvrez le lien tel qu’il est écrit dans le courriel."),
    ),
    Code.CALENDAR_LINK_UNKNOWN: RefusalText(
        404,
        _("Calendrier introuvable"),
        _("Ce lien d’abonnement n’existe pas, ou il a été supprimé."),
        _("Créez un nouveau lien sur la page « Ce qui expire »."),
    ),
}
