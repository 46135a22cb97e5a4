"""What needs somebody now, the gravest first, each with the page where something is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.authority import overseen as authority
from guichet.authority import queue
from guichet.backoffice import freshness
from guichet.backoffice.spans import span
from guichet.habilitations.queries.overseen import Desk
from guichet.identities import access_queries
from guichet.orders import overseen
from guichet.validation import queries as validation
from guichet.validation import texts as alarm_texts
from guichet.web import health

DANGER, WARNING, INFO = "danger", "warning", "info"
GRAVITY: Final = (DANGER, WARNING, INFO)
LONG_UNSIGNED: Final = timedelta(minutes=10)
LONG_UNFOLLOWED: Final = timedelta(days=7)
REGISTER_OLD: Final = timedelta(days=45)
LATELY: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Something to look at now; `kind` is that of an alert."""

    kind: str
    title: str
    detail: str = ""
    href: str = ""


def matters(at: datetime, desk: Desk) -> tuple[Matter, ...]:
    """Everything, the gravest first; nothing when all is well."""
    grave = [*_checks(at), *_alarms(), *_signing(at)]
    found = [*grave, *_people(at, desk), *_access(at), *_registers(at)]
    return tuple(sorted(found, key=lambda matter: GRAVITY.index(matter.kind)))


def _checks(at: datetime) -> Iterator[Matter]:
    if authority.is_held():
        yield Matter(
            kind=DANGER,
            title=_("L’état vient d’une sauvegarde : rien n’est signé"),
            detail=_("Vérifiez ce qui manque, puis confirmez : guichet backup confirm."),
        )
    words = {
        "database": _("La base de données ne répond pas"),
        "signer": _("Le signataire ne donne plus signe de vie"),
    }
    for name, told in health.checks(at).items():
        if told != "ok" and name in words:
            yield Matter(
                kind=DANGER,
                title=words[name],
                detail=_("Relancez le service et lisez son journal ; guichet doctor dit le reste."),
            )


def _alarms() -> Iterator[Matter]:
    raised = validation.raised_alarms()
    for words, subjects in alarm_texts.grouped((a.rule, a.subject, a.facts) for a in raised):
        yield Matter(
            kind=DANGER,
            title=f"{words.title} : {', '.join(subjects)}",
            detail=f"{words.detail} {words.remedy}".strip(),
            href=reverse("status"),
        )


def _signing(at: datetime) -> Iterator[Matter]:
    if aside := queue.count_set_aside():
        yield Matter(
            kind=WARNING,
            title=ngettext(
                "%(n)d demande de signature mise de côté",
                "%(n)d demandes de signature mises de côté",
                aside,
            )
            % {"n": aside},
            detail=_("Corrigez la cause, puis renvoyez-les ou abandonnez-les."),
            href=reverse("signing:queue"),
        )
    oldest = overseen.oldest_unsigned()
    if oldest is not None and at - oldest > LONG_UNSIGNED:
        yield Matter(
            kind=WARNING,
            title=_("Une demande attend son certificat depuis %(span)s")
            % {"span": span(at - oldest)},
            href="/gestion/demandes/?etat=issuing",
        )
    if failed := overseen.failed_since(at - LATELY):
        yield Matter(
            kind=WARNING,
            title=_("Demandes en échec depuis sept jours : %(count)s") % {"count": failed},
            detail=_("Le demandeur peut souvent donner une autre clé ; sinon il attend de l’aide."),
            href="/gestion/demandes/?etat=failed",
        )


def _people(at: datetime, desk: Desk) -> Iterator[Matter]:
    if proposed := overseen.incidents_proposed():
        yield Matter(
            kind=WARNING,
            title=ngettext(
                "%(n)d incident attend une seconde personne",
                "%(n)d incidents attendent une seconde personne",
                proposed,
            )
            % {"n": proposed},
            href="/gestion/incidents/",
        )
    since = desk.unfollowed_since
    if since is not None and at - since > LONG_UNFOLLOWED:
        yield Matter(
            kind=INFO,
            title=_("Un dossier attend depuis %(span)s que quelqu’un le prenne")
            % {"span": span(at - since)},
            href="/gestion/dossiers/?onglet=a-suivre",
        )


def _access(at: datetime) -> Iterator[Matter]:
    if asked := access_queries.count_waiting():
        yield Matter(
            kind=WARNING,
            title=ngettext(
                "%(n)d demande de rôle attend une seconde personne",
                "%(n)d demandes de rôle attendent une seconde personne",
                asked,
            )
            % {"n": asked},
            href="/gestion/acces/demandes/",
        )
    if over := access_queries.count_to_review(at):
        yield Matter(
            kind=WARNING,
            title=ngettext(
                "%(n)d rôle ouvert en urgence est à revoir",
                "%(n)d rôles ouverts en urgence sont à revoir",
                over,
            )
            % {"n": over},
            href="/gestion/acces/urgences/",
        )


def _registers(at: datetime) -> Iterator[Matter]:
    today = localdate(at)
    old = {
        name: day for name, day in freshness.register_days().items() if today - day > REGISTER_OLD
    }
    if old:
        yield Matter(
            kind=INFO,
            title=_("Des registres importés datent de plus de %(days)d jours")
            % {"days": REGISTER_OLD.days},
            detail=_("%(names)s. Importez des fichiers plus récents : guichet directory import.")
            % {"names": ", ".join(sorted(old))},
        )
