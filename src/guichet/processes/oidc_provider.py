"""The demo's OpenID Connect providers, for FranceConnect and ProConnect.

oidc-provider-mock serves the protocol; here are the people of the demo and pages in French to
choose one. They are for the demo alone: anybody may say they are anybody.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import oidc_provider_mock
from cheroot.wsgi import Server
from jinja2 import ChoiceLoader, FileSystemLoader

from guichet.conf.environment import Environment
from guichet.processes.pkce import Pkce
from guichet.processes.together import serve_together

PAGES: Final = Path(__file__).parent / "provider_pages"
THREADS: Final = 4
# FranceConnect and ProConnect name their scopes after claims; the mock knows those of OpenID
# Connect Core §5.4, and tells the claims that are not there in any case.
SCOPES: Final[Mapping[str, str]] = {
    "given_name": "profile",
    "family_name": "profile",
    "birthdate": "profile",
    "usual_name": "profile",
    "uid": "profile",
    "siret": "profile",
}
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def servers(environment: Environment) -> tuple[Server, ...]:
    """The servers of both providers, each an issuer on a port of its own."""
    return (
        _server(environment, environment.franceconnect_port, franceconnect(environment)),
        _server(environment, environment.proconnect_port, proconnect(environment)),
    )


def franceconnect(environment: Environment) -> Any:
    """The application; citizens have names, a birth date and an address, and no card."""
    citizens = _identities(environment, "citizens")
    claims = [
        {
            "given_name": citizen["given_names"],
            "family_name": citizen["surname"],
            "birthdate": citizen["birthdate"],
            "email": citizen["email"],
        }
        for citizen in citizens
    ]
    return application("franceconnect", citizens, claims)


def proconnect(environment: Environment) -> Any:
    """The application; agents have names, an address, and the SIRET they work at.

    Claims: https://data.gouv.fr/fr/dataservices/ProConnect.
    """
    agents = _identities(environment, "agents")
    claims = [
        {
            "given_name": agent["given_names"],
            "usual_name": agent["surname"],
            "email": agent["email"],
            "uid": agent["oidc_sub"],
            "siret": agent["siret"],
        }
        for agent in agents
    ]
    return application("proconnect", agents, claims)


def main(environment: Environment) -> None:
    """Serve them all until SIGTERM or SIGINT."""
    logging.getLogger("oidc_provider_mock").setLevel(logging.WARNING)
    serve_together(*servers(environment))


def _server(environment: Environment, port: int, application: Any) -> Server:
    return Server((environment.listen, port), application, numthreads=THREADS)


def _identities(environment: Environment, kind: str) -> list[dict[str, Any]]:
    path = environment.state / "demo" / "identities.json"
    found: list[dict[str, Any]] = json.loads(path.read_text())[kind]
    return found


def application(
    kind: str, known: Sequence[Mapping[str, Any]], claims: Sequence[dict[str, Any]]
) -> Any:
    """A provider whose pages are those of `kind`, and its people, each with the claims told."""
    users = [
        oidc_provider_mock.User(sub=str(one["oidc_sub"]), claims=told)
        for one, told in zip(known, claims, strict=True)
    ]
    app = oidc_provider_mock.app(user_claims=users, require_nonce=True)
    app.jinja_loader = ChoiceLoader([FileSystemLoader([PAGES / kind, PAGES]), app.jinja_loader])
    app.jinja_env.globals["people"] = known
    Pkce().guard(app)
    app.wsgi_app = _with_claim_scopes(app.wsgi_app)
    return app


def _with_claim_scopes(inner: Wsgi) -> Wsgi:
    """Translate the scopes of an authorization request into those that the mock knows."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        pairs = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        environ["QUERY_STRING"] = urlencode(
            [(name, _translated(value) if name == "scope" else value) for name, value in pairs]
        )
        return inner(environ, start_response)

    return answer


def _translated(scope: str) -> str:
    return " ".join(dict.fromkeys(SCOPES.get(name, name) for name in scope.split()))
