"""Services of the counter's two structures."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from apps.automation.conftest import as_card  # noqa: F401 the API as a card
from apps.orders.conftest import (  # noqa: F401 the fixtures of the counter
    _no_cache,
    authorities,
    jean,
    jeanne,
    nobody,
    person,
    sign,
    sophie,
    structures,
)
from apps.orders.counter import HOSPITAL, Person
from guichet.associations import operations
from guichet.associations.facts import ServiceFacts
from guichet.associations.operations import ServiceAsked
from guichet.domain.catalogue.twins import Environment


def asked(client_id: str = "hopital-dpi", **changes: Any) -> ServiceAsked:
    """A service of the hospital, as its form sends it."""
    values: dict[str, Any] = {
        "structure_id": HOSPITAL,
        "client_id": client_id,
        "name": "Dossier patient",
        "environment": Environment.TEST,
        "redirect_uris": ("https://dpi.hopital.fr/retour",),
        "post_logout_redirect_uris": (),
        "contact_email": "si@hopital.fr",
    }
    return ServiceAsked(**{**values, **changes})


@pytest.fixture
def declare(sophie: Person) -> Callable[..., ServiceFacts]:  # noqa: F811 the fixture above
    """Declare a service as SOPHIE."""

    def run(client_id: str = "hopital-dpi", **changes: Any) -> ServiceFacts:
        wanted = asked(client_id, **changes)
        return operations.declare(asked=wanted, by=sophie.actor, at=timezone.now())

    return run
