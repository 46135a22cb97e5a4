"""A decision on paper: who decided what and why, and how it may be appealed."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from guichet.domain.dossier import parsing
from guichet.domain.dossier.states import DossierAct
from guichet.domain.dossier.typed import Typed
from guichet.habilitations.models import Decision, Dossier
from guichet.habilitations.outcomes import Outcome, outcome
from guichet.habilitations.papers import words
from guichet.notifications.operator import operator
from guichet.web.papers import Facts, Listed, Notice, Paper, Part, Prose


def write(row: Dossier, decision: Decision) -> Paper:
    """A decision that took effect; one that was replaced since says so."""
    typed = Typed.from_json(decision.revision.content)
    told = _outcome(decision, typed)
    assert decision.approved_at is not None  # noqa: S101 only such decisions are printed
    return Paper(
        title=_title(decision, told),
        subtitle=words.title_of_procedure(),
        reference=_("Dossier n° %(number)s, dépôt n° %(n)s")
        % {"number": row.number, "n": decision.revision.n},
        parts=(
            *_replaced(decision),
            _decided(row, decision),
            words.structure(row, typed),
            *_accepted(told),
            *_reasons(decision),
            *_appeal(decision, told),
        ),
        proof=words.proof(decision.code, decision.revision.sha256),
        issuer=words.issuer(),
        footer=words.footer(),
        language=row.language,
        at=decision.approved_at,
    )


def _outcome(decision: Decision, typed: Typed) -> Outcome | None:
    if decision.kind != DossierAct.ACCEPT:
        return None
    declared = parsing.parse(typed)
    return outcome(declared, rows=decision.rows, types=decision.types, refused=decision.refused)


def _title(decision: Decision, told: Outcome | None) -> str:
    if decision.kind == DossierAct.REFUSE:
        return _("Décision de refus")
    if decision.kind == DossierAct.CLOSE:
        return _("Classement sans suite")
    is_partial = told is not None and bool(told.left_out)
    return _("Décision d’acceptation partielle") if is_partial else _("Décision d’acceptation")


def _replaced(decision: Decision) -> Iterator[Notice]:
    if decision.replaced_at is not None:
        words_of_day = {"day": words.day(decision.replaced_at)}
        yield Notice(
            _("Décision remplacée"),
            _("Le dossier a été repris en instruction le %(day)s : ce document ne fait plus foi.")
            % words_of_day,
            "warning",
        )


def _decided(row: Dossier, decision: Decision) -> Facts:
    rows = (
        (_("Décidé le"), words.moment(decision.approved_at) if decision.approved_at else ""),
        (_("Au nom de"), words.issuer()),
        (_("Par"), decision.by_label),
        (_("Approuvé par"), decision.second_label),
        (_("Dossier déposé le"), words.moment(decision.revision.deposited_at)),
    )
    return Facts(_("Décision"), tuple((term, value) for term, value in rows if value))


def _accepted(told: Outcome | None) -> Iterator[Part]:
    if told is None:
        return
    people = tuple((who.name, who.card_number.value) for who in told.administrators)
    columns = (_("Nom et prénom(s)"), _("N° de carte"))
    yield Listed(_("Administrateurs techniques habilités"), columns, people)
    yield Listed(
        _("Types de certificats ouverts"), (_("Offre et usages"),), tuple((t,) for t in told.types)
    )
    if told.left_out:
        yield Facts(_("Ce qui n’a pas été retenu, et pourquoi"), told.left_out)


def _reasons(decision: Decision) -> Iterator[Part]:
    if decision.reason:
        title = _("Précisions") if decision.kind == DossierAct.ACCEPT else _("Motifs")
        yield Prose(title, (decision.reason,))


def _appeal(decision: Decision, told: Outcome | None) -> Iterator[Part]:
    """How to contest a refusal, whole or in part (CJA R. 421-1 and R. 421-5, CRPA L. 411-2)."""
    is_partial = told is not None and bool(told.left_out)
    if decision.kind != DossierAct.REFUSE and not is_partial:
        return
    found = {"operator": operator().name, "email": operator().email}
    yield Prose(
        _("Voies et délais de recours"),
        (
            _(
                "Si vous contestez cette décision, vous pouvez, dans les deux mois qui suivent sa "
                "notification, demander à %(operator)s de la revoir (recours gracieux, à l’adresse "
                "%(email)s), ou saisir le tribunal administratif compétent (articles R. 421-1 et "
                "suivants du code de justice administrative), notamment sur www.telerecours.fr."
            )
            % found,
            _(
                "Un recours gracieux formé dans ce délai le proroge : vous pourrez encore saisir "
                "le tribunal dans les deux mois qui suivent la réponse, ou l’absence de réponse "
                "pendant deux mois."
            ),
        ),
    )
