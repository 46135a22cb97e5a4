"""Reviews of access: everybody looked at by somebody else, and what was said, in a file."""

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.backoffice.forms.access import VerdictForm
from guichet.backoffice.views.access.framing import form_of, framed, role_words
from guichet.domain.access.reviews import Verdict
from guichet.domain.duties import Duty
from guichet.domain.refusals import Code, Refusal
from guichet.identities import access_queries, operations
from guichet.identities.access import ActorRequest, duty_required
from guichet.identities.operations import Said
from guichet.web.forms import is_done
from guichet.web.spreadsheets import CSV, Value, table_lines


@never_cache
@duty_required(Duty.SEE_ROLES)
@require_safe
def list_reviews(request: ActorRequest) -> HttpResponse:
    """Every review, and the way to begin one."""
    reviews = access_queries.reviews()
    context = {
        "reviews": reviews,
        "may_begin": request.actor.may(Duty.REVIEW_ROLES) and all(r.ended_at for r in reviews),
    }
    return framed(request, "reviews", "reviews", context)


@duty_required(Duty.REVIEW_ROLES)
@require_POST
def begin(request: ActorRequest) -> HttpResponseRedirect:
    """List everybody as they are now."""
    return _to(operations.begin_review(by=request.actor, at=request.received_at))


@never_cache
@duty_required(Duty.SEE_ROLES)
@require_safe
def show_review(request: ActorRequest, number: int) -> HttpResponse:
    """The people of a review, and what was said of each."""
    review = access_queries.review(number)
    lines = access_queries.reviewed(number)
    context = {
        "review": review,
        "lines": [
            (line, role_words(line.roles), line.account_id in request.actor.accounts)
            for line in lines
        ],
        "left": sum(not line.verdict for line in lines),
        "may_review": request.actor.may(Duty.REVIEW_ROLES) and review.ended_at is None,
    }
    return framed(request, "reviews", "review", context)


@never_cache
@duty_required(Duty.REVIEW_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def review_line(request: ActorRequest, number: int, line: int) -> HttpResponse:
    """Keep the roles of one person, or ask that they be taken."""
    rows = {row.pk: row for row in access_queries.reviewed(number)}
    if line not in rows:
        raise Refusal(Code.ACCESS_UNKNOWN)
    form = form_of(request, VerdictForm)

    def send() -> None:
        typed = form.cleaned_data
        said = Said(line=line, verdict=Verdict(typed["verdict"]), note=typed["note"])
        operations.review_account(
            review_id=number, said=said, by=request.actor, at=request.received_at
        )

    if is_done(request, form, send):
        return _to(number)
    found = rows[line]
    context = {"line": found, "roles": role_words(found.roles), "form": form, "number": number}
    return framed(request, "reviews", "review_line", context)


@duty_required(Duty.REVIEW_ROLES)
@require_POST
def end(request: ActorRequest, number: int) -> HttpResponseRedirect:
    """End a review once everybody was looked at."""
    operations.end_review(review_id=number, by=request.actor, at=request.received_at)
    return _to(number)


@never_cache
@duty_required(Duty.SEE_ROLES)
@require_safe
def export(request: ActorRequest, number: int) -> HttpResponseBase:
    """A review as a file."""
    access_queries.review(number)
    answer = StreamingHttpResponse(table_lines(_heading(), _rows(number)), content_type=CSV)
    answer["Content-Disposition"] = f'attachment; filename="revue-{number}.csv"'
    return answer


def _heading() -> tuple[list[Value], list[Value]]:
    names: dict[str, Value] = {
        "person": _("Personne"),
        "email": _("Adresse électronique"),
        "roles": _("Rôles"),
        "last_login": _("Dernière connexion"),
        "verdict": _("Décision"),
        "reviewer": _("Revue par"),
        "reviewed_at": _("Le"),
        "note": _("Remarque"),
    }
    return list(names), list(names.values())


def _rows(number: int) -> Iterator[list[Value]]:
    for line in access_queries.reviewed(number):
        yield [
            line.account.display_name,
            line.account.email,
            ", ".join(role_words(line.roles)),
            line.last_login,
            line.verdict,
            line.reviewer.display_name if line.reviewer else "",
            line.reviewed_at,
            line.note,
        ]


def _to(number: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("backoffice:access-review", args=[number]))
