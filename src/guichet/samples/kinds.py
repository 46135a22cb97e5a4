"""What each kind of test certificate is for, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.samples import Kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Described:
    """A kind of test certificate. `is_good`: a server of TEST ought to accept it."""

    kind: Kind
    is_good: bool
    name: "_StrPromise"
    says: "_StrPromise"

    @property
    def slug(self) -> str:
        """As addresses and folders name it."""
        return self.kind.value


_DESCRIBED: Final = (
    Described(
        Kind.GOOD,
        is_good=True,
        name=_("Bon certificat"),
        says=_("ORG, usage AUTH_CLI, en cours de validité : votre serveur doit l’accepter."),
    ),
    Described(
        Kind.IN_PRODUCTION,
        is_good=False,
        name=_("De TEST, en production"),
        says=_("Bon, mais de TEST : votre serveur de production ne doit se fier qu’à sa racine."),
    ),
    Described(
        Kind.EXPIRED,
        is_good=False,
        name=_("Expiré"),
        says=_("Sa date de fin est passée : vérifiez que votre serveur compare les dates."),
    ),
    Described(
        Kind.REVOKED,
        is_good=False,
        name=_("Révoqué"),
        says=_("Il est sur la liste de révocation et l’OCSP le dit : votre serveur doit les lire."),
    ),
    Described(
        Kind.WRONG_USAGE,
        is_good=False,
        name=_("Mauvais usage"),
        says=_("ORG, usage SIGN : de la bonne autorité, mais sans clientAuth."),
    ),
    Described(
        Kind.WRONG_AUTHORITY,
        is_good=False,
        name=_("Mauvaise autorité"),
        says=_("Les mêmes noms, signés par la clé d’une autre : votre serveur compare des clés."),
    ),
    Described(
        Kind.WEAK_KEY,
        is_good=False,
        name=_("Clé faible"),
        says=_("RSA de 1024 bits, signé par le laboratoire : fiez-vous à sa racine pour l’essai."),
    ),
    Described(
        Kind.WEAK_SIGNATURE,
        is_good=False,
        name=_("Signature faible"),
        says=_("Signé en SHA-1 par le laboratoire : fiez-vous à sa racine pour l’essai."),
    ),
)
DESCRIBED: Final[Mapping[str, Described]] = {one.slug: one for one in _DESCRIBED}
