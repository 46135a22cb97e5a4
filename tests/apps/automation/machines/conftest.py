"""The people of the counter, on the pages of machine accounts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.orders.conftest import (  # noqa: F401 the fixtures of the counter
    authorities,
    jean,
    jeanne,
    nobody,
    person,
    sign,
    sophie,
    structures,
)
from apps.orders.counter import EPOCH, HOSPITAL, LABORATORY, Person
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations import operations as habilitations
from guichet.habilitations.models import Delegation, Structure

ASKED: dict[str, Any] = {
    "name": "Serveurs web",
    "contact_email": "equipe@hopital.fr",
    "verbs": ["read", "order", "withdraw", "renew"],
    "profiles": ["SERV/SSL_SERV"],
    "names": ["hopital.fr"],
}


@pytest.fixture
def leo(structures: None, person: Callable[..., Person]) -> Person:  # noqa: F811
    """Of an editor: by delegation for the hospital (ORG/AUTH_CLI), by right for the laboratory."""
    delegation = Delegation.objects.create(
        structure=Structure.objects.get(national_id=HOSPITAL),
        editor_siret="40393866500037",
        editor_name="EDITEUR DE LOGICIEL",
        offers=["ORG"],
        starts_at=EPOCH,
        ends_at=timezone.now() + timedelta(days=30),
        given_by="test",
        given_at=EPOCH,
    )
    for structure, pk in ((HOSPITAL, delegation.pk), (LABORATORY, None)):
        asked = habilitations.RightAsked(
            card_number="2800777777",
            structure_id=structure,
            offer=Offer.ORG,
            usages=frozenset({Usage.AUTH_CLI}),
            delegation_id=pk,
            starts_at=EPOCH,
        )
        habilitations.grant_right(asked=asked, by="test", at=EPOCH)
    return person("2800777777", "LEO EDITEUR", "899700777777")


@pytest.fixture
def account(sophie: Person) -> str:  # noqa: F811
    """The address of an account of the hospital, for its web servers."""
    return opened(sophie, **ASKED)


def opened(somebody: Person, address: str = "/automates/nouveau/", **asked: Any) -> str:
    """Open an account by its form; the address of its page."""
    answer = somebody.post(address, asked)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]
