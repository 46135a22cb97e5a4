"""The counter, for who makes test certificates."""

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
