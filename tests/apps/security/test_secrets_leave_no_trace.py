"""Secrets that are given leave no trace in logs, journal, outbox, or the page of a fault."""

import base64
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.automation.acme_client import Acme, binding, url
from apps.automation.callers import SOPHIE
from apps.automation.est_callers import device
from apps.automation.machine_callers import account, by_token, token_of
from apps.automation.webhooks import hooks
from apps.identities.applicants import (
    EMAIL,
    OTHER_PASSWORD,
    PASSWORD,
    Visitor,
    link_in,
    local_account,
    mails_to,
)
from apps.identities.applicants import (
    token_of as token_of_link,
)
from apps.orders.counter import CODE, Person, Sign, csr_pem, everything_stored, withdrawn
from guichet.automation import rates
from guichet.automation.est.policy import EstPolicy
from guichet.domain.machines import CredentialKind
from guichet.identities.machines import eab_key
from guichet.identities.operations import machines
from guichet.journal.models import Entry
from guichet.notifications.models import OutboxMail
from guichet.web import logs, views

MARKED = "MARQUE-7f3a91c5e2"


class Traces:
    """What was logged, as the console would show it, and what was told and is to be sent."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = logging.config.dictConfigClass(
            {"version": 1, "formatters": {}} | logs.configuration("json", "DEBUG")
        ).configure_formatter(logs.configuration("json", "DEBUG")["formatters"]["line"])

    def handle(self, record: logging.LogRecord) -> None:
        self._lines.append(self._line.format(record))

    def told(self) -> str:
        journal = [repr(row) for row in Entry.objects.values_list()]
        mails = [repr(row) for row in OutboxMail.objects.values_list()]
        return "\n".join((*self._lines, *journal, *mails))

    def hold_none_of(self, *secrets: str) -> None:
        """Fails, naming the line, where one is; secrets as they are, quoted, or in base64."""
        assert any("request" in line for line in self._lines), "nothing was logged at all"
        for secret in secrets:
            encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
            for form in {secret, quote(secret), repr(secret)[1:-1], encoded}:
                found = [line for line in self.told().splitlines() if form in line]
                assert not found, (secret, found[0])


@pytest.fixture
def traces() -> Any:
    made = Traces()
    handler = logging.Handler(logging.INFO)
    handler.emit = made.handle  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    yield made
    logging.getLogger().removeHandler(handler)


def test_codes_of_revocation(traces: Traces, sophie: Person, sign: Sign) -> None:
    """Chosen, mistyped, typed right; typed in the field of the number too."""
    product = withdrawn(sophie, sign)
    typed = {"which": str(product), "motif": "theft", "confirmed": "on"}
    for which, code in ((product, f"{MARKED} faux"), (f"{CODE}", MARKED), (product, CODE)):
        where = "/produits/revoquer/code/"
        Client().post(where, typed | {"which": str(which), "code": code}, secure=True)
    Client().get(f"/produits/revoquer/?code={MARKED}", secure=True)
    traces.hold_none_of(CODE, MARKED)
    assert CODE not in everything_stored()


def test_passwords_and_links(traces: Traces, visitor: Visitor) -> None:
    """Right, wrong, in the field of the address; the link's token is in its e-mail alone."""
    local_account()
    visitor.logs_in(EMAIL, f"{MARKED} faux")
    visitor.logs_in(f"{MARKED}@x", PASSWORD)
    visitor.logs_in(MARKED, PASSWORD)
    visitor.signs_up(email="autre@hopital.test")
    visitor.post("/connexion/oubli/", email=EMAIL)
    link = link_in(mails_to(EMAIL)[0])
    visitor.get(link)
    new = {"password": OTHER_PASSWORD, "password_again": OTHER_PASSWORD}
    assert visitor.post(link, **new).status_code == 302
    visitor.logs_in(EMAIL, OTHER_PASSWORD)
    OutboxMail.objects.all().delete()
    traces.hold_none_of(PASSWORD, OTHER_PASSWORD, MARKED, token_of_link(link))
    stored = everything_stored()
    assert PASSWORD not in stored
    assert token_of_link(link) not in stored


def _tokens(_sophie: Person) -> list[str]:
    issued = token_of(account())
    for secret in (issued.secret, f"{issued.secret[:-4]}{MARKED}"):
        by_token(secret).get("/orders")
        by_token(secret).get(f"/orders?token={secret}")
    return [issued.secret, MARKED]


def _eab_keys(_sophie: Person) -> list[str]:
    machine, acme = account(), Acme()
    key_id = machines.issue_credential(
        key=machine.key, kind=CredentialKind.EAB, label="", by=SOPHIE, at=timezone.now()
    ).secret
    mac = eab_key(key_id)
    wrong = binding(acme.key, key_id, MARKED.encode())
    terms = {"termsOfServiceAgreed": True, "contact": ["mailto:si@hopital.fr"]}
    acme.post(url("new-account"), terms | {"externalAccountBinding": wrong})
    assert acme.open(machine).status_code == 201
    return [mac.hex(), base64.urlsafe_b64encode(mac).decode().rstrip("="), MARKED]


def _est_secrets(_sophie: Person) -> list[str]:
    machine = device()
    secret, csr = machine.secret(), base64.b64decode("".join(csr_pem().splitlines()[1:-1]))
    for given in (MARKED, secret):
        machine.post("org-auth-cli/simpleenroll", csr, given)
    return [secret, MARKED]


def _webhook_keys(sophie: Person) -> list[str]:
    shown = hooks.made(sophie.actor, "https://automate.invalid/")
    hooks.tell(timezone.now() + timedelta(seconds=1))
    return [shown.secret, shown.secret.removeprefix("whsec_")]


@pytest.mark.parametrize("given", [_tokens, _eab_keys, _est_secrets, _webhook_keys])
def test_secrets_of_machines(
    traces: Traces, sophie: Person, settings: Any, given: Callable[[Person], list[str]]
) -> None:
    """Right and wrong ones."""
    if given is _est_secrets:
        settings.ROOT_URLCONF = "guichet.conf.card_urls"
        settings.GUICHET_EST = EstPolicy(wait=timedelta(0))  # nobody signs here
    rates.forget()
    secrets = given(sophie)
    Client().get("/aide/", secure=True)
    traces.hold_none_of(*secrets)


def test_a_fault_shows_and_logs_nothing_typed(
    traces: Traces, sophie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the page nor the traceback holds what was posted, or a variable's value."""

    def fail(request: Any) -> None:
        code = request.POST["code"]
        raise RuntimeError(f"no such thing: {len(code)}")

    monkeypatch.setattr(views, "path_within", lambda request, back: fail(request))
    browser = Client(raise_request_exception=False)
    answer = browser.post("/theme/", {"code": MARKED}, secure=True)
    assert answer.status_code == 500
    assert MARKED not in answer.content.decode()
    assert settings.SECRET_KEY not in answer.content.decode()
    assert "RuntimeError" in traces.told()
    traces.hold_none_of(MARKED, settings.SECRET_KEY)
