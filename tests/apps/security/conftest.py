"""The people of the counter and their browsers."""

from apps.identities.conftest import visitor  # noqa: F401
from apps.orders.conftest import (  # noqa: F401 the fixtures of the counter
    authorities,
    jean,
    operators,
    person,
    sign,
    sophie,
    structures,
)
