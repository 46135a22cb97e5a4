"""Decisions: what is chosen, what will happen, and only then the act."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.domain.dossier import checks
from guichet.domain.dossier.declaration import CertificateType, Declaration
from guichet.domain.dossier.states import DOSSIERS, DossierAct, DossierState
from guichet.domain.dossier.typed import ADMINISTRATORS
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import outcomes, reasons
from guichet.habilitations.instruction_forms import AcceptanceForm, DecisionForm
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations import deciding
from guichet.habilitations.operations.deciding import Choice
from guichet.habilitations.operations.rehearsing import Consequences, rehearse
from guichet.habilitations.outlook import Outlook, outlook
from guichet.habilitations.stewardship import STAFF
from guichet.habilitations.texts.instruction import ACTS
from guichet.habilitations.views.instruction.comparison import findings_of
from guichet.habilitations.views.instruction.framing import STAMP, act_once, back, frame, opened
from guichet.identities.access import ActorRequest, role_required
from guichet.identities.actors import Actor
from guichet.journal.events import Event
from guichet.web.forms import status_of

CHECK, CONFIRM, CHANGE, INSERT = "verifier", "confirmer", "modifier", "inserer"
STEPS: Final = frozenset({CHECK, CONFIRM, CHANGE, INSERT})
DONE: Final[Mapping[DossierAct, str]] = {
    DossierAct.ACCEPT: Event.DOSSIER_ACCEPTED.value,
    DossierAct.REFUSE: Event.DOSSIER_REFUSED.value,
    DossierAct.CLOSE: Event.DOSSIER_CLOSED.value,
}
SOMEBODY_ELSE: Final = -1
# Where the names that a type is limited to stand in the form.
NAMES_OF: Final[Mapping[str, tuple[str, ...]]] = {
    CertificateType.ORG: ("types.org",),
    CertificateType.SERV_SSL: ("types.ssl_domain", "types.ssl_server"),
    CertificateType.SERV_MAIL: ("types.serv_mail_domain",),
    CertificateType.PRO: ("types.pro_mail_domain",),
}
DecidingForm = AcceptanceForm | DecisionForm


@never_cache
@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: ActorRequest, number: int, act: DossierAct) -> HttpResponse:
    """Choose, see what will happen, decide: each step keeps what was typed."""
    row = opened(request, number)
    found = outlook(row, request.received_at)
    if request.method != "POST" or CONFIRM not in request.POST:
        DOSSIERS.next(DossierState(row.state), act)
    form = _form(request, row, found, act)
    if form.is_bound and form.is_valid() and CHANGE not in request.POST:
        answer = _answer(request, row, form, found)
        if answer is not None:
            return answer
    context = {**frame(request, row), **_choices(form, found), "form": form, "act": act.value}
    name = "accept" if act is DossierAct.ACCEPT else "decide"
    page = f"habilitations/instruction/{name}.html"
    return render(request, page, context, status=status_of(form))


def _answer(
    request: ActorRequest, row: Dossier, form: DecidingForm, found: Outlook
) -> HttpResponse | None:
    """The next page; None when the operation objects, which the form then says."""
    choice = form.choice()
    try:
        if CONFIRM in request.POST:
            _decided(request, row.number, choice)
            return back(request, row.number)
        told, needs_second = rehearsed(row, found, choice, request.actor, request.received_at)
    except Refusal as refusal:
        if refusal.code in {Code.DOSSIER_CHANGED, Code.MOVE_FORBIDDEN, Code.DECISION_PENDING}:
            raise
        form.add_objections(refusal.all)
        return None
    context = {
        **frame(request, row),
        **_sorted_out(found.declared, choice),
        "choice": choice,
        "title": ACTS[choice.act.value],
        "consequences": told,
        "needs_second": needs_second,
        "stamp": request.POST.get(STAMP, ""),
        "typed": _typed(request),
    }
    return render(request, "habilitations/instruction/confirm.html", context)


def _decided(request: ActorRequest, number: int, choice: Choice) -> None:
    act_once(
        request,
        number,
        {DONE[choice.act], Event.DOSSIER_DECISION_PROPOSED.value},
        lambda: deciding.decide(
            number=number, choice=choice, by=request.actor, at=request.received_at
        ),
    )


def rehearsed(
    row: Dossier, found: Outlook, choice: Choice, by: Actor, at: datetime
) -> tuple[Consequences, bool]:
    """What a decision would come to once approved, and whether a second approval is needed."""
    waits = []

    def act() -> None:
        if not deciding.decide(number=row.number, choice=choice, by=by, at=at):
            waits.append(choice)
            second = replace(by, account_id=SOMEBODY_ELSE, card_number=None)
            deciding.approve(number=row.number, by=second, at=at)

    return rehearse(row.number, cards_of(found), at, act), bool(waits)


def cards_of(found: Outlook) -> frozenset[str]:
    """The cards whose rights a decision may touch."""
    declared = found.declared
    people = declared.administrators if declared else ()
    return frozenset(who.card_number.value for who in people)


def _form(request: ActorRequest, row: Dossier, found: Outlook, act: DossierAct) -> DecidingForm:
    spoken = {"language": row.language, "title_language": get_language() or "fr"}
    data = request.POST if request.method == "POST" and INSERT not in request.POST else None
    if act is DossierAct.ACCEPT:
        declared = _declared(found)
        initial = _proposed(declared, found)
        return AcceptanceForm(data, declared=declared, initial=initial, **spoken)
    return DecisionForm(data, act=act, initial=_inserted(request, row), **spoken)


def _declared(found: Outlook) -> Declaration:
    if found.declared is None:
        raise Refusal(found.objections[0].code, all=found.objections)
    return found.declared


def _proposed(declared: Declaration, found: Outlook) -> dict[str, Any]:
    """Everybody and everything, but the administrators that a check forbids."""
    stopped = {v.path.split(".")[1] for v in checks.blocking(found.verdicts) if "." in v.path}
    rows = [who.row for who in declared.administrators if who.row not in stopped]
    return {"rows": rows, "types": [asked.type.value for asked in declared.types]}


def _inserted(request: ActorRequest, row: Dossier) -> dict[str, Any]:
    """What was typed, with the text of the chosen reason added."""
    if INSERT not in request.POST:
        return {}
    code = request.POST.get("modele", "")
    written = request.POST.get("reason", "").strip()
    text = "\n\n".join(filter(None, (written, reasons.text_of(code, row.language))))
    return {"modele": code, "reason": text}


def _choices(form: DecidingForm, found: Outlook) -> dict[str, Any]:
    """For an acceptance: each administrator and type, what was found, its reason if left out."""
    if not isinstance(form, AcceptanceForm):
        return {}
    return {
        "people": [_choice(form, box, found) for box in form["rows"]],
        "kinds": [_choice(form, box, found) for box in form["types"]],
        "findings": findings_of(checks.blocking(_others(found))),
    }


def _choice(form: AcceptanceForm, box: Any, found: Outlook) -> dict[str, Any]:
    name = box.data["value"]
    prefixes = NAMES_OF.get(name, (f"{ADMINISTRATORS}.{name}.",))
    verdicts = tuple(v for v in found.verdicts if v.path.startswith(prefixes))
    return {
        "box": box,
        "reason": form[f"refused.{name}"],
        "model": form[f"modele.{name}"],
        "findings": findings_of(verdicts),
    }


def _others(found: Outlook) -> tuple[checks.Verdict, ...]:
    return tuple(v for v in found.verdicts if not v.path.startswith("administrators."))


def _sorted_out(declared: Declaration | None, choice: Choice) -> dict[str, Any]:
    if declared is None or choice.act is not DossierAct.ACCEPT:
        return {}
    kinds = [kind.value for kind in choice.types]
    found = outcomes.outcome(declared, rows=choice.rows, types=kinds, refused=choice.refused)
    return {"outcome": found}


def _typed(request: ActorRequest) -> list[tuple[str, str]]:
    """What was typed, to be sent again by the page that confirms."""
    skipped = {"csrfmiddlewaretoken", STAMP, *STEPS}
    lists = ((n, v) for n, v in request.POST.lists() if n not in skipped)
    return [(name, str(value)) for name, values in lists for value in values if value]
