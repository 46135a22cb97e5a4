"""What the journal's events and facts are called on the pages of a product."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.journal.events import Event

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

EVENTS: Final[Mapping[str, "_StrPromise"]] = {
    Event.SIGNING_REQUESTED.value: _("Signature demandée à l’autorité"),
    Event.SIGNING_PLANNED.value: _("Contenu du certificat arrêté"),
    Event.SIGNING_FAILED.value: _("Signature refusée par l’autorité"),
    Event.CERTIFICATE_ISSUED.value: _("Certificat signé"),
    Event.CERTIFICATE_REVOKED.value: _("Certificat révoqué par l’autorité"),
    Event.ORDER_PLACED.value: _("Demande envoyée"),
    Event.ORDER_AVAILABLE.value: _("Certificat disponible au retrait"),
    Event.ORDER_FAILED.value: _("Demande échouée"),
    Event.ORDER_CANCELLED.value: _("Demande annulée"),
    Event.ORDER_EXPIRED.value: _("Délai de retrait dépassé"),
    Event.ORDER_WITHDRAWN.value: _("Certificat retiré"),
    Event.ORDER_REVOKED.value: _("Certificat révoqué avant son retrait"),
    Event.ORDER_REKEYED.value: _("Clé de la demande remplacée"),
    Event.KEY_PROVED.value: _("Possession de la clé privée prouvée"),
    Event.PRODUCT_REVOKED.value: _("Produit révoqué"),
    Event.PRODUCT_TAGGED.value: _("Étiquette ajoutée"),
    Event.PRODUCT_UNTAGGED.value: _("Étiquette retirée"),
    Event.PRODUCT_OWNER_SET.value: _("Responsable modifié"),
    Event.REVOCATION_CODE_WRONG.value: _("Code de révocation refusé"),
    Event.REVOCATION_CODE_LOCKED.value: _("Code de révocation bloqué un moment"),
    Event.EXPIRY_TOLD.value: _("Rappel de l’échéance envoyé"),
    Event.CONTACTS_CHANGED.value: _("Contacts modifiés"),
    Event.CONTACT_BOUNCED.value: _("Courriel refusé par un contact"),
    Event.CONTACT_LEFT.value: _("Un contact ne veut plus de rappels"),
}
FACTS: Final[Mapping[str, "_StrPromise"]] = {
    "attempt": _("Rang de la clé"),
    "certificate": _("Certificat"),
    "channel": _("Canal"),
    "failure": _("Cause"),
    "key": _("Empreinte de la clé"),
    "mails": _("Courriels"),
    "motive": _("Motif"),
    "occasion": _("Occasion"),
    "owner": _("Responsable"),
    "product": _("Produit"),
    "profile": _("Offre et usage"),
    "reason": _("Raison"),
    "request": _("Demande de signature"),
    "right": _("Habilitation"),
    "serial": _("Numéro de série"),
    "structure": _("Structure"),
    "superseded": _("Certificat remplacé"),
    "tag": _("Étiquette"),
}
