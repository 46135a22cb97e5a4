"""What instructors set for themselves, and the figures of the counter."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.domain.refusals import Refusal
from guichet.habilitations import texts
from guichet.habilitations.instruction_forms import PreferenceForm
from guichet.habilitations.models import MailPreference
from guichet.habilitations.operations import desk
from guichet.habilitations.operations.desk import Rhythm
from guichet.habilitations.queries.statistics import Delay, Statistics, statistics
from guichet.habilitations.stewardship import READERS, STAFF
from guichet.habilitations.texts.durations import lasting
from guichet.habilitations.texts.instruction import ACTS
from guichet.identities.access import ActorRequest, role_required
from guichet.web.environments import marked
from guichet.web.forms import posted, status_of
from guichet.web.spreadsheets import table_lines
from guichet.web.states import STATES


@never_cache
@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: ActorRequest) -> HttpResponse:
    """When and where to be told of news."""
    row = MailPreference.objects.filter(account_id=request.actor.account_id).first()
    initial = {
        "rhythm": row.rhythm if row else Rhythm.DAILY.value,
        "email": (row.email if row else "") or request.actor.email,
    }
    form = PreferenceForm(posted(request), initial=initial)
    if form.is_bound and form.is_valid():
        try:
            desk.prefer(
                rhythm=Rhythm(form.cleaned_data["rhythm"]),
                email=form.cleaned_data["email"],
                by=request.actor,
                at=request.received_at,
            )
        except Refusal as refusal:
            form.add_error("email", refusal.code.value)
        else:
            return HttpResponseRedirect(f"{reverse('instruction:preferences')}?enregistre=1")
    context = {
        "form": form,
        "is_saved": "enregistre" in request.GET,
    }
    status = status_of(form)
    return render(request, "habilitations/instruction/preferences.html", context, status=status)


@never_cache
@role_required(*READERS)
@require_safe
def show_statistics(request: ActorRequest) -> HttpResponse:
    """Volumes, delays, outcomes, corrections: each as a table, with a bar."""
    found = statistics(request.received_at)
    context = {"found": found, "tables": _tables(found), "months": _months(found)}
    return render(request, "habilitations/instruction/statistics.html", context)


@never_cache
@role_required(*READERS)
@require_safe
def export_statistics(request: ActorRequest) -> HttpResponseBase:
    """The same figures, as CSV."""
    found = statistics(request.received_at)
    rows: list[list[Any]] = [
        [str(table["title"]), str(label), value, text]
        for table in _tables(found)
        for label, value, _share, text in table["rows"]
    ]
    rows += [
        [_("Par mois"), f"{m.first:%Y-%m} {kind}", value, ""]
        for m in found.months
        for kind, value in (
            ("filed", m.filed),
            ("accepted", m.accepted),
            ("refused", m.refused),
            ("closed", m.closed),
        )
    ]
    headings = [
        ["table", "label", "count", "value"],
        [_("Table"), _("Intitulé"), _("Nombre"), _("Valeur")],
    ]
    answer = StreamingHttpResponse(
        table_lines(headings, rows), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{marked("F413-statistiques.csv")}"'
    return answer


def _tables(found: Statistics) -> list[dict[str, Any]]:
    """Tables of (label, count, share of the longest in hundredths, value in words)."""
    states = [(STATES[state].label, n, "") for state, n in found.states]
    decided = [(ACTS[kind], n, f"{share} %") for kind, n, share in found.decided]
    fields = [(texts.LABELS.get(path, path), n, "") for path, n in found.fields]
    reasons = [(texts.CORRECTION_REASONS.get(r, r), n, "") for r, n in found.reasons]
    return [
        {"key": "etats", "title": _("Dossiers par état, aujourd’hui"), "rows": _barred(states)},
        {"key": "decisions", "title": _("Décisions"), "rows": _barred(decided)},
        {"key": "delais", "title": _("Délais"), "rows": _delays(found)},
        {"key": "champs", "title": _("Champs à corriger le plus souvent"), "rows": _barred(fields)},
        {"key": "motifs", "title": _("Motifs des corrections demandées"), "rows": _barred(reasons)},
    ]


def _barred(rows: list[tuple[Any, int, str]]) -> list[tuple[Any, int, int, str]]:
    most = max((n for _label, n, _text in rows), default=0) or 1
    return [(label, n, round(100 * n / most), text) for label, n, text in rows]


def _delays(found: Statistics) -> list[tuple[Any, int, int, str]]:
    named = (
        (_("Du dépôt à la prise en instruction"), found.to_taken),
        (_("De la prise en instruction à la décision"), found.to_decided),
        (_("Du dépôt à la décision"), found.whole),
    )
    rows = []
    longest = max((d.p90 for _label, d in named if d.p90), default=timedelta(0))
    for label, span in named:
        share = round(100 * (span.p90 / longest)) if span.p90 and longest else 0
        rows.append((label, span.count, share, _spans(span)))
    return rows


def _spans(span: Delay) -> str:
    if span.p50 is None or span.p90 is None:
        return _("aucun dossier")
    words = {"half": lasting(span.p50), "most": lasting(span.p90)}
    return _("la moitié en %(half)s au plus, neuf sur dix en %(most)s au plus") % words


def _months(found: Statistics) -> list[dict[str, Any]]:
    most = max((month.filed for month in found.months), default=0) or 1
    return [
        {
            "name": date_format(month.first, "F Y"),
            "row": month,
            "share": round(100 * month.filed / most),
        }
        for month in found.months
    ]
