"""The steps of a ceremony, in order, as its plan makes them; each is announced in two languages."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guichet.domain.ceremonies.plan import DIVIDED, Act, Custody, Do, Officer, Plan


class StepKind(StrEnum):
    """What sort of step it is."""

    OPEN = "open"
    PRESENCE = "presence"
    CUSTODY = "custody"
    ACT = "act"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: a key that never changes, its title in French and in English, what it is about."""

    key: str
    kind: StepKind
    french: str
    english: str
    officer: Officer | None = None
    act: Act | None = None


ACTS: Final = {
    Do.CREATE: ("Créer l’autorité {authority}", "Create the authority {authority}"),
    Do.REQUEST: (
        "Faire la clé de {authority} et sa demande de certificat",
        "Make the key of {authority} and its certificate request",
    ),
    Do.ANSWER: (
        "Certifier {authority} par {issuer}, en réponse à sa demande",
        "Certify {authority} by {issuer}, in answer to its request",
    ),
    Do.INSTALL: (
        "Installer le certificat reçu pour {authority}",
        "Install the certificate received for {authority}",
    ),
    Do.INSTALL_ROOT: (
        "Installer la racine hors ligne {authority}",
        "Install the offline root {authority}",
    ),
    Do.RENEW: (
        "Renouveler {authority} avec une nouvelle clé",
        "Renew {authority} with a new key",
    ),
    Do.CROSS_CERTIFY: (
        "Certifier aussi {authority} par {issuer}",
        "Cross-certify {authority} by {issuer}",
    ),
    Do.RETIRE: (
        "Mettre {authority} en retrait : listes et OCSP seulement",
        "Retire {authority}: lists and OCSP only",
    ),
    Do.REVOKE: (
        "Révoquer le certificat {serial} de {authority}",
        "Revoke the certificate {serial} of {authority}",
    ),
    Do.ISSUE_LIST: (
        "Émettre la liste de révocation de {authority}",
        "Issue the revocation list of {authority}",
    ),
    Do.INSTALL_LIST: (
        "Installer la liste de révocation reçue de {authority}",
        "Install the revocation list received from {authority}",
    ),
    Do.DESTROY: ("Détruire la clé de {authority}", "Destroy the key of {authority}"),
}
CUSTODIES: Final = {
    Custody.NEW: (
        "Faire le secret du magasin de clés et le partager ({threshold} sur {total})",
        "Make the keystore’s secret and divide it ({threshold} of {total})",
    ),
    Custody.DIVIDE: (
        "Saisir le secret du magasin de clés et le partager ({threshold} sur {total})",
        "Type the keystore’s secret and divide it ({threshold} of {total})",
    ),
    Custody.SHARES: (
        "Réunir les parts qui ouvrent le magasin de clés",
        "Join the shares that open the keystore",
    ),
    Custody.FILE: (
        "Ouvrir le magasin de clés par le secret de l’exploitation",
        "Open the keystore by the credential in service",
    ),
}


def steps(plan: Plan) -> tuple[Step, ...]:
    """Every step of a plan: opening, each officer, the secret, each act, closing."""
    presences = (
        Step(
            key=f"presence-{number}",
            kind=StepKind.PRESENCE,
            french=f"Constater une présence : {officer.name}",
            english=f"Establish a presence: {officer.name}",
            officer=officer,
        )
        for number, officer in enumerate(plan.officers, start=1)
    )
    acts = (_act(number, act) for number, act in enumerate(plan.acts, start=1))
    return (
        Step(
            key="open",
            kind=StepKind.OPEN,
            french="Ouvrir la cérémonie",
            english="Open the ceremony",
        ),
        *presences,
        _custody(plan),
        *acts,
        Step(
            key="close",
            kind=StepKind.CLOSE,
            french="Clore la cérémonie",
            english="Close the ceremony",
        ),
    )


def _custody(plan: Plan) -> Step:
    french, english = CUSTODIES[plan.custody]
    told = {"threshold": plan.threshold, "total": len(plan.holders)}
    if plan.custody not in DIVIDED:
        told = {}
    return Step(
        key="custody",
        kind=StepKind.CUSTODY,
        french=french.format(**told),
        english=english.format(**told),
    )


def _act(number: int, act: Act) -> Step:
    french, english = ACTS[act.do]
    told = {"authority": act.code or act.authority, "issuer": act.issuer, "serial": act.serial}
    return Step(
        key=f"act-{number}",
        kind=StepKind.ACT,
        french=french.format(**told),
        english=english.format(**told),
        act=act,
    )
