"""The states people meet, in their words and colours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guichet.domain.orders.states import OrderState

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: Final = ("neutral", "info", "success", "warning", "danger")


@dataclass(frozen=True, slots=True)
class Shown:
    """A state's label and the kind of its badge."""

    label: "_StrPromise"
    kind: str


STATES: Final[Mapping[str, Shown]] = {
    # Orders
    "draft": Shown(_("Brouillon"), "neutral"),
    "submitted": Shown(_("Déposée"), "info"),
    "issuing": Shown(_("En cours de création"), "info"),
    "available": Shown(_("À retirer"), "warning"),
    "withdrawn": Shown(_("Retirée"), "success"),
    "failed": Shown(_("En échec"), "danger"),
    "cancelled": Shown(_("Annulée"), "neutral"),
    # Products
    "active": Shown(_("Actif"), "success"),
    "expiring": Shown(_("Expire bientôt"), "warning"),
    "expired": Shown(_("Expiré"), "neutral"),
    "revoked": Shown(_("Révoqué"), "danger"),
    # Dossiers
    "filed": Shown(_("En construction"), "info"),
    "in-instruction": Shown(_("En instruction"), "warning"),
    "accepted": Shown(_("Accepté"), "success"),
    "refused-dossier": Shown(_("Refusé"), "danger"),
    "closed": Shown(_("Classé sans suite"), "neutral"),
    "to-correct": Shown(_("À corriger"), "warning"),
    # Rights
    "right-active": Shown(_("Actif"), "success"),
    "right-suspended": Shown(_("Suspendu"), "warning"),
    "right-ended": Shown(pgettext_lazy("of a right", "Terminé"), "neutral"),
    # E-mails
    "pending": Shown(_("En attente"), "info"),
    "sending": Shown(_("En cours d’envoi"), "info"),
    "sent": Shown(_("Envoyé"), "success"),
}


# In French an order is feminine; what else expires or is revoked is not.
_ORDERS: Final[Mapping[OrderState, Shown]] = {
    OrderState.EXPIRED: Shown(_("Expirée"), "neutral"),
    OrderState.REVOKED: Shown(_("Révoquée"), "danger"),
}


def shown_of_order(state: OrderState) -> Shown:
    """The words of the state of an order."""
    return _ORDERS.get(state) or STATES[state.value]


def shown(state: object) -> Shown | None:
    """The words of a state, or of its value in any case, with _ or -; None when unknown."""
    if isinstance(state, OrderState):
        return shown_of_order(state)
    return STATES.get(str(getattr(state, "value", state)).lower().replace("_", "-"))
