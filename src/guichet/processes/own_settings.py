"""What an operator's own module of settings replaces: read before anything relies on it.

docs/how-to/changer-une-regle.md says how it is written.
"""

import os
from importlib import import_module
from typing import Final

from django.conf import settings

from guichet.conf.readers import ConfigurationError

USUAL: Final = "guichet.conf.settings"
OURS: Final = "GUICHET"


def read() -> None:
    """Read the settings, and hold each of ours to the kind of its default.

    Raises ConfigurationError: a value or a kind of object is not allowed, a name is not known, or
    the module does not take up the settings that it does not replace.
    """
    module = os.environ["DJANGO_SETTINGS_MODULE"]
    try:
        found = {name: getattr(settings, name) for name in _ours(settings)}
    except (ImportError, ValueError) as error:
        raise ConfigurationError(f"{module}: {error}") from error
    usual = import_module(USUAL)
    kinds = {name: type(getattr(usual, name)) for name in _ours(usual)}
    if strange := sorted(found.keys() - kinds.keys()):
        raise ConfigurationError(f"{module}: {', '.join(strange)}: no such setting")
    if missing := sorted(kinds.keys() - found.keys()):
        told = f"{', '.join(missing)} missing: begin with “from {USUAL} import *”"
        raise ConfigurationError(f"{module}: {told}")
    for name, kind in kinds.items():
        if not isinstance(found[name], kind):
            told = f"{_path(kind)} is wanted, not {_path(type(found[name]))}"
            raise ConfigurationError(f"{name}: {told}")


def _ours(module: object) -> list[str]:
    return [name for name in dir(module) if name.startswith(OURS)]


def _path(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
