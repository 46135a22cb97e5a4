"""What the applicant's pages share: the form as a page, and the way to it."""

from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.domain.dossier.typed import ADMINISTRATORS, Typed
from guichet.domain.refusals import Objection
from guichet.habilitations import chosen, consent, eligibility, readiness, texts
from guichet.habilitations.forms import told
from guichet.habilitations.forms.exchanges import ACCEPTED, TOO_LARGE
from guichet.habilitations.forms.page import FormPage
from guichet.habilitations.models import Attachment, Dossier
from guichet.habilitations.policy import policy
from guichet.habilitations.queries import applicant, pieces
from guichet.identities.access import ActorRequest
from guichet.terms import queries as terms
from guichet.terms.documents import Kind
from guichet.web.forms import status_of

NAME: Final = "structure.legal_name"
# Beyond, registers are asked on demand and for the rows that change.
CHECKED_AT_ONCE: Final = 25


def form_url(number: int) -> str:
    """The address of a dossier's form."""
    return reverse("habilitations:form", args=[number])


def page_of(
    row: Dossier,
    at: datetime,
    *,
    strict: bool = False,
    check: bool = False,
    refused: tuple[Objection, ...] = (),
) -> FormPage:
    """The form of a dossier with what it lacks and what the registers say of it."""
    typed = consent.standing(row, Typed.from_json(row.draft), at)
    rows = typed.ids(ADMINISTRATORS)
    asked = rows if check or strict or len(rows) <= CHECKED_AT_ONCE else ()
    waiting = row.corrections.filter(resolved_at=None).first()
    return FormPage(
        typed=typed,
        objections=readiness.objections(row, typed),
        verdicts=eligibility.verdicts(row, typed, at, asked),
        comments=waiting.fields if waiting else {},
        strict=strict,
        refused=refused,
    )


def render_form(
    request: ActorRequest, row: Dossier, page: FormPage, *, restored: bool = False
) -> HttpResponse:
    """The form's page; objections that it comes back with give its status."""
    context = {
        **_choices(page, request.received_at),
        **_around(request, row, page),
        "page": page,
        "restored": restored,
    }
    status = status_of(beside=page.summed_up)
    return render(request, "habilitations/form.html", context, status=status)


def _choices(page: FormPage, at: datetime) -> dict[str, Any]:
    return {
        "answers": [("yes", _("Oui")), ("no", _("Non"))],
        "qualities": [(quality.value, words) for quality, words in texts.QUALITIES.items()],
        "uses": [
            {"name": use.name, "type": use.type, "type_label": _type(use), "advice": use.advice}
            for use in texts.USES
        ],
        "chances": told.chances(page),
        "terms": terms.in_force(Kind.TERMS, at),
    }


def _type(use: texts.Use) -> str:
    return str(texts.LABELS[f"types.{use.type.value}"])


def _around(request: ActorRequest, row: Dossier, page: FormPage) -> dict[str, Any]:
    dossier, files = applicant.shown_of(row, request.actor), pieces.current(pieces.every(row))
    comments, known = page.comments, chosen.company(row).get("legal_name")
    return {
        "dossier": dossier,
        "siret": chosen.siret(row),
        "legal_name": known or page.typed.get(NAME) or chosen.siret(row),
        "asks_for_a_name": readiness.asks_for_a_name(row),
        "mandates": [file for file in files if file.kind == Attachment.MANDATE],
        "supporting": [file for file in files if file.kind == Attachment.SUPPORTING],
        "accepted": ACCEPTED,
        "most": policy().attachment_bytes,
        "too_large": TOO_LARGE,
        "may_name_self": request.actor.card_number is not None,
        "reason": texts.CORRECTION_REASONS.get(dossier.asked.reason, "") if dossier.asked else "",
        "asked_fields": [
            (path, texts.label_of(path, page.typed), text) for path, text in comments.items()
        ],
    }
