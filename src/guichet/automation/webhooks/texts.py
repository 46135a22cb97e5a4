"""Webhooks in words: what is told, where a hook stands, why a try failed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.webhooks import DeliveryState, HookState, Topic

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TOPICS: Final[Mapping[Topic, "_StrPromise"]] = {
    Topic.ORDER_AVAILABLE: _("Un certificat est prêt à être retiré"),
    Topic.ORDER_FAILED: _("Une demande n’a pas abouti"),
    Topic.ORDER_WITHDRAWN: _("Un certificat est retiré"),
    Topic.ORDER_EXPIRED: _("Une demande a expiré sans être retirée"),
    Topic.ORDER_CANCELLED: _("Une demande est annulée"),
    Topic.PRODUCT_EXPIRING: _("Un certificat approche de sa fin (à 90, 60, 30, 15, 7 et 1 jours)"),
    Topic.PRODUCT_EXPIRED: _("Un certificat a expiré sans successeur"),
    Topic.PRODUCT_RENEWAL_WANTED: _("Un certificat est à renouveler, et personne ne l’a demandé"),
    Topic.PRODUCT_RECALLED: _("Un incident va révoquer un certificat"),
    Topic.PRODUCT_RECALL_CANCELLED: _("Un rappel est levé"),
    Topic.PRODUCT_REVOKED: _("Un certificat est révoqué"),
    Topic.RIGHT_ENDING: _("Une habilitation approche de sa fin"),
    Topic.ASSOCIATION_CHANGED: _("Un service ou ses certificats associés changent"),
    Topic.PING: _("Essai"),
}
USUAL: Final = (
    Topic.ORDER_AVAILABLE,
    Topic.ORDER_FAILED,
    Topic.PRODUCT_RENEWAL_WANTED,
    Topic.PRODUCT_RECALLED,
    Topic.PRODUCT_REVOKED,
)
STATES: Final[Mapping[HookState, tuple["_StrPromise", str]]] = {
    HookState.ACTIVE: (_("Ouvert"), "success"),
    HookState.PAUSED: (_("En pause"), "neutral"),
    HookState.FAILING: (_("En panne"), "danger"),
    HookState.GONE: (_("Disparu"), "neutral"),
}
DELIVERIES: Final[Mapping[DeliveryState, tuple["_StrPromise", str]]] = {
    DeliveryState.WAITING: (_("En attente"), "info"),
    DeliveryState.DELIVERED: (_("Reçu"), "success"),
    DeliveryState.ABANDONED: (_("Abandonné"), "danger"),
}
ERRORS: Final[Mapping[str, "_StrPromise"]] = {
    "dns": _("Nom inconnu du DNS"),
    "address": _("Adresse privée, non jointe"),
    "connection": _("Connexion impossible"),
    "tls": _("Certificat du serveur refusé"),
    "timeout": _("Pas de réponse à temps"),
    "protocol": _("Réponse qui n’est pas du HTTP"),
}
VERIFY: Final = """# pip install standardwebhooks
from standardwebhooks import Webhook

notice = Webhook(SECRET).verify(body, headers)  # body: the octets received
print(notice["type"], notice["data"])
"""
