"""A visitor's browser, and the demo's identity providers on loopback."""

import json
import threading
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cheroot.wsgi import Server
from django.conf import settings as django_settings

from apps.identities.applicants import Visitor, local_account
from guichet.conf.environment import Environment
from guichet.demo.files import write_identities
from guichet.identities.models import Account
from kit.stack import free_port


@pytest.fixture
def visitor(db: None) -> Visitor:
    """Somebody who is not logged in."""
    return Visitor()


@pytest.fixture
def account(db: None) -> Account:
    """Julien Pilou's, with a password."""
    return local_account()


@pytest.fixture
def julien(account: Account, visitor: Visitor) -> Visitor:
    """Logged in by password."""
    visitor.logs_in()
    return visitor


@pytest.fixture(scope="session")
def providers_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """The demo's providers, serving on free ports."""
    with warnings.catch_warnings(record=True):  # of the libraries that the mock itself uses
        from guichet.processes import oidc_provider  # noqa: PLC0415
    state: Path = tmp_path_factory.mktemp("providers")
    known = state / "demo" / "identities.json"
    write_identities(known)
    e_cps, france_connect, pro_connect = free_port(), free_port(), free_port()
    environment = replace(
        django_settings.GUICHET,
        state=state,
        oidc_port=e_cps,
        oidc_issuer=f"http://localhost:{e_cps}",
        franceconnect_port=france_connect,
        franceconnect_issuer=f"http://localhost:{france_connect}",
        proconnect_port=pro_connect,
        proconnect_issuer=f"http://localhost:{pro_connect}",
    )
    people = json.loads(known.read_text())["people"]
    claims = [{"SubjectNameID": one["national_id"]} for one in people]
    # The real one wants mutual TLS: tests/protocols/test_psc_login.py
    stand_in = oidc_provider.application("franceconnect", people, claims)
    servers = (
        Server(("127.0.0.1", e_cps), stand_in, numthreads=4),
        *oidc_provider.servers(environment),
    )
    for server in servers:
        server.prepare()
        threading.Thread(target=server.serve, daemon=True).start()
    yield environment
    for server in servers:
        server.stop()


@pytest.fixture
def providers(providers_served: Environment, settings: Any) -> Environment:
    """This test's settings name the providers served."""
    settings.GUICHET = replace(
        django_settings.GUICHET,
        oidc_issuer=providers_served.oidc_issuer,
        franceconnect_issuer=providers_served.franceconnect_issuer,
        proconnect_issuer=providers_served.proconnect_issuer,
    )
    return providers_served
