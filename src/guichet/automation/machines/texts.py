"""Words of machine accounts: verbs, credentials, what the journal tells of them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.machines import CredentialKind, Verb
from guichet.identities.machines import MachineFacts
from guichet.journal import queries as journal
from guichet.journal.events import Event
from guichet.web.timelines import Happened

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

VERBS: Final[Mapping[Verb, tuple["_StrPromise", "_StrPromise"]]] = {
    Verb.READ: (_("Lire"), _("voir les demandes et les certificats dans ses limites")),
    Verb.ORDER: (_("Commander"), _("demander de nouveaux certificats")),
    Verb.WITHDRAW: (_("Retirer"), _("recevoir les certificats prêts")),
    Verb.RENEW: (_("Renouveler"), _("remplacer un certificat avant sa fin")),
    Verb.REVOKE: (_("Révoquer"), _("mettre fin à un certificat, définitivement")),
    Verb.CONTACTS: (_("Gérer les contacts"), _("changer qui est prévenu d’une échéance")),
    Verb.WEBHOOKS: (_("Gérer les webhooks"), _("choisir où le guichet envoie ses événements")),
}
USUAL_VERBS: Final = (Verb.READ, Verb.ORDER, Verb.WITHDRAW, Verb.RENEW)

KINDS: Final[Mapping[CredentialKind, "_StrPromise"]] = {
    CredentialKind.TOKEN: _("Jeton REST"),
    CredentialKind.CERTIFICATE: _("Certificat"),
    CredentialKind.EAB: _("Clé ACME (EAB)"),
    CredentialKind.EST_SECRET: _("Secret EST"),
}

CHANNELS: Final[Mapping[str, "_StrPromise"]] = {
    "api": _("par l’API REST"),
    "acme": _("par ACME"),
    "est": _("par EST"),
}

SAID: Final[Mapping[str, tuple["_StrPromise", str]]] = {
    Event.MACHINE_CREATED.value: (_("Automate créé"), "success"),
    Event.MACHINE_CHANGED.value: (_("Automate modifié"), "info"),
    Event.MACHINE_DISABLED.value: (_("Automate désactivé"), "danger"),
    Event.MACHINE_ENABLED.value: (_("Automate réactivé"), "success"),
    Event.CREDENTIAL_ISSUED.value: (_("Accès créé"), "info"),
    Event.CREDENTIAL_REVOKED.value: (_("Accès révoqué"), "warning"),
    Event.CREDENTIAL_USED.value: (_("Accès à usage unique employé"), "info"),
}


def life_of(machine: MachineFacts) -> tuple[Happened, ...]:
    """What the journal tells of an account, the newest first."""
    told = journal.entries_about(machine.ref)
    found = (entry for entry in reversed(told) if entry.event in SAID)
    return tuple(
        Happened(entry.at, title, detail_of(entry.facts), kind)
        for entry, (title, kind) in ((entry, SAID[entry.event]) for entry in found)
    )


def detail_of(facts: Mapping[str, object]) -> str:
    """What an entry tells beside its title: the kind of a credential, or the verbs given."""
    if kind := facts.get("kind"):
        return str(KINDS.get(CredentialKind(str(kind)), kind))
    return ", ".join(verb_words(Verb(verb) for verb in str(facts.get("verbs", "")).split()))


def verb_words(verbs: Iterable[Verb]) -> tuple[str, ...]:
    """The words of verbs, in the order of their declaration."""
    held = frozenset(verbs)
    return tuple(str(VERBS[verb][0]) for verb in Verb if verb in held)


def credential_words(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """How many credentials are open, by the words of their kind; those without any left out."""
    found = ((str(words), counts.get(kind.value, 0)) for kind, words in KINDS.items())
    return tuple((words, count) for words, count in found if count)
