"""The words of freshness: points, problems, alarms, for the status page and the e-mails."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guichet.domain.freshness import Kind, Problem, Rule, Verdict
from guichet.web.drawn import moment_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words = Mapping[str, "_StrPromise"]

KINDS: Final[Mapping[Kind, "_StrPromise"]] = {
    Kind.LIST: gettext_lazy("Liste de révocation"),
    Kind.DELTA: gettext_lazy("Liste des changements"),
    Kind.CERTIFICATE: gettext_lazy("Certificat de l’autorité"),
    Kind.CHAIN: gettext_lazy("Chaîne des autorités"),
    Kind.ANSWER: gettext_lazy("Réponses OCSP"),
}
EXPLAINED: Final[Mapping[Kind, "_StrPromise"]] = {
    Kind.ANSWER: gettext_lazy(
        "OCSP répond sur un certificat à la fois : valable, révoqué ou inconnu."
    ),
    Kind.LIST: gettext_lazy(
        "La liste de révocation (LCR, CRL en anglais) énumère tous les certificats "
        "révoqués par une autorité ; elle est signée et datée."
    ),
    Kind.DELTA: gettext_lazy(
        "La liste des changements (delta-LCR) ne dit que ce qui s’ajoute à la dernière "
        "liste complète ; elle est plus légère."
    ),
    Kind.CERTIFICATE: gettext_lazy(
        "Le certificat d’une autorité sert à vérifier les certificats, les listes et les "
        "réponses qu’elle signe."
    ),
    Kind.CHAIN: gettext_lazy(
        "La chaîne réunit dans un seul fichier les certificats de toutes les autorités."
    ),
}
PROBLEMS: Final[Mapping[Problem, "_StrPromise"]] = {
    Problem.UNREACHABLE: gettext_lazy("L’adresse ne répond pas."),
    Problem.MISSING: gettext_lazy("L’adresse répond que le fichier n’existe pas."),
    Problem.FAILED: gettext_lazy("L’adresse répond par une erreur."),
    Problem.REFUSED: gettext_lazy("Le service répond qu’il ne peut rien dire pour l’instant."),
    Problem.UNREADABLE: gettext_lazy("Ce qui est servi est tronqué ou illisible."),
    Problem.FORGED: gettext_lazy("La signature n’est pas celle de l’autorité."),
    Problem.FOREIGN: gettext_lazy("Ce qui est servi n’est pas ce qui est attendu à cette adresse."),
    Problem.OVER: gettext_lazy("La date limite est dépassée."),
    Problem.EARLY: gettext_lazy("La date de début est dans l’avenir."),
    Problem.WENT_BACK: gettext_lazy("Le numéro est inférieur à celui déjà publié."),
    Problem.UNKNOWN: gettext_lazy("Un certificat émis n’est pas connu du service."),
}
VERDICTS: Final[Mapping[Verdict, tuple[str, "_StrPromise", "_StrPromise"]]] = {
    Verdict.FRESH: (
        "success",
        gettext_lazy("Tout est à jour"),
        gettext_lazy("Chaque adresse répond, et ce qu’elle sert est signé, complet et valable."),
    ),
    Verdict.WATCHED: (
        "warning",
        gettext_lazy("Tout est à jour, mais une alerte est en cours"),
        gettext_lazy(
            "Ce qui est servi est valable ; l’exploitant doit regarder ce que dit l’alerte."
        ),
    ),
    Verdict.STALE: (
        "danger",
        gettext_lazy("Une partie du service n’est pas à jour"),
        gettext_lazy(
            "Les points concernés sont marqués ci-dessous ; une alerte est donnée si cela dure."
        ),
    ),
    Verdict.SILENT: (
        "warning",
        gettext_lazy("Aucun test récent"),
        gettext_lazy(
            "Le service n’a pas été testé depuis plus de cinq minutes : les chiffres "
            "ci-dessous sont anciens."
        ),
    ),
    Verdict.UNTESTED: (
        "info",
        gettext_lazy("Le premier test est attendu"),
        gettext_lazy("Chaque adresse est testée toutes les minutes dès que le service est lancé."),
    ),
}
PROCESSES: Final[Words] = {
    "signer": gettext_lazy("le signataire"),
    "publisher": gettext_lazy("le service de publication"),
    "watchdog": gettext_lazy("la surveillance"),
    "log": gettext_lazy("le registre du journal"),
}


@dataclass(frozen=True, slots=True)
class AlarmWords:
    """An alarm in the active language: what it is, and what the operator can do."""

    title: str
    detail: str
    remedy: str


Told = tuple[str, str, Mapping[str, str | int]]
"""An alarm by its rule, its subject and its facts."""


_REMEDIES: Final[Mapping[Rule, "_StrPromise"]] = {
    Rule.WRONG: gettext_lazy(
        "Comparez le fichier publié et ce que sert l’adresse publique, puis lisez le "
        "journal du service de publication."
    ),
    Rule.UNREACHABLE: gettext_lazy(
        "Vérifiez que le service de validation tourne et que son adresse publique est joignable."
    ),
    Rule.LATE: gettext_lazy("Vérifiez que le signataire et le service de publication tournent."),
    Rule.ENDING: gettext_lazy("Vérifiez que le signataire et le service de publication tournent."),
    Rule.DELEGATE_ENDING: gettext_lazy(
        "Le certificat du répondeur se renouvelle à mi-vie : vérifiez que le signataire tourne."
    ),
    Rule.SLOW: gettext_lazy(
        "Lisez le journal du service de publication et la charge des machines."
    ),
    Rule.SILENT: gettext_lazy("Relancez ce processus et lisez son journal."),
    Rule.SET_ASIDE: gettext_lazy(
        "Lisez la raison de chaque demande à l’adresse /gestion/signatures/, corrigez la cause, "
        "puis renvoyez la demande ou abandonnez-la."
    ),
    Rule.EMERGENCY: gettext_lazy(
        "Lisez sa raison à l’adresse /gestion/acces/urgences/, et revoyez ensuite ce qui a été "
        "fait."
    ),
    Rule.WAITING: gettext_lazy(
        "Vérifiez que le signataire tourne et que ses clés s’ouvrent : guichet doctor keystore."
    ),
    Rule.MAIL_TEXT: gettext_lazy(
        "Corrigez ce texte à l’adresse /gestion/textes/courriers/, ou revenez au texte d’origine."
    ),
    Rule.LOG: gettext_lazy(
        "Lancez « guichet journal verify », gardez une copie de la base et n’y changez rien "
        "avant d’avoir compris."
    ),
}
_TITLES: Final[Mapping[Rule, "_StrPromise"]] = {
    Rule.WRONG: gettext_lazy("Contenu refusé"),
    Rule.UNREACHABLE: gettext_lazy("Adresse injoignable"),
    Rule.LATE: gettext_lazy("Liste en retard"),
    Rule.ENDING: gettext_lazy("Fin de validité proche"),
    Rule.DELEGATE_ENDING: gettext_lazy("Certificat de répondeur près de sa fin"),
    Rule.SLOW: gettext_lazy("Révocation lente à paraître"),
    Rule.SILENT: gettext_lazy("Processus silencieux"),
    Rule.SET_ASIDE: gettext_lazy("Demandes de signature mises de côté"),
    Rule.WAITING: gettext_lazy("Signature en retard"),
    Rule.EMERGENCY: gettext_lazy("Rôle ouvert en urgence"),
    Rule.MAIL_TEXT: gettext_lazy("Texte de courriel défaillant"),
    Rule.LOG: gettext_lazy("Registre du journal arrêté"),
}


_DETAILS: Final[Mapping[Rule, "_StrPromise"]] = {
    Rule.LATE: gettext_lazy("Elle aurait dû être remplacée ; elle date du %(at)s."),
    Rule.ENDING: gettext_lazy(
        "Il reste moins d’un tiers de la durée de validité, qui finit le %(at)s."
    ),
    Rule.DELEGATE_ENDING: gettext_lazy("Le certificat qui signe les réponses finit le %(at)s."),
    Rule.SILENT: gettext_lazy("Il ne s’est pas manifesté depuis le %(at)s."),
    Rule.WAITING: gettext_lazy("Une demande urgente attend depuis le %(at)s."),
    Rule.EMERGENCY: gettext_lazy("Quelqu’un l’a ouvert sans accord, le %(at)s."),
}


_PLAIN: Final[Mapping[Rule, "_StrPromise"]] = {
    Rule.MAIL_TEXT: gettext_lazy(
        "Le texte en vigueur a échoué ; le texte d’origine part à sa place."
    ),
    Rule.LOG: gettext_lazy("L’entrée %(entry)s du journal n’est pas celle qui a été scellée."),
}


def alarm_words(rule: str, facts: Mapping[str, str | int]) -> AlarmWords:
    """The words of an alarm by its rule and facts."""
    found = Rule(rule)
    return AlarmWords(str(_TITLES[found]), _detail(found, facts), str(_REMEDIES[found]))


def subject_words(subject: str) -> str:
    """A process in words, a point by its name."""
    return str(PROCESSES.get(subject, subject))


def grouped(alarms: Iterable[Told]) -> list[tuple[AlarmWords, list[str]]]:
    """Alarms of the same words once, with all their subjects."""
    found: dict[AlarmWords, list[str]] = {}
    for rule, subject, facts in alarms:
        found.setdefault(alarm_words(rule, facts), []).append(subject_words(subject))
    return list(found.items())


def _detail(rule: Rule, facts: Mapping[str, str | int]) -> str:
    if problem := facts.get("problem"):
        return str(PROBLEMS[Problem(str(problem))])
    if rule is Rule.SLOW:
        delay = timedelta(milliseconds=int(facts.get("milliseconds", 0)))
        return _("Une révocation n’est apparue qu’après %(delay)s.") % {"delay": lasting(delay)}
    if rule is Rule.SET_ASIDE:
        count = int(facts.get("count", 0))
        return ngettext(
            "%(n)s demande n’a pas pu être signée.",
            "%(n)s demandes n’ont pas pu être signées.",
            count,
        ) % {"n": count}
    if rule in _PLAIN:
        return str(_PLAIN[rule]) % {"entry": facts.get("entry", 0)}
    if rule is Rule.SILENT and "since" not in facts:
        return _("Il ne s’est jamais manifesté.")
    at = {"at": _instant(next(iter(facts.values()), ""))}
    return str(_DETAILS[rule]) % at


def _instant(at: str | int) -> str:
    return moment_words(datetime.fromisoformat(str(at))) if at else "—"


def lasting(span: timedelta) -> str:
    """A span in the one or two units that people would say."""
    seconds = max(0.0, span.total_seconds())
    if seconds < 1:
        return _("%(n)s ms") % {"n": round(seconds * 1000)}
    if seconds < 60:
        return _("%(n)s s") % {
            "n": number_format(round(seconds, 1) if seconds < 10 else round(seconds))
        }
    minutes, hours = round(seconds / 60), seconds / 3600
    if minutes < 90:
        return _("%(n)s min") % {"n": minutes}
    if hours < 48:
        return _("%(n)s h") % {"n": round(hours)}
    days = round(hours / 24)
    return ngettext("%(n)s jour", "%(n)s jours", days) % {"n": days}


def lasting_ms(milliseconds: int) -> str:
    """A number of milliseconds in the unit that people would say."""
    return lasting(timedelta(milliseconds=milliseconds))
