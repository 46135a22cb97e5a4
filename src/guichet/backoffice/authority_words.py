"""The words of authorities: their states, what their key signs, what happened to them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.domain.certificates.authority_states import AuthorityState, Work
from guichet.domain.certificates.crl_policy import CrlKind
from guichet.journal.events import Event

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words = Mapping[str, "_StrPromise"]

STATES: Final[Mapping[AuthorityState, tuple["_StrPromise", str]]] = {
    AuthorityState.ACTIVE: (gettext_lazy("En service"), "success"),
    AuthorityState.RETIRING: (gettext_lazy("En retrait"), "warning"),
    AuthorityState.OFFLINE: (gettext_lazy("Hors ligne"), "info"),
    AuthorityState.ENDED: (gettext_lazy("Finie"), "neutral"),
    AuthorityState.DESTROYED: (gettext_lazy("Clé détruite"), "neutral"),
}
WORKS: Final[Words] = {
    Work.CERTIFICATES: gettext_lazy("les certificats des abonnés"),
    Work.AUTHORITIES: gettext_lazy("les certificats d’autres autorités"),
    Work.DELEGATES: gettext_lazy("les certificats de ses répondeurs OCSP"),
    Work.LISTS: gettext_lazy("ses listes de révocation"),
}
LISTS: Final[Words] = {
    CrlKind.FULL: gettext_lazy("Complète"),
    CrlKind.DELTA: gettext_lazy("Des changements"),
}
EVENTS: Final[Words] = {
    Event.AUTHORITY_CREATED.value: gettext_lazy("Autorité créée"),
    Event.AUTHORITY_REQUEST_MADE.value: gettext_lazy("Demande faite pour un émetteur hors ligne"),
    Event.AUTHORITY_REQUEST_ANSWERED.value: gettext_lazy("Réponse de l’émetteur installée"),
    Event.AUTHORITY_CROSS_CERTIFIED.value: gettext_lazy("Certificat croisé reçu"),
    Event.AUTHORITY_RETIRED.value: gettext_lazy("Mise en retrait"),
    Event.AUTHORITY_ENDED.value: gettext_lazy("Fin"),
    Event.AUTHORITY_KEY_DESTROYED.value: gettext_lazy("Clé détruite"),
}


def where_keys_are(keystore: str) -> str:
    """Where a keystore's address says that keys are held."""
    scheme = keystore.partition(":")[0]
    if scheme == "pkcs11":
        return _("dans un module cryptographique (PKCS#11)")
    return _("dans un dossier de clés chiffré")
