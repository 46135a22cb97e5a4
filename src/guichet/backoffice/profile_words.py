"""The words of profiles: what their lines settle, and where a field of a certificate comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.domain.catalogue.profiles import Profile
from guichet.x509 import names
from guichet.x509.decode import Description

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LINES: Final[Mapping[str, "_StrPromise"]] = {
    "authorities": gettext_lazy("Autorités qui signent"),
    "authority_information": gettext_lazy("Adresses OCSP et du certificat de l’autorité"),
    "code": gettext_lazy("Code"),
    "crl": gettext_lazy("Adresse de la liste de révocation"),
    "extended_key_usage": gettext_lazy("Usages étendus (extendedKeyUsage)"),
    "freshest_crl": gettext_lazy("Adresse de la liste des changements"),
    "key_usage ec": gettext_lazy("Usages d’une clé EC (keyUsage)"),
    "key_usage rsa": gettext_lazy("Usages d’une clé RSA (keyUsage)"),
    "keys curves": gettext_lazy("Courbes acceptées"),
    "keys others": gettext_lazy("Autres clés acceptées"),
    "keys preferred": gettext_lazy("Clé proposée"),
    "keys rsa_bits": gettext_lazy("Tailles RSA acceptées, en bits"),
    "ocsp_nocheck": gettext_lazy("Jamais vérifié par OCSP (ocsp-nocheck)"),
    "offer": gettext_lazy("Offre"),
    "orderable": gettext_lazy("Peut être demandé"),
    "policy_oids": gettext_lazy("Politiques de certification"),
    "private_key_usage_months": gettext_lazy("Durée d’emploi de la clé pour signer, en mois"),
    "subject": gettext_lazy("Ce que le certificat désigne"),
    "subject_alt_name": gettext_lazy("Noms de remplacement (subjectAltName)"),
    "test authorities": gettext_lazy("Autorités ajoutées en TEST"),
    "test keys": gettext_lazy("Clés ajoutées en TEST"),
    "usage": gettext_lazy("Usage"),
    "validity_days": gettext_lazy("Validité, en jours"),
    "validity_minutes": gettext_lazy("Validité, en minutes"),
    "validity_months": gettext_lazy("Validité, en mois"),
}
SUBJECTS: Final[Mapping[str, "_StrPromise"]] = {
    "service": gettext_lazy("un service applicatif"),
    "server": gettext_lazy("un serveur"),
    "mailbox": gettext_lazy("une boîte aux lettres"),
    "person": gettext_lazy("une personne"),
    "card": gettext_lazy("le porteur d’une carte"),
    "responder": gettext_lazy("un service du guichet"),
}
ALTERNATIVE_NAMES: Final[Mapping[str, "_StrPromise"]] = {
    "none": gettext_lazy("aucun"),
    "dns": gettext_lazy("le nom du serveur"),
    "email": gettext_lazy("l’adresse électronique"),
    "email-optional": gettext_lazy("l’adresse électronique, si elle est donnée"),
}
VALUES: Final[Mapping[str, Mapping[str, "_StrPromise"]]] = {
    "subject": SUBJECTS,
    "subject_alt_name": ALTERNATIVE_NAMES,
}
"""Words for what some lines say; of the others the value is what people call it."""
PRODUCTION: Final = "production "


@dataclass(frozen=True, slots=True)
class Field:
    """A field or an extension of a certificate, its value in lines, and who decided it."""

    name: str
    values: tuple[str, ...]
    source: str
    critical: bool = False


def line_words(line: str) -> str:
    """What a line of a profile settles; the line itself where there is no better word."""
    if line.startswith(PRODUCTION):
        return _("%(line)s, en PRODUCTION") % {"line": line_words(line.removeprefix(PRODUCTION))}
    if line.startswith("private_extensions "):
        return _("Extension propre au secteur %(oid)s") % {"oid": line.partition(" ")[2]}
    return str(LINES.get(line, line))


def value_words(line: str, value: Any) -> str:
    """The value of a line as people read it."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "—"
    return str(VALUES.get(line.removeprefix(PRODUCTION), {}).get(value, value))


def fields(found: Description, profile: Profile) -> Iterator[Field]:
    """Every field and extension of a certificate with its source."""
    authority, request = _("autorité"), _("demande de certificat (CSR)")
    settled = _("profil")
    yield Field(_("Version"), (str(found.version),), settled)
    yield Field(
        _("Numéro de série"), (found.serial_hex,), _("tirage au sort (fixe dans un spécimen)")
    )
    yield Field(_("Algorithme de signature"), (found.signature_algorithm,), authority)
    yield Field(_("Émetteur"), (found.issuer_text,), authority)
    yield Field(
        _("Début"), (f"{found.not_before:%Y-%m-%d %H:%M:%S} UTC",), _("instant de signature")
    )
    yield Field(_("Fin"), (f"{found.not_after:%Y-%m-%d %H:%M:%S} UTC",), settled)
    for rdn in found.subject:
        for oid, value in rdn:
            name = names.SHORT_NAMES.get(oid, oid)
            yield Field(
                _("Sujet, %(name)s") % {"name": name}, (value,), _subject_source(oid, profile)
            )
    yield Field(_("Clé publique"), (found.key_text, found.key.spki_sha256), request)
    for extension in found.extensions:
        source = _extension_source(extension.name)
        yield Field(extension.name, extension.lines, source, extension.critical)


def _subject_source(oid: str, profile: Profile) -> str:
    if oid == names.COUNTRY:
        return _("profil")
    if oid == names.COMMON_NAME or profile.subject_kind == "person":
        return _("formulaire de demande")
    return _("registre")


def _extension_source(name: str) -> str:
    sources = {
        "subjectKeyIdentifier": _("demande de certificat (CSR)"),
        "authorityKeyIdentifier": _("autorité"),
        "subjectAltName": _("formulaire de demande"),
        "cRLDistributionPoints": _("profil et configuration (GUICHET_PKI_URL)"),
        "freshestCRL": _("profil et configuration (GUICHET_PKI_URL)"),
        "authorityInfoAccess": _("profil et configuration (GUICHET_PKI_URL)"),
    }
    return sources.get(name, _("profil"))
