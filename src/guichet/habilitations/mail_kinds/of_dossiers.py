"""The e-mails of a dossier's life, and of those who share it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from guichet.notifications.wording.catalogue import MailKind

AT: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DOSSIER: Final[Mapping[str, Any]] = {"number": 9073113, "legal_name": "HOPITAL DES 3 DAMES"}
CODE: Final = "7GQ4-2MXK"
REASON: Final = "Le mandat n’est pas signé."
BY: Final = "SOPHIE DIRECTRICE"
EMAIL: Final = "sophie@hopital.example"
TOKEN: Final = "secret-du-lien"  # noqa: S105 a sample
CARD: Final = "2800143590"
OUTCOME: Final[Mapping[str, Any]] = {
    "administrators": [{"name": "JEANNE CHARLES", "card_number": CARD}],
    "types": ["ORG : AUTH_CLI"],
    "left_out": [("PAUL RIEN (2800999999)", "Carte inconnue")],
}
NEWS: Final[Mapping[str, Any]] = {**DOSSIER, "kinds": ["new", "changed", "corrected", "message"]}
KINDS_PART: Final = "habilitations/mail/news_kinds"
DESK: Final = "https://guichet.example/gestion/dossiers/"


def _kind(
    template: str,
    when: Any,
    *others: Mapping[str, Any],
    needed: tuple[str, ...] = (),
    **sample: Any,
) -> MailKind:
    return MailKind(
        template=f"habilitations/mail/{template}",
        when=when,
        sample={"dossier": DOSSIER, **sample},
        others=others,
        needed=needed,
    )


def _recovery(template: str, when: Any, *needed: str, **sample: Any) -> MailKind:
    ends = ("refused", "withdrawn", "void")
    others = tuple({"end": end} for end in ends) if "end" in sample else ()
    values = {"by": BY, "email": EMAIL, "siret": "26750045200011", "due": AT, **sample}
    return _kind(template, when, *others, needed=needed, **values)


def _news(template: str, when: Any) -> MailKind:
    return MailKind(
        template=f"habilitations/mail/{template}",
        when=when,
        sample={
            "name": BY,
            "found": [NEWS],
            "first": NEWS,
            "count": 3,
            "more": 2,
            "since": AT,
            "desk_url": DESK,
        },
        others=(
            {
                "found": [{**NEWS, "kinds": ["confirmed", "denied", "waiting"]}],
                "first": {**NEWS, "kinds": ["confirmed", "denied", "waiting"]},
                "more": 0,
            },
        ),
        parts=(KINDS_PART,),
    )


KINDS: Final = (
    _kind("deposited", _("Un dossier est déposé."), code=CODE),
    _kind("changed", _("Des modifications d’un dossier sont déposées."), code=CODE),
    _kind("taken", _("L’instruction d’un dossier commence.")),
    _kind("given_back", _("Un dossier est remis en construction.")),
    _kind(
        "correction",
        _("L’instructeur demande une correction."),
        {"reason": "outdated", "fields": [], "body": ""},
        {"reason": "wrong"},
        reason="incomplete",
        body=REASON,
        fields=[("Mandat", "Il manque la signature.")],
    ),
    _kind(
        "accept",
        _("Un dossier est accepté, en tout ou en partie."),
        {"outcome": {**OUTCOME, "left_out": []}, "reason": ""},
        reason=REASON,
        code=CODE,
        outcome=OUTCOME,
    ),
    _kind("refuse", _("Un dossier est refusé."), reason=REASON, code=CODE, outcome=OUTCOME),
    _kind(
        "close", _("Un dossier est classé sans suite."), reason=REASON, code=CODE, outcome=OUTCOME
    ),
    _kind("reopened", _("Un dossier décidé est repris en instruction."), reason=REASON),
    _kind(
        "message",
        _("L’instructeur écrit au demandeur."),
        {"files": []},
        author="L’instructeur",
        body="Pouvez-vous préciser l’adresse ?",
        files=["mandat.pdf"],
    ),
    _kind(
        "infected",
        _("L’antivirus a supprimé un document."),
        name="mandat.pdf",
        signature="Eicar-Test-Signature",
    ),
    _kind(
        "designated",
        _("Un dossier désigne un administrateur technique."),
        needed=("token",),
        name=BY,
        card_number=CARD,
        token=TOKEN,
    ),
    _kind("denied", _("Un administrateur ne se reconnaît pas."), email=EMAIL, card_number=CARD),
    _kind(
        "habilitated",
        _("Un administrateur technique est habilité."),
        {"last_day": None},
        name=BY,
        card_number=CARD,
        offers=["ORG", "SERV"],
        last_day=date(2029, 11, 24),
    ),
    _kind(
        "invitation",
        _("Quelqu’un est invité à remplir un dossier."),
        needed=("token",),
        by=BY,
        token=TOKEN,
        until=AT,
    ),
    _kind(
        "transfer",
        _("Un dossier est proposé à un autre titulaire."),
        needed=("token",),
        by=BY,
        token=TOKEN,
        until=AT,
    ),
    _kind("joined", _("Une invitation est acceptée."), name=BY, email=EMAIL),
    _kind(
        "declined",
        _("Une invitation est refusée."),
        {"kind": "shared"},
        email=EMAIL,
        kind="own",
    ),
    _kind("transferred", _("Un dossier a changé de titulaire."), name=BY, email=EMAIL),
    _kind("draft-idle", _("Un brouillon attend depuis longtemps."), reader="Sophie"),
    _kind(
        "draft-expiring",
        _("Un brouillon sera bientôt supprimé."),
        reader="Sophie",
        deleted_on=date(2027, 5, 24),
    ),
    _kind("draft-purged", _("Un brouillon est supprimé."), reader="Sophie"),
    _recovery(
        "recovery-asked", _("Un collègue demande à reprendre un dossier."), "token", token=TOKEN
    ),
    _recovery(
        "recovery-announced",
        _("Le représentant apprend une demande de reprise."),
        "token",
        token=TOKEN,
    ),
    _recovery("recovery-answered", _("Qui demandait une reprise a sa réponse."), end="done"),
    _recovery("recovery-over", _("Les autres apprennent la fin d’une reprise."), end="done"),
    _news("news", _("Un dossier suivi a du nouveau.")),
    _news("digest", _("Plusieurs dossiers suivis ont du nouveau.")),
)
