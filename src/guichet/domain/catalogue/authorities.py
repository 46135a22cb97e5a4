"""The hierarchy of certification authorities, read from the declarative authorities.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from guichet.domain.refusals import Code, Refusal
from guichet.x509 import names

ENVIRONMENT: Final = "TEST"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoritySpec:
    """One authority to create: its name, its key, who signs it and for how long."""

    code: str
    name: names.Name
    parent: str | None  # code; None for a root
    algorithm: str  # as the keystore names it, "rsa-4096"
    years: int
    path_len: int

    @property
    def is_root(self) -> bool:
        """Tell whether it signs itself."""
        return self.parent is None


@cache
def _specs() -> Mapping[str, AuthoritySpec]:
    source = files(__package__) / "authorities.toml"
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    found = (_spec(entry, table["operator"]) for entry in table["authority"])
    return {spec.code: spec for spec in found}


def _spec(entry: Mapping[str, Any], operator: Mapping[str, Any]) -> AuthoritySpec:
    name: names.Name = (
        ((names.COUNTRY, operator["country"]),),
        ((names.ORGANIZATION, operator["organization"]),),
        *(((names.ORGANIZATIONAL_UNIT, unit),) for unit in operator["units"]),
        ((names.COMMON_NAME, entry["common_name"]),),
    )
    return AuthoritySpec(
        code=entry["code"],
        name=name,
        parent=entry.get("parent"),
        algorithm=entry["algorithm"],
        years=entry["years"],
        path_len=entry["path_length"],
    )


def specs() -> tuple[AuthoritySpec, ...]:
    """Return every authority, each after the one that signs it."""
    return tuple(_specs().values())


def spec(code: str) -> AuthoritySpec:
    """Return one authority by full code. Raises Refusal(PROFILE_UNKNOWN)."""
    found = _specs().get(code)
    if found is None:
        raise Refusal(Code.PROFILE_UNKNOWN, authority=code)
    return found


def resolve(short: str) -> str:
    """Return the full code of a short one in this environment: ACI-EL-ORG → ACI-EL-ORG-TEST.

    A full code is returned as it is. Raises Refusal(PROFILE_UNKNOWN).
    """
    code = short if short in _specs() else f"{short}-{ENVIRONMENT}"
    return spec(code).code
