"""A name that was not proved, in words that say what to do."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.acme.flaws import KINDS, Cause, Flaw, Kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WORDS: Final[Mapping[Cause, "_StrPromise"]] = {
    Cause.DNS_UNAVAILABLE: _(
        "Le DNS n’a pas répondu pour %(name)s. Vérifiez les serveurs de noms du domaine, puis "
        "recommencez."
    ),
    Cause.NO_ADDRESS: _(
        "%(name)s n’a aucune adresse dans le DNS. Publiez un enregistrement A ou AAAA, ou prouvez "
        "le nom par dns-01."
    ),
    Cause.ADDRESS_FORBIDDEN: _(
        "%(name)s désigne l’adresse %(address)s, que le guichet n’interroge pas : elle n’est pas "
        "publique. Prouvez le nom par dns-01."
    ),
    Cause.UNREACHABLE: _(
        "Personne ne répond à temps à l’adresse %(address)s, port %(port)s, de %(name)s. Ouvrez ce "
        "port au guichet, puis recommencez."
    ),
    Cause.ANSWER_UNREADABLE: _(
        "%(name)s n’a pas répondu en HTTP à temps, ou a trop répondu. Vérifiez quel service écoute "
        "sur ce port."
    ),
    Cause.STATUS: _(
        "%(name)s a répondu par le code HTTP %(status)s au lieu de 200. Servez le fichier "
        "/.well-known/acme-challenge/%(token)s, puis recommencez."
    ),
    Cause.REDIRECTION: _(
        "%(name)s renvoie à une adresse que le guichet ne suit pas. Renvoyez à un nom, en http ou "
        "https, sur les ports habituels."
    ),
    Cause.TOO_MANY_REDIRECTIONS: _(
        "%(name)s renvoie plus de %(count)s fois d’une adresse à l’autre. Servez le fichier au "
        "premier renvoi."
    ),
    Cause.BODY: _(
        "Le fichier servi par %(name)s n’est pas celui attendu : on y lit « %(found)s ». Servez "
        "l’autorisation de clé du compte ACME qui fait la demande."
    ),
    Cause.RECORD_MISSING: _(
        "Aucun enregistrement TXT n’est publié à %(record)s. Publiez-le, attendez que vos serveurs "
        "de noms le servent, puis recommencez."
    ),
    Cause.RECORD_DIFFERENT: _(
        "L’enregistrement TXT publié à %(record)s n’a pas la valeur attendue : on y lit "
        "« %(found)s ». Publiez celle du compte ACME qui fait la demande."
    ),
    Cause.HANDSHAKE: _(
        "La connexion TLS à %(name)s, adresse %(address)s, n’a pas abouti. Vérifiez que le "
        "répondeur tls-alpn-01 écoute sur ce port."
    ),
    Cause.PROTOCOL: _(
        "Le serveur de %(name)s ne parle pas le protocole acme-tls/1. Faites arriver la connexion "
        "au répondeur tls-alpn-01."
    ),
    Cause.CERTIFICATE_UNREADABLE: _(
        "Le certificat présenté par %(name)s pour tls-alpn-01 est illisible. Mettez à jour le "
        "client ACME qui le fait, ou prouvez le nom par http-01 ou dns-01."
    ),
    Cause.CERTIFICATE_NAMES: _(
        "Le certificat présenté pour tls-alpn-01 doit porter %(name)s et aucun autre nom. Faites "
        "arriver la connexion au répondeur tls-alpn-01, et non au serveur habituel."
    ),
    Cause.CERTIFICATE_SIGNED_BY_ANOTHER: _(
        "Le certificat présenté par %(name)s pour tls-alpn-01 n’est pas signé par sa propre clé. "
        "Faites arriver la connexion au répondeur tls-alpn-01, et non au serveur habituel."
    ),
    Cause.CERTIFICATE_IDENTIFIER: _(
        "Le certificat présenté par %(name)s ne porte pas l’extension acmeIdentifier attendue, "
        "critique et à la valeur de ce compte ACME. Vérifiez que le répondeur tls-alpn-01 est "
        "celui du client ACME qui fait la demande."
    ),
    Cause.CAA_UNAVAILABLE: _(
        "Les enregistrements CAA de %(name)s n’ont pas pu être lus. Vérifiez les serveurs de noms "
        "du domaine, puis recommencez."
    ),
    Cause.CAA_CRITICAL: _(
        "Un enregistrement CAA de %(domain)s est critique et inconnu du guichet : « %(tag)s ». "
        "Retirez-le, ou ne le dites plus critique."
    ),
    Cause.CAA_ISSUER: _(
        "Les enregistrements CAA de %(domain)s n’autorisent pas ce guichet. Ajoutez-y : issue "
        '"%(identity)s".'
    ),
    Cause.CAA_ACCOUNT: _(
        "Les enregistrements CAA de %(domain)s n’autorisent pas ce compte ACME (accounturi). "
        "Ajoutez-y son adresse, ou employez le compte qu’ils nomment."
    ),
    Cause.CAA_METHOD: _(
        "Les enregistrements CAA de %(domain)s n’autorisent pas la preuve par %(method)s "
        "(validationmethods). Ajoutez-la, ou prouvez le nom comme ils le permettent."
    ),
}


class Unproved(Exception):  # noqa: N818 an answer about a name, not a fault of ours
    """A name was not proved. `kind` is the end of an ACME error type (RFC 8555 §6.7).

    `detail` is a sentence in the language that was active when it was raised.
    """

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(kind, detail)
        self.kind, self.detail = kind, detail


def unproved(flaw: Flaw) -> Unproved:
    """The exception that tells a flaw."""
    return Unproved(KINDS[flaw.cause], str(WORDS[flaw.cause]) % dict(flaw.facts))
