"""What certificates are for, and the type that each use takes (deck, offers)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.dossier.declaration import CertificateType

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Use:
    """A service that people name, the type of certificate it takes, and what to know of it."""

    key: str
    name: "_StrPromise"
    type: CertificateType
    advice: "_StrPromise | str" = ""


USES: Final = (
    Use("psc", _("Pro Santé Connect"), CertificateType.ORG, _("usage AUTH_CLI, TLS mutuel")),
    Use("dmp", _("DMP"), CertificateType.ORG, _("usages AUTH_CLI et SIGN")),
    Use("ror", _("ROR"), CertificateType.ORG, _("le DN du certificat est à transmettre au ROR")),
    Use("annuaire", _("Annuaire Santé"), CertificateType.ORG),
    Use(
        "insi",
        _("INSi"),
        CertificateType.ORG,
        _("le service s’appellera exactement INSI-AUTO ou INSI-MANU"),
    ),
    Use("mssante", _("MSSanté"), CertificateType.SERV_SSL, _("domaine ou serveur de messagerie")),
    Use("diapason", _("Diapason"), CertificateType.SERV_SSL),
    Use("psig", _("PSIG"), CertificateType.SERV_SSL),
    Use("hprim", _("HPRIM Net"), CertificateType.SERV_MAIL, _("messagerie S/MIME")),
    Use("dp", _("Dossier pharmaceutique"), CertificateType.PRO),
)
