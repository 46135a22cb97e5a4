"""A provider's person whose address a local account has already: link the two, or go on apart."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.domain.refusals import Code, Refusal
from guichet.identities import handover, operations, password_login
from guichet.identities.access import VisitorRequest
from guichet.identities.actors import NO_PROOF
from guichet.identities.forms import PasswordForm
from guichet.identities.operations import ExternalPerson
from guichet.identities.providers import offered
from guichet.identities.views import openid
from guichet.web.forms import posted, status_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: VisitorRequest, key: str) -> HttpResponse:
    """The local account is linked by its password, once; without it another account opens."""
    provider, at = offered(key), request.received_at
    waiting = handover.newcomer(request, key, at)
    form, account_id = PasswordForm(posted(request)), None
    if request.method == "POST" and "apart" in request.POST:
        account_id = operations.open_external_account(person=waiting.person, at=at)
    elif form.is_valid():
        try:
            account_id = _linked(request, waiting.person, form.cleaned_data["password"])
        except Refusal as refusal:
            if refusal.code is Code.LOGIN_LOCKED:
                raise
            form.add_refusal(refusal, {Code.LOGIN_FAILED: "password"})
    if account_id is not None:
        handover.forget_newcomer(request)
        entering = openid.Entering(provider, waiting.person, NO_PROOF)
        return openid.enter(request, account_id, entering, waiting.suite)
    status = status_of(form)
    context = {"form": form, "email": waiting.person.email, "provider": provider.label}
    return render(request, "identities/join.html", context, status=status)


def _linked(request: VisitorRequest, person: ExternalPerson, password: str) -> int:
    """The local account that the password opens, linked from now on. Raises Refusal LOGIN_*."""
    at = request.received_at
    account_id = password_login.check(request, operations.folded(person.email), password, at=at)
    operations.link_identity(
        account_id=account_id,
        provider=person.provider,
        subject=person.subject,
        by=f"identity:{person.provider}",
        at=at,
    )
    return account_id
