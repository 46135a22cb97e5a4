"""The form saved by a script at each change: JSON in, what the page should show out."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.domain.dossier.permissions import Act
from guichet.domain.dossier.typed import ADMINISTRATORS, REPEATED, Typed
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import eligibility, readiness
from guichet.habilitations.forms import posted, told
from guichet.habilitations.forms.page import FormPage
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations import drafting
from guichet.habilitations.queries import applicant
from guichet.habilitations.views.pages import CHECKED_AT_ONCE
from guichet.identities.access import ActorRequest, login_required
from guichet.web.drawn import time_words
from guichet.web.problem import problem


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: ActorRequest, number: int) -> HttpResponse:
    """GET: the whole form and a fresh token. POST: {"changes", "version", "add", "remove"}."""
    try:
        if request.method != "POST":
            row = applicant.row_of(number, request.actor, Act.WRITE)
            typed = Typed.from_json(row.draft)
            body = {"version": row.version, "token": get_token(request), **typed.to_json()}
            return JsonResponse(body)
        return JsonResponse(_saved(request, number))
    except Refusal as refusal:
        return problem(refusal, request)


def _saved(request: ActorRequest, number: int) -> dict[str, Any]:
    asked = posted.read_json(request)
    changes = posted.texts_of(asked.get("changes", {}))
    done = drafting.save(number=number, changes=changes, by=request.actor, at=request.received_at)
    others = done.before != _number(asked.get("version"))
    added = _rows(request, number, asked)
    row = applicant.row_of(number, request.actor, Act.WRITE)
    typed = Typed.from_json(row.draft)
    body: dict[str, Any] = {
        "version": row.version,
        "saved_at": row.saved_at.isoformat(),
        "told": _("Brouillon enregistré à %(time)s") % {"time": time_words(row.saved_at)},
        **_looked_at(row, typed, changes, request),
    }
    if added:
        body["row"] = added
    if others:
        body |= typed.to_json()
    return body


def _rows(request: ActorRequest, number: int, asked: Mapping[str, Any]) -> str:
    """Add or remove a row; the identifier of the one added, else an empty text."""
    by, at = request.actor, request.received_at
    wanted = str(asked.get("add", ""))
    if wanted in REPEATED:
        return drafting.add_row(number=number, block=wanted, by=by, at=at)
    block, _dot, identifier = str(asked.get("remove", "")).partition(".")
    if block in REPEATED:
        drafting.remove_row(number=number, block=block, identifier=identifier, by=by, at=at)
    return ""


def _looked_at(
    row: Dossier, typed: Typed, changes: Mapping[str, str], request: ActorRequest
) -> dict[str, Any]:
    ids = typed.ids(ADMINISTRATORS)
    touched = {path.split(".")[1] for path in changes if path.count(".") == 2}
    rows = [r for r in ids if len(ids) <= CHECKED_AT_ONCE or r in touched]
    page = FormPage(
        typed=typed,
        objections=readiness.objections(row, typed),
        verdicts=eligibility.verdicts(row, typed, request.received_at, rows),
    )
    known = {*rows, *touched}
    paths = [p for p in typed.paths() if p.count(".") < 2 or p.split(".")[1] in known]
    return told.answer(page, paths)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refusal(Code.REQUEST_MALFORMED)
    return value
