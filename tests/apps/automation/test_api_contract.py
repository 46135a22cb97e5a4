"""schemathesis calls the API by its own description: no fault, and no answer but those described.

Of the numbers that it makes up, half are changed for those of things that exist; most of the
tokens that it makes up are left out.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation, BaseSchema

from apps.automation.callers import Api
from apps.automation.machine_callers import account, token_of
from guichet.automation.policy import ApiPolicy

Body = Callable[..., dict[str, Any]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
WITHDRAWAL = {"revocation_code": "une phrase à moi", "accept_terms": True}
ANSWERS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
CALLS = 10


def on_card_port(app: Wsgi) -> Wsgi:
    """The application as the card port runs it."""
    return lambda environ, start: app({**environ, "guichet.listener": "card"}, start)


@pytest.fixture
def real(
    api: Api,
    order_body: Body,
    sign_everything: Callable[[], None],
    settings: Any,
) -> dict[str, list[Any]]:
    """Values of parameters that name something, by the parameter and the first word of the path."""
    settings.GUICHET_API = ApiPolicy(calls=1_000_000)
    numbers = [api.post("/orders", order_body(service=f"S{n}")).json()["number"] for n in range(3)]
    sign_everything()
    made = api.post(f"/orders/{numbers[0]}/withdrawal", WITHDRAWAL).json()["product"]
    machine = account()
    asked = {"url": "https://a.hopital.fr/", "topics": ["order.expired"], "structure": "10B0135356"}
    hooks = [api.post("/webhooks", asked).json()["id"] for _one in range(12)]
    service = {
        "structure": "10B0135356",
        "client_id": "hopital-dpi",
        "name": "Dossier patient",
        "contact_email": "si@hopital.fr",
    }
    services = [api.post("/associations", service).json()["id"]]
    pings = [api.post(f"/webhooks/{hook}/ping", {}).json()["id"] for hook in hooks]
    return {
        "orders.number": numbers,
        "products.number": [made],
        "machines.key": [str(machine.key)],
        "machines.credential": [str(token_of(machine).facts.key)],
        "webhooks.key": hooks,
        "associations.key": services,
        "associations.product": [made],
        "webhooks.delivery": pings,
    }


@pytest.fixture
def _one_connection(real: dict[str, list[Any]]) -> Iterator[None]:
    """Served as in production, an answer would close the connection that holds the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def described(app: Wsgi) -> BaseSchema:
    """The description that an application serves."""
    found = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    found.config.generation.update(database="none")
    return found


def exercise(operation: APIOperation[Any, Any, Any, Any], real: dict[str, list[Any]]) -> None:
    """Call one operation with what its description allows. Raises FailureGroup."""
    turns = itertools.count()
    resource = operation.path.removeprefix("/api/v1/").partition("/")[0]

    @settings(
        max_examples=CALLS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def call(case: schemathesis.Case) -> None:
        turn, is_real = divmod(next(turns), 2)
        if turn % 4:
            case.headers.pop("Authorization", None)  # made up: it would be refused
        for name in case.path_parameters if is_real else ():
            if known := real.get(f"{resource}.{name}"):
                case.path_parameters[name] = known[turn % len(known)]
        case.call_and_validate(checks=ANSWERS)

    call()


@pytest.mark.usefixtures("_one_connection")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_operation_answers_as_described(real: dict[str, list[Any]]) -> None:
    schema = described(on_card_port(get_wsgi_application()))
    called = [found.ok() for found in schema.get_all_operations()]
    assert len(called) >= 24
    for operation in called:
        exercise(operation, real)


@pytest.mark.usefixtures("_one_connection")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("damage", ["fault", "shape"])
def test_schemathesis_sees_what_is_wrong(real: dict[str, list[Any]], damage: str) -> None:
    """A 500 on one address, and a number that becomes a text: both are found."""
    app = on_card_port(get_wsgi_application())

    def damaged(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/api/v1/orders/"):
            return app(environ, start)
        if damage == "fault":
            start("500 Internal Server Error", [("Content-Type", "application/problem+json")])
            return [b"{}"]
        told: list[Any] = []
        body = json.loads(b"".join(app(environ, lambda *said: told.append(said))))
        status, headers, *_rest = told[0]
        start(status, [pair for pair in headers if pair[0] != "Content-Length"])
        return [json.dumps(body | {"number": "one"}).encode()]

    operation = described(damaged)["/api/v1/orders/{number}"]["GET"]
    with pytest.raises(FailureGroup):
        exercise(operation, real)
