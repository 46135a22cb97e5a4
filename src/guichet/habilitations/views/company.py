"""From a SIRET to a draft: the number, what the registers say of it, and going on."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from guichet.domain.dossier.permissions import Act
from guichet.domain.identifiers import Siret
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations import chosen, prefill, registers, texts
from guichet.habilitations.forms.entry import SiretForm
from guichet.habilitations.operations import drafting
from guichet.habilitations.queries import applicant, held
from guichet.habilitations.registers import CompanySnapshot
from guichet.habilitations.views.pages import form_url
from guichet.identities.access import ActorRequest, login_required
from guichet.identities.language import language_of_page
from guichet.web.forms import posted, status_of

REFUSED = {"closed": Code.COMPANY_CLOSED, "unknown": Code.COMPANY_UNKNOWN}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_siret(request: ActorRequest, number: int | None = None) -> HttpResponse:
    """ "Identifier votre établissement"; with a number, for a dossier that changes its SIRET."""
    row = applicant.row_of(number, request.actor, Act.WRITE) if number else None
    form = SiretForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            siret = Siret.parse(form.cleaned_data["siret"])
        except Refusal as refusal:
            form.add_objections(
                Objection(o.code, (*o.facts, ("field", "siret"))) for o in refusal.all
            )
        else:
            return _to_company(siret, number)
    context = {
        "form": form,
        "number": number,
        "siret": chosen.siret(row) if row else "",
        "prefilled": prefill.keep(request) if number is None else {},
    }
    status = status_of(form)
    return render(request, "habilitations/siret.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_company(request: ActorRequest, siret: str, number: int | None = None) -> HttpResponse:
    """ "Informations sur l’établissement": use another number, or continue."""
    found = Siret.parse(siret)
    if number:
        applicant.row_of(number, request.actor, Act.WRITE)
    if request.method == "POST":
        return _go_on(request, found, number)
    company = registers.company_of(found)
    drafts = applicant.drafts_of(found.value, request.actor)
    context = {
        "company": company,
        "siret": found.value,
        "pairs": texts.company_pairs(company, found.value),
        "annuaire": f"{texts.ANNUAIRE}{found.value}",
        "drafts": [line for line in drafts if line.number != number],
        "held": held.rights_of_structure(found.value, request.actor, request.received_at),
        "live": held.certificates_of_structure(found.value, request.actor, request.received_at),
        "number": number,
        "may_go_on": company["answer"] not in REFUSED,
    }
    return render(request, "habilitations/company.html", context)


def _go_on(request: ActorRequest, siret: Siret, number: int | None) -> HttpResponse:
    """Begin a draft, or give a dossier its new SIRET; a draft already begun is taken up again."""
    actor, at = request.actor, request.received_at
    drafts = applicant.drafts_of(siret.value, actor)
    if number is None and drafts and "another" not in request.POST:
        return HttpResponseRedirect(form_url(drafts[0].number))
    company = _usable(registers.company_of(siret))
    if number is not None:
        drafting.change_structure(number=number, siret=siret, company=company, by=actor, at=at)
        return HttpResponseRedirect(form_url(number))
    begun = drafting.begin(
        siret=siret,
        company=company,
        by=actor,
        language=language_of_page(),
        at=at,
        prefilled=prefill.take(request),
    )
    return HttpResponseRedirect(form_url(begun))


def _usable(company: CompanySnapshot) -> CompanySnapshot:
    code = REFUSED.get(company["answer"])
    if code is not None:
        raise Refusal(code, siret=company["siret"])
    return company


def _to_company(siret: Siret, number: int | None) -> HttpResponse:
    if number is None:
        return redirect("habilitations:company", siret.value)
    return redirect("habilitations:change-company", number, siret.value)
