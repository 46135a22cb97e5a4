"""The people of a town where something of everything has happened."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.backoffice.conftest import STAFF, staff  # noqa: F401 people of the counter
from apps.habilitations.conftest import enter, known_registers  # noqa: F401 applicants
from apps.habilitations.rights_kit import EDITOR, EDITOR_SIRET, appoint, structure
from apps.orders.conftest import (  # noqa: F401 administrators and representatives
    _no_cache,
    authorities,
    jean,
    nobody,
    person,
    sign,
    sophie,
    structures,
)
from apps.orders.counter import Person, Sign
from apps.walk.town import Town


@pytest.fixture
def town(
    request: pytest.FixtureRequest,
    staff: Callable[[str], Person],  # noqa: F811 the fixtures above
    person: Callable[..., Person],  # noqa: F811
    enter: Callable[..., Any],  # noqa: F811
    sign: Sign,  # noqa: F811
) -> Town:
    """Everybody, before anything happened; the registers know the deck's cards and companies."""
    request.getfixturevalue("known_registers")
    people: dict[str, Any] = {
        name: request.getfixturevalue(name) for name in ("sophie", "jean", "nobody")
    }
    people |= {role: staff(role) for role in STAFF}
    people["second"] = person("2800402035", "OLGA GRAND", "899700402037", "operator")
    people["denise"] = enter("Denise", "AUTRE", email="denise.autre@clinique.test")
    structure(EDITOR, "EDITEUR DE LOGICIEL", EDITOR_SIRET)
    people["eve"] = appoint(enter("Eve", "EDITRICE", email="eve@editeur.fr"), EDITOR)
    people["paul"] = enter("Paul", "RIEN", email="paul.rien@ailleurs.test")
    return Town(people, sign)
