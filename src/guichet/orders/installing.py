"""How to install a product: its files, the commands that prepare them, and ready configuration.

What is shown is the templates of orders/snippets, filled with the product's own names. They come
from closed sets of characters (letters, digits, hyphens, dots, slashes): nothing needs quoting.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from guichet.domain.catalogue import profiles
from guichet.domain.catalogue.offers import Usage
from guichet.domain.catalogue.profiles import SIGNING
from guichet.orders.key_pages import file_name
from guichet.orders.summaries import ProductSummary
from guichet.web.environments import marked

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FOLDER: Final = re.compile(r"/[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*", re.ASCII)
EXAMPLE_HOST: Final = "service.exemple.fr"
ENCRYPTING: Final = frozenset({"key_encipherment", "key_agreement"})


class Family(StrEnum):
    """What a certificate is installed for."""

    CLIENT = "client"
    SERVER = "server"
    MESSAGE = "message"


FAMILIES: Final = {
    Usage.AUTH_CLI: Family.CLIENT,
    Usage.AUTH: Family.CLIENT,
    Usage.SSL_SERV: Family.SERVER,
}
FILES: Final[Mapping[str, "_StrPromise"]] = {
    "key": _("Sortir la clé du fichier PKCS#12, pour les logiciels qui la veulent seule"),
    "archive": _("Réunir la clé et le certificat en un fichier PKCS#12"),
    "single": _("Mettre le certificat, sa chaîne et la clé dans un seul fichier, pour HAProxy"),
    "pair": _("Mettre le certificat seul et la clé dans un fichier, pour Apache"),
    "keystore": _("Lire le fichier avec Java, et en faire un magasin JKS pour un ancien logiciel"),
}
NOT_PREPARED: Final[Mapping[Family, frozenset[str]]] = {
    Family.CLIENT: frozenset(),
    Family.SERVER: frozenset({"pair"}),
    Family.MESSAGE: frozenset({"single", "pair"}),
}
TITLES: Final = {
    "nginx": "nginx",
    "apache": "Apache",
    "haproxy": "HAProxy",
    "keycloak": "Keycloak",
    "spring": "Spring Boot",
    "java": "Java",
    "dotnet": ".NET",
    "python": "Python",
    "curl": "curl",
    "openssl": "OpenSSL",
    "windows": "Windows, IIS",
}
IN_POWERSHELL: Final = _(
    "Dans PowerShell, en administrateur : la première ligne si vous avez le fichier PKCS#12, la "
    "seconde si la clé a été créée sous Windows par certreq."
)
NOTES: Final[Mapping[str, "_StrPromise"]] = {
    "client/nginx": _("Dans le bloc server qui relaie vers le service."),
    "client/apache": _(
        "Dans l’hôte virtuel qui relaie vers le service, avec mod_ssl et mod_proxy."
    ),
    "client/haproxy": _("HAProxy ne lit ce fichier qu’au démarrage."),
    "client/keycloak": _("Pour les fournisseurs d’identité que Keycloak appelle."),
    "client/spring": _("Dans application.yml ; le lot se donne au client HTTP par son nom."),
    "client/java": _("Java lit le fichier PKCS#12 tel quel."),
    "client/dotnet": _("À partir de .NET 9."),
    "client/python": _("Avec la bibliothèque standard."),
    "client/curl": _("Pour un premier essai."),
    "client/openssl": _(
        "Pour voir l’échange TLS : la dernière ligne dit « Verify return code: 0 »."
    ),
    "server/nginx": _("Dans le bloc http."),
    "server/apache": _("Dans un fichier de site, avec mod_ssl."),
    "server/haproxy": _("Ajoutez la section backend du service."),
    "server/keycloak": _("Keycloak sert lui-même en HTTPS."),
    "server/spring": _("Dans application.yml, à partir de Spring Boot 3.1."),
    "server/java": _("Java lit le fichier PKCS#12 tel quel."),
    "server/dotnet": _("Dans Program.cs, avec Kestrel."),
    "server/python": _("Pour un essai, sur le port 8443."),
    "server/openssl": _("Pour un essai, sur le port 8443."),
    "client/windows": IN_POWERSHELL,
    "server/windows": IN_POWERSHELL,
    "message/openssl": _("Sur le message du fichier message.txt."),
    "message/python": _("Avec la bibliothèque cryptography."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the snippets are filled with. `chain` to `pkcs7`: names of downloads."""

    base: str
    host: str
    folder: str
    chain: str
    certificate: str
    roots: str
    pkcs7: str
    may_sign: bool = False
    may_encrypt: bool = False

    @property
    def archive(self) -> str:
        """The PKCS#12 that holds key and chain."""
        return marked(f"{self.base}.p12")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One ready piece of configuration, or commands; `note` says where it goes."""

    key: str
    title: "str | _StrPromise"
    note: "str | _StrPromise"
    text: str


def family_of(usage: str) -> Family:
    """What a usage is installed for."""
    return FAMILIES.get(Usage(usage), Family.MESSAGE)


def names_of(product: ProductSummary, *, host: str = "", folder: str = "") -> Names:
    """The names of a product; `host` is the service to reach, for who presents the certificate."""
    order = product.order
    base = file_name(order.beneficiary)
    used = profiles.profile(order.profile)
    bits = used.key_usage | used.key_usage_ec
    return Names(
        base=base,
        host=order.fqdn or host or EXAMPLE_HOST,
        folder=folder or f"/etc/ssl/{base}",
        chain=marked(f"chaine-{product.number}.pem"),
        certificate=marked(f"certificat-{product.number}.pem"),
        roots=marked(f"autorites-{product.number}.pem"),
        pkcs7=marked(f"certificat-{product.number}.p7b"),
        may_sign=not bits.isdisjoint(SIGNING),
        may_encrypt=not bits.isdisjoint(ENCRYPTING),
    )


def tools(family: Family, names: Names) -> tuple[str, ...]:
    """The tools that a family is shown for, in order."""
    found: Sequence[str] = [key for key in TITLES if f"{family}/{key}" in NOTES]
    if family is Family.MESSAGE and not names.may_sign:
        found = ["openssl"]
    return tuple(found)


def snippets(family: Family, names: Names) -> tuple[Snippet, ...]:
    """Configuration for every tool of a family."""
    return tuple(
        Snippet(tool, TITLES[tool], NOTES[f"{family}/{tool}"], text(f"{family}/{tool}", names))
        for tool in tools(family, names)
    )


def preparations(family: Family, names: Names) -> tuple[Snippet, ...]:
    """Commands that make the files which the configurations of a family name."""
    return tuple(
        Snippet(key, title, "", text(f"files/{key}", names))
        for key, title in FILES.items()
        if key not in NOT_PREPARED[family]
    )


def text(template: str, names: Names) -> str:
    """One snippet, filled."""
    told = {**asdict(names), "archive": names.archive}
    return render_to_string(f"orders/snippets/{template}.txt", told).strip()
