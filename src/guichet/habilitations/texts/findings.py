"""What the registers found, and what to do about it."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from guichet.domain.dossier.checks import Rule, Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FINDINGS: Final[Mapping[tuple[Rule, str], tuple["_StrPromise | str", "_StrPromise | str"]]] = {
    (Rule.COMPANY, "open"): (_("L’établissement est ouvert."), ""),
    (Rule.COMPANY, "closed"): (
        _("L’établissement est fermé."),
        _("Utilisez le SIRET d’un établissement ouvert."),
    ),
    (Rule.COMPANY, "unknown"): (
        _("Le répertoire des entreprises ne connaît pas ce SIRET."),
        _("Vérifiez le numéro."),
    ),
    (Rule.COMPANY, "undisclosed"): (
        _("L’établissement existe, mais ses données ne sont pas publiques."),
        _("Renseignez la raison sociale et le code postal."),
    ),
    (Rule.COMPANY, "unavailable"): (
        _("Le répertoire des entreprises n’a pas répondu."),
        _("La vérification sera refaite ; elle n’empêche pas de déposer."),
    ),
    (Rule.FINESS, "unverified"): (_("Le FINESS n’a pas pu être vérifié."), ""),
    (Rule.FINESS, "unknown"): (
        _("Le répertoire FINESS ne connaît pas ce numéro."),
        _("Vérifiez le numéro ; un établissement récent peut y manquer encore."),
    ),
    (Rule.FINESS, "known"): (_("Le répertoire FINESS connaît ce numéro."), ""),
    (Rule.FINESS, "matches"): (_("Le FINESS est celui de cet établissement."), ""),
    (Rule.FINESS, "same-company"): (
        _("Le FINESS est celui d’un autre établissement de la même entreprise."),
        "",
    ),
    (Rule.FINESS, "other"): (
        _("Le FINESS est celui d’une autre entreprise (SIRET %(siret)s)."),
        _("Vérifiez le FINESS et le SIRET."),
    ),
    (Rule.CARD, "unknown"): (
        _("Le répertoire des cartes ne connaît pas ce numéro."),
        _("Vérifiez les chiffres sur la carte."),
    ),
    (Rule.CARD, "unverified"): (_("La carte n’a pas pu être vérifiée."), ""),
    (Rule.CARD, "opposed"): (
        _("Cette carte a été mise en opposition."),
        _("Indiquez la carte qui la remplace."),
    ),
    (Rule.CARD, "expired"): (
        _("Cette carte a expiré le %(until)s."),
        _("Indiquez la carte qui la remplace."),
    ),
    (Rule.CARD, "ends-soon"): (
        _("Cette carte expire le %(until)s : l’habilitation finira avec elle."),
        _("Si une nouvelle carte est déjà là, indiquez plutôt son numéro."),
    ),
    (Rule.CARD, "valid"): (_("Carte connue et valide jusqu’au %(until)s."), ""),
    (Rule.HOLDER_NAME, "same"): (_("Le nom est celui de la carte."), ""),
    (Rule.HOLDER_NAME, "near"): (
        _("La carte porte un nom voisin : %(holder)s."),
        _("Est-ce bien la même personne ? Écrivez le nom comme sur la carte."),
    ),
    (Rule.HOLDER_NAME, "different"): (
        _("Le nom n’est pas celui de la carte."),
        _("Vérifiez le numéro de la carte et le nom qu’elle porte."),
    ),
    (Rule.EMAIL, "free-mail"): (
        _("Cette adresse est celle d’une messagerie grand public."),
        _("Préférez une adresse de la structure, qui survit aux départs."),
    ),
    (Rule.DOMAIN, "proved"): (_("La structure a prouvé qu’elle détient %(domain)s."), ""),
    (Rule.DOMAIN, "proved-above"): (
        _("La structure a prouvé qu’elle détient %(parent)s, dont %(domain)s fait partie."),
        "",
    ),
    (Rule.DOMAIN, "known"): (_("La structure est déjà habilitée pour %(domain)s."), ""),
    (Rule.DOMAIN, "new"): (
        _("Le nom %(domain)s est nouveau pour cette structure."),
        _("L’instruction pourra demander la preuve qu’elle le détient."),
    ),
    (Rule.SAME_CARD, "representative"): (
        _("C’est aussi la carte du représentant."),
        _("Un représentant peut se désigner lui-même ; vérifiez que c’est bien voulu."),
    ),
    (Rule.EXISTING_RIGHT, "held"): (
        _("Cette carte est déjà habilitée pour cette structure."),
        "",
    ),
}


def finding_words(verdict: Verdict) -> tuple[str, str]:
    """What was found and what to do, in the active language; the second may be empty."""
    sentence, remedy = FINDINGS[verdict.rule, verdict.finding]
    facts = {name: _fact(name, str(fact)) for name, fact in verdict.facts}
    return str(sentence) % {"until": "—", **facts}, str(remedy)


def _fact(name: str, text: str) -> str:
    return date_format(date.fromisoformat(text)) if name == "until" else text
