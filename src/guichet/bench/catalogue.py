"""Test certificates, good and wrong, to present to one's own server.

They are prepared beforehand under <state>/bench/certificates/<slug>/ (chain.pem, key.pem,
identity.p12): the bench signs nothing. Their keys are published: they prove nothing to anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PASSWORD: Final = "guichet-test"  # noqa: S105 told to everybody: test certificates
LABORATORY: Final = "laboratoire.pem"
CHAIN: Final = "chain.pem"
KEY: Final = "key.pem"
PACKAGE: Final = "identity.p12"


@dataclass(frozen=True, slots=True)
class Sample:
    """A kind of test certificate. `is_good`: a server ought to accept it."""

    slug: str
    is_good: bool
    name: "_StrPromise"
    says: "_StrPromise"


_SAMPLES: Final = (
    Sample(
        "good",
        is_good=True,
        name=_("Bon certificat"),
        says=_("ORG, usage AUTH_CLI, en cours de validité : votre serveur doit l’accepter."),
    ),
    Sample(
        "expired",
        is_good=False,
        name=_("Expiré"),
        says=_("Sa date de fin est passée : vérifiez que votre serveur compare les dates."),
    ),
    Sample(
        "revoked",
        is_good=False,
        name=_("Révoqué"),
        says=_("Il est sur la liste de révocation et l’OCSP le dit : votre serveur doit les lire."),
    ),
    Sample(
        "wrong-usage",
        is_good=False,
        name=_("Mauvais usage"),
        says=_("ORG, usage SIGN : de la bonne autorité, mais sans clientAuth."),
    ),
    Sample(
        "wrong-authority",
        is_good=False,
        name=_("Mauvaise autorité"),
        says=_("Les mêmes noms, signés par la clé d’une autre : votre serveur compare des clés."),
    ),
    Sample(
        "weak-key",
        is_good=False,
        name=_("Clé faible"),
        says=_("RSA de 1024 bits, signé par le laboratoire : fiez-vous à sa racine pour l’essai."),
    ),
    Sample(
        "weak-signature",
        is_good=False,
        name=_("Signature faible"),
        says=_("Signé en SHA-1 par le laboratoire : fiez-vous à sa racine pour l’essai."),
    ),
)
SAMPLES: Final[Mapping[str, Sample]] = {sample.slug: sample for sample in _SAMPLES}


def folder_of(state: Path) -> Path:
    """Where they are prepared."""
    return state / "bench" / "certificates"


def prepared(state: Path) -> tuple[Sample, ...]:
    """The kinds that are there to be used, in the order of the catalogue."""
    return tuple(s for s in SAMPLES.values() if (folder_of(state) / s.slug / CHAIN).is_file())
