"""Versions of the terms and of policies: the list, the editor, who publishes."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.backoffice.forms.terms import TermsForm
from guichet.backoffice.views.texts.framing import framed
from guichet.domain.duties import Duty
from guichet.domain.wording import VERSIONS, VersionAct, VersionState, may_enforce
from guichet.identities.access import ActorRequest, duty_required, fresh_login_required
from guichet.notifications.wording.reading import compared
from guichet.terms import operations, queries
from guichet.terms.documents import Document, Kind, blocks
from guichet.terms.operations import Author
from guichet.terms.words import KINDS
from guichet.web.forms import is_done, posted

PREVIEW = "apercu"


@never_cache
@duty_required(Duty.WRITE_TEXTS)
@require_safe
def list_documents(request: ActorRequest) -> HttpResponse:
    """Each text with all of its versions, those that wait for a decision first told of."""
    at, accounts = request.received_at, request.actor.accounts
    found = [(kind, words, queries.every(kind)) for kind, words in KINDS.items()]
    current = {kind: queries.in_force(kind, at).number for kind in KINDS}
    waiting = [
        one
        for _kind, _words, versions in found
        for one in versions
        if one.state is VersionState.WRITTEN and may_enforce(one.state, one.author_id, accounts)
    ]
    shown = [(kind, words, versions, current[kind]) for kind, words, versions in found]
    context = {"found": shown, "waiting": waiting, "at": at}
    return framed(request, "terms", "terms/list", context)


@never_cache
@duty_required(Duty.WRITE_TEXTS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActorRequest, kind: str) -> HttpResponse:
    """Write the next version, beginning with the one in force; looked at before it is kept."""
    found, at = queries.kind_of(kind), request.received_at
    current = queries.in_force(found, at)
    form = TermsForm(posted(request), initial=TermsForm.beginning(current))
    previews: list[tuple[str, object]] = []

    def do() -> None:
        written = form.written(found)
        if request.POST.get("acte") == PREVIEW:
            previews.append((_("Français"), tuple(blocks(written.text_fr))))
            previews.append((_("Anglais"), tuple(blocks(written.text_en))))
        else:
            operations.write(written=written, by=author_of(request), at=at)

    if is_done(request, form, do) and not previews:
        return _to(found, form.cleaned_data["number"])
    context = {
        "form": form,
        "kind": found,
        "words": KINDS[found],
        "current": current,
        "previews": previews,
    }
    return framed(request, "terms", "terms/edit", context)


@never_cache
@duty_required(Duty.WRITE_TEXTS)
@require_safe
def show_version(request: ActorRequest, kind: str, number: str) -> HttpResponse:
    """One version: what it changes, and what may be done with it."""
    at, found = request.received_at, queries.document(queries.kind_of(kind), number)
    before = _before(found)
    accounts = request.actor.accounts
    is_over = found.in_force_from <= at and found.state is VersionState.IN_FORCE
    context = {
        "document": found,
        "words": KINDS[found.kind],
        "before": before,
        "french": compared(before.text_fr, found.text_fr) if before else (),
        "english": compared(before.text_en, found.text_en) if before else (),
        "may_publish": found.state is VersionState.WRITTEN
        and may_enforce(found.state, found.author_id, accounts),
        "may_give_up": not is_over and _may_end(found.state),
        "is_own": found.author_id in accounts,
        "waits": found.state is VersionState.WRITTEN,
        "at": at,
    }
    return framed(request, "terms", "terms/version", context)


@duty_required(Duty.WRITE_TEXTS)
@fresh_login_required()
@require_POST
def publish(request: ActorRequest, kind: str, number: str) -> HttpResponse:
    """Decide that a version takes effect on its day."""
    found = queries.kind_of(kind)
    operations.publish(kind=found, number=number, by=author_of(request), at=request.received_at)
    return _to(found, number)


@duty_required(Duty.WRITE_TEXTS)
@require_POST
def give_up(request: ActorRequest, kind: str, number: str) -> HttpResponse:
    """Set aside a version that is not in force yet."""
    found = queries.kind_of(kind)
    operations.give_up(kind=found, number=number, by=author_of(request), at=request.received_at)
    return _to(found, number)


def author_of(request: ActorRequest) -> Author:
    """Who writes or decides, as operations take them."""
    actor = request.actor
    return Author(
        ref=actor.ref, label=actor.label, account_id=actor.account_id, accounts=actor.accounts
    )


def _before(found: Document) -> Document | None:
    """The version that this one replaces, or replaced."""
    earlier = (
        one
        for one in queries.every(found.kind)
        if one.number != found.number
        and one.state is VersionState.IN_FORCE
        and one.in_force_from <= found.in_force_from
    )
    return next(earlier, None)


def _may_end(state: VersionState) -> bool:
    return any(VERSIONS.allows(state, act) for act in (VersionAct.DROP, VersionAct.RETIRE))


def _to(kind: Kind, number: str) -> HttpResponse:
    address = reverse("backoffice:terms-version", args=[kind.value, number])
    return HttpResponseRedirect(address)
