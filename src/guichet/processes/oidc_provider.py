"""The demo's OpenID Connect provider: stands for Pro Santé Connect and its e-CPS.

oidc-provider-mock serves the protocol; here are the people of the demo and a page in French to
choose one. It is for the demo alone: anybody may say they are anybody.
"""

import json
import logging
import signal
from pathlib import Path
from typing import Any

import oidc_provider_mock
from cheroot.wsgi import Server
from jinja2 import ChoiceLoader, FileSystemLoader

from guichet.conf.environment import Environment

PAGES = Path(__file__).parent / "provider_pages"
THREADS = 4


def people(environment: Environment) -> list[dict[str, Any]]:
    """The demo's people, from identities.json."""
    path = environment.state / "demo" / "identities.json"
    found: list[dict[str, Any]] = json.loads(path.read_text())["people"]
    return found


def application(environment: Environment) -> Any:
    """The WSGI application; SubjectNameID is the national identifier, as Pro Santé Connect's."""
    known = people(environment)
    users = [
        oidc_provider_mock.User(
            sub=str(person["oidc_sub"]),
            claims={"SubjectNameID": person["national_id"], "name": person["name"]},
        )
        for person in known
    ]
    app = oidc_provider_mock.app(user_claims=users, require_nonce=True)
    app.jinja_loader = ChoiceLoader([FileSystemLoader(PAGES), app.jinja_loader])
    app.jinja_env.globals["people"] = known
    return app


def main(environment: Environment) -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.getLogger("oidc_provider_mock").setLevel(logging.WARNING)
    server = Server(
        (environment.listen, environment.oidc_port), application(environment), numthreads=THREADS
    )

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        server.start()
    except KeyboardInterrupt:
        server.stop()
