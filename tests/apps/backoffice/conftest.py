"""The people and the authority of orders, and those who work at the counter."""

from collections.abc import Callable

import pytest

from apps.orders.conftest import (  # noqa: F401 fixtures
    _no_cache,
    authorities,
    person,
    sign,
    sophie,
    structures,
)
from apps.orders.counter import Person

STAFF = {
    "operator": ("2800401022", "OSCAR PETIT", "899700401021"),
    "auditor": ("2800403048", "AUDE NEUTRE", "899700403043"),
    "ca-officer": ("2800404051", "CLARA CLEF", "899700404059"),
    "supervisor": ("2800405064", "SIMON CHEF", "899700405064"),
    "instructor": ("2800406077", "INES EXAMEN", "899700406070"),
    "support": ("2800407080", "SAMI AIDE", "899700407086"),
}


@pytest.fixture
def staff(person: Callable[..., Person]) -> Callable[[str], Person]:  # noqa: F811
    """Somebody of the counter with one role, logged in by card."""
    return lambda role: person(*STAFF[role], role)
