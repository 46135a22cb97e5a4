"""What browsers meet (the choice of a person, keys, logout) and what servers call by mutual TLS."""

from functools import lru_cache
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.bench.pace import Pace
from guichet.bench.provider import judgement
from guichet.bench.provider.clients import METHOD, SCOPES
from guichet.bench.provider.endpoints import ACR
from guichet.bench.provider.server import Place, Server
from guichet.domain.refusals import Code, Objection
from guichet.identities.peer import client_address
from guichet.web.requests import prefers_json

# The certificate proves the client; a secret may go with it, in either of these ways.
AUTHENTICATION: Final = (METHOD, "client_secret_basic", "client_secret_post")
CALLS: Final = Pace(limit=600, seconds=60)
MAKING: Final = Lock()


def server(request: HttpRequest) -> Server:
    """The one provider of this process. Raises Http404 outside the demo, Refusal TOO_MANY_CALLS."""
    guichet = settings.GUICHET
    if not guichet.demo:
        raise Http404
    CALLS.take(client_address(request))
    place = Place(
        issuer=guichet.oidc_issuer,
        mutual=f"{guichet.bench_url}/psc",
        published=guichet.published,
        state=guichet.state,
        environment=guichet.environment,
    )
    with MAKING:  # two first requests at once make one provider, not two that share no code
        return _server(place)


@lru_cache(maxsize=2)
def _server(place: Place) -> Server:
    return Server(place)


@require_safe
def show_root(_: HttpRequest) -> HttpResponse:
    """Nothing to see by the front door: the bench says what this is."""
    return redirect(f"{settings.GUICHET.bench_url}/")


@require_safe
def discover(request: HttpRequest) -> JsonResponse:
    """OpenID Connect Discovery 1.0 §3, RFC 8414, RFC 8705 §5."""
    place = server(request).place
    mutual = {
        "token_endpoint": f"{place.mutual}/token",
        "userinfo_endpoint": f"{place.mutual}/userinfo",
        "introspection_endpoint": f"{place.mutual}/introspect",
        "revocation_endpoint": f"{place.mutual}/revoke",
    }
    methods = (f"{name}_endpoint" for name in ("token", "introspection", "revocation"))
    return JsonResponse(
        {
            "issuer": place.issuer,
            "authorization_endpoint": f"{place.issuer}/auth",
            "jwks_uri": f"{place.issuer}/certs",
            "end_session_endpoint": f"{place.issuer}/logout",
            **mutual,
            "mtls_endpoint_aliases": mutual,
            "tls_client_certificate_bound_access_tokens": True,
            **{f"{name}_auth_methods_supported": AUTHENTICATION for name in methods},
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": [ACR],
            "scopes_supported": SCOPES,
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
        }
    )


@require_safe
def show_keys(request: HttpRequest) -> JsonResponse:
    """The public half of the key that signs (RFC 7517)."""
    return JsonResponse(server(request).key_set.as_dict(private=False))


@csrf_exempt  # no session here to borrow: whoever posts says who he is
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Choose a person of the demo; no consent is asked, as at Pro Santé Connect."""
    provider = server(request)
    try:
        grant = provider.get_consent_grant(request)
    except OAuth2Error as error:
        if error.redirect_uri:
            return provider.handle_error_response(None, error)
        return _developer_page(request, provider, error)
    if request.method == "POST":
        chosen = provider.people.get(request.POST.get("sub", ""))
        answer: HttpResponse = provider.create_authorization_response(
            grant.request, grant_user=chosen, grant=grant
        )
        return answer
    context = {"people": provider.people.values(), "service": grant.client.service}
    response = render(request, "bench/provider/choose.html", context)
    back = urlsplit(grant.redirect_uri)
    return _leading_to(f"{back.scheme}://{back.netloc}", response)


def _leading_to(origin: str, response: HttpResponse) -> HttpResponse:
    """Chromium holds the redirection after a form to the form's own directive (CSP 3 §6.4.2)."""
    # As csp.decorators.csp_update does, which takes no value of a request.
    response._csp_update = {"form-action": [origin]}  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def _developer_page(request: HttpRequest, provider: Server, error: OAuth2Error) -> HttpResponse:
    """An error that no client may be sent: its address is not known to be its own."""
    client_id = request.GET.get("client_id", "")
    is_unknown = provider.query_client(client_id) is None
    wrong = (Objection(Code.PSC_CLIENT_UNKNOWN, (("client_id", client_id),)),) if is_unknown else ()
    told = [judgement.told(one) for one in wrong]
    context = {"error": error.error, "description": error.description, "told": told}
    return render(request, "bench/provider/refused.html", context, status=400)


@csrf_exempt  # the id_token given as a hint is what is believed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """RP-Initiated Logout 1.0: ends the login of the id_token given, then goes back."""
    provider = server(request)
    try:
        asked = provider.validate_endpoint_request("end_session", request)
    except OAuth2Error as error:
        return _developer_page(request, provider, error)
    answer: HttpResponse | None = provider.create_endpoint_response("end_session", asked)
    if answer is not None:
        return answer
    context = {"is_ended": not asked.needs_confirmation}
    return render(request, "bench/provider/signed_out.html", context)


@csrf_exempt
@never_cache
@require_POST
def exchange(request: HttpRequest) -> HttpResponse:
    """Token endpoint: code or refresh token (RFC 6749 §3.2)."""
    answer: HttpResponse = server(request).create_token_response(request)
    return answer


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tell_user(request: HttpRequest) -> HttpResponse:
    """Userinfo (OpenID Connect Core §5.3)."""
    provider = server(request)
    asked = provider.create_oauth2_request(request)
    try:
        token = provider.protected(asked)
    except OAuth2Error as error:
        return provider.handle_error_response(asked, error)
    return JsonResponse(provider.userinfo(token))


@csrf_exempt
@never_cache
@require_POST
def introspect(request: HttpRequest) -> HttpResponse:
    """RFC 7662."""
    return _endpoint("introspection", request)


@csrf_exempt
@never_cache
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """RFC 7009."""
    return _endpoint("revocation", request)


def _endpoint(name: str, request: HttpRequest) -> HttpResponse:
    answer: HttpResponse = server(request).create_endpoint_response(name, request)
    return answer


@require_safe
def explain(request: HttpRequest, code: str) -> HttpResponse:
    """What a refusal means and how to mend it: where `error_uri` leads developers."""
    server(request)
    if code not in judgement.TOLD:
        raise Http404
    told: dict[str, Any] = judgement.told(Objection(Code(code)))
    if prefers_json(request):
        return JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    return render(request, "bench/provider/explained.html", {"told": told})
