"""What an operator's own module of settings replaces: read before anything relies on it.

docs/how-to/changer-une-regle.md says how it is written.
"""

import os
from collections.abc import Mapping
from typing import Final

from django.conf import settings

from guichet.conf.readers import ConfigurationError

OBJECTS: Final[Mapping[str, str]] = {
    "GUICHET_OPERATOR": "guichet.notifications.operator.Operator",
    "GUICHET_ORDERS": "guichet.orders.policy.OrderPolicy",
    "GUICHET_HABILITATIONS": "guichet.habilitations.policy.DossierPolicy",
    "GUICHET_API": "guichet.automation.policy.ApiPolicy",
    "GUICHET_ACME": "guichet.automation.acme.policy.AcmePolicy",
    "GUICHET_EST": "guichet.automation.est.policy.EstPolicy",
}


def read() -> None:
    """Read the settings. Raises ConfigurationError: a value or a kind of object is not allowed."""
    try:
        found = {name: type(getattr(settings, name)) for name in OBJECTS if hasattr(settings, name)}
    except (ImportError, ValueError) as error:
        raise ConfigurationError(f"{os.environ['DJANGO_SETTINGS_MODULE']}: {error}") from error
    for name, kind in found.items():
        told = f"{kind.__module__}.{kind.__qualname__}"
        if told != OBJECTS[name]:
            raise ConfigurationError(f"{name}: {OBJECTS[name]} is wanted, not {told}")
