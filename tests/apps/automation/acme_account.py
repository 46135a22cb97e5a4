"""An open account of ACME, where nothing is signed."""

import json
from typing import Any

import pytest
from django.http import HttpResponse

from apps.automation.acme_client import Acme
from apps.automation.machine_callers import account
from guichet.identities.machines import MachineFacts


@pytest.fixture
def sign_everything(db: None) -> None:
    """Nothing is signed here: structures do without an authority."""


@pytest.fixture
def machine(structures: None) -> MachineFacts:
    """A machine account for servers of the hospital."""
    return account(profiles=("SERV/SSL_SERV",))


@pytest.fixture
def acme(machine: MachineFacts) -> Acme:
    """An open account of it."""
    client = Acme()
    assert client.open(machine).status_code == 201
    return client


def body(answer: HttpResponse) -> dict[str, Any]:
    """What an answer says, as JSON."""
    found: dict[str, Any] = json.loads(answer.content)
    return found
