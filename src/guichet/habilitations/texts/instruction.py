"""The words of instruction: tabs, badges of news, checks, what the journal tells of a dossier."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.domain.dossier.checks import Level
from guichet.habilitations.operations.desk import Rhythm
from guichet.habilitations.queries.instruction import Tab
from guichet.habilitations.queries.queue import News
from guichet.journal.events import Event

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TABS: Final[Mapping[Tab, "_StrPromise"]] = {
    Tab.TO_FOLLOW: _("À suivre"),
    Tab.FOLLOWED: _("Suivis"),
    Tab.DONE: _("Traités"),
    Tab.ALL: _("Tous"),
    Tab.ARCHIVED: _("Archivés"),
}
NEWS: Final[Mapping[News, "_StrPromise"]] = {
    News.NEW: _("Nouveau"),
    News.MESSAGE: _("Message"),
    News.CHANGED: _("Modifié"),
    News.CORRECTED: _("Correction faite"),
    News.CONFIRMED: _("Confirmation reçue"),
}
# A level's word, and the kind of its badge.
LEVELS: Final[Mapping[Level, tuple["_StrPromise", str]]] = {
    Level.OK: (_("Vert"), "success"),
    Level.UNVERIFIED: (_("Non vérifié"), "neutral"),
    Level.WARNING: (_("À regarder"), "warning"),
    Level.BLOCKING: (_("Bloquant"), "danger"),
}
RHYTHMS: Final[Mapping[Rhythm, "_StrPromise"]] = {
    Rhythm.ONCE: _("Tout de suite : les nouvelles de cinq minutes partent ensemble"),
    Rhythm.DAILY: _("Chaque jour : un seul courriel, le matin à 8 h"),
    Rhythm.WEEKLY: _("Chaque semaine : un seul courriel, le lundi à 8 h"),
    Rhythm.NEVER: _("Jamais : les nouvelles restent visibles dans la liste"),
}
EVENTS: Final[Mapping[str, "_StrPromise"]] = {
    Event.DOSSIER_BEGUN: _("Dossier commencé"),
    Event.DOSSIER_TRASHED: _("Dossier mis à la corbeille"),
    Event.DOSSIER_RESTORED: _("Dossier repris de la corbeille"),
    Event.DOSSIER_DEPOSITED: _("Dossier déposé"),
    Event.DOSSIER_CHANGED: _("Modifications déposées"),
    Event.DOSSIER_CHANGES_ABANDONED: _("Modifications abandonnées"),
    Event.DOSSIER_SHARED: _("Invitation envoyée"),
    Event.DOSSIER_JOINED: _("Invitation acceptée"),
    Event.DOSSIER_LEFT: _("Partage terminé"),
    Event.DOSSIER_TRANSFERRED: _("Dossier transmis à un autre déposant"),
    Event.DOSSIER_RECOVERY_ASKED: _("Reprise demandée par un collègue"),
    Event.DOSSIER_RECOVERY_ENDED: _("Demande de reprise close, sans changement de déposant"),
    Event.DOSSIER_CONFIRMED: _("Réponse d’un administrateur technique"),
    Event.DOSSIER_MESSAGE: _("Message envoyé"),
    Event.DOSSIER_ATTACHMENT: _("Pièce jointe"),
    Event.DOSSIER_ATTACHMENT_REMOVED: _("Pièce retirée"),
    Event.DOSSIER_READ: _("Dossier consulté"),
    Event.DOSSIER_ASSIGNED: _("Dossier attribué"),
    Event.DOSSIER_TAKEN: _("Passé en instruction"),
    Event.DOSSIER_GIVEN_BACK: _("Repassé en construction"),
    Event.DOSSIER_CORRECTION_ASKED: _("Correction demandée"),
    Event.DOSSIER_ANNOTATED: _("Annotation ajoutée"),
    Event.DOSSIER_DECISION_PROPOSED: _("Décision soumise à approbation"),
    Event.DOSSIER_DECISION_WITHDRAWN: _("Décision retirée avant approbation"),
    Event.DOSSIER_ACCEPTED: _("Dossier accepté"),
    Event.DOSSIER_REFUSED: _("Dossier refusé"),
    Event.DOSSIER_CLOSED: _("Dossier classé sans suite"),
    Event.DOSSIER_REOPENED: _("Dossier rouvert"),
    Event.DOSSIER_ARCHIVED: _("Dossier archivé"),
}
EVENT_KINDS: Final[Mapping[str, str]] = {
    Event.DOSSIER_ACCEPTED: "success",
    Event.DOSSIER_REFUSED: "danger",
    Event.DOSSIER_CORRECTION_ASKED: "warning",
    Event.DOSSIER_DECISION_PROPOSED: "warning",
    Event.DOSSIER_REOPENED: "warning",
    Event.DOSSIER_DEPOSITED: "info",
    Event.DOSSIER_CHANGED: "info",
    Event.DOSSIER_TAKEN: "info",
}
ACTS: Final[Mapping[str, "_StrPromise"]] = {
    "accept": _("Acceptation"),
    "refuse": _("Refus"),
    "close": _("Classement sans suite"),
}
SECOND_BECAUSE: Final[Mapping[str, "_StrPromise"]] = {
    "new-domain": _(
        "Un nom de domaine n’a jamais été accordé à cette structure, et elle n’a pas prouvé "
        "qu’elle le détient."
    ),
}
