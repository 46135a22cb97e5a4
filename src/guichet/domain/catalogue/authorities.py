"""The hierarchy of certification authorities, read from the declarative authorities.toml."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from guichet.domain.catalogue import generations, twins
from guichet.domain.catalogue.twins import Environment
from guichet.domain.refusals import Code, Refusal
from guichet.x509 import names, signatures

ENVIRONMENT: Final = Environment.named(os.environ.get("GUICHET_ENVIRONMENT", ""))


# A shard, a delta, a later generation are named after their authority: no code may read like one.
NAME_OF_A_PART: Final = re.compile(r".*-(G?\d+|delta)", re.ASCII)
POST_QUANTUM: Final = "ml-dsa-"
SHARD_SIZES: Final = range(1, 10_000_001)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoritySpec:
    """One authority to create: its name, its key, who signs it and for how long.

    Certificates issued after the first `crl_shard_size` go by as many in shards, each with a
    list of its own (RFC 5280 5.2.5). `keep_expired_on_crl` leaves revoked certificates on the lists
    past their end (expiredCertsOnCRL). Raises ValueError for a code or a size that cannot serve.
    """

    code: str
    name: names.Name
    parent: str | None  # code; None for a root
    algorithm: str  # as the keystore names it, "rsa-4096"
    signature: str = ""  # scheme by name, "rsa-pss-sha256"; empty: the usual of its algorithm
    years: int
    path_len: int
    crl_shard_size: int = 100_000
    keep_expired_on_crl: bool = False

    def __post_init__(self) -> None:
        if NAME_OF_A_PART.fullmatch(self.code):
            raise ValueError(f"{self.code}: reads like the name of a part of a CRL")
        if self.crl_shard_size not in SHARD_SIZES:
            raise ValueError(f"{self.code}: crl_shard_size: 1 to {SHARD_SIZES[-1]}")
        if self.keep_expired_on_crl not in {True, False}:
            raise ValueError(f"{self.code}: keep_expired_on_crl: true or false")
        self._require_signature()

    def _require_signature(self) -> None:
        """The scheme is one of the algorithm's; what few can read yet stays in TEST."""
        usual = signatures.usual_name(self.algorithm)
        if self.signature and not signatures.are_alike(self.signature, usual):
            raise ValueError(f"{self.code}: {self.algorithm} does not sign by {self.signature}")
        if self.algorithm.startswith(POST_QUANTUM) and not self.code.endswith("-TEST"):
            raise ValueError(f"{self.code}: post-quantum authorities are for TEST alone")

    def shard_of(self, rank: int) -> int:
        """The shard of the certificate issued after `rank` others; 0 before the first shard."""
        return rank // self.crl_shard_size

    def first_of(self, shard: int) -> int:
        """How many certificates come before those of a shard."""
        return shard * self.crl_shard_size

    @property
    def is_root(self) -> bool:
        """Tell whether it signs itself."""
        return self.parent is None


@cache
def _specs(environment: Environment = ENVIRONMENT) -> Mapping[str, AuthoritySpec]:
    source = files(__package__) / "authorities.toml"
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    found = (_spec(table["lists"] | entry, table["operator"]) for entry in table["authority"])
    twin = (_twin(spec, environment) for spec in found if _serves(spec, environment))
    return {spec.code: spec for spec in twin}


def _serves(spec: AuthoritySpec, environment: Environment) -> bool:
    return environment is Environment.TEST or not spec.algorithm.startswith(POST_QUANTUM)


def _twin(spec: AuthoritySpec, environment: Environment) -> AuthoritySpec:
    return replace(
        spec,
        code=twins.code_in(environment, spec.code),
        name=twins.name_in(environment, spec.name),
        parent=twins.code_in(environment, spec.parent) if spec.parent else None,
    )


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
        signature=entry.get("signature", ""),
        years=entry["years"],
        path_len=entry["path_length"],
        crl_shard_size=entry["crl_shard_size"],
        keep_expired_on_crl=entry["keep_expired_on_crl"],
    )


def specs(environment: Environment = ENVIRONMENT) -> tuple[AuthoritySpec, ...]:
    """Return every authority, each after the one that signs it; of this process's environment."""
    return tuple(_specs(environment).values())


def spec(code: str) -> AuthoritySpec:
    """Return one authority by the full code of any generation. Raises Refusal(PROFILE_UNKNOWN)."""
    found = _specs().get(generations.series_of(code))
    if found is None:
        raise Refusal(Code.PROFILE_UNKNOWN, authority=code)
    return found


def signature_of(code: str) -> str:
    """The scheme an authority signs by; "" for the usual one, and for who left the catalogue."""
    found = _specs().get(generations.series_of(code))
    return found.signature if found else ""


def keeps_expired(code: str) -> bool:
    """Whether the lists of an authority keep what expired; not those of who left the catalogue."""
    return is_declared(code) and spec(code).keep_expired_on_crl


def is_post_quantum(short: str) -> bool:
    """Tell whether an authority's key is post-quantum. Raises Refusal(PROFILE_UNKNOWN)."""
    return spec(resolve(short)).algorithm.startswith(POST_QUANTUM)


def is_declared(code: str) -> bool:
    """Tell whether the authority that this code is a generation of is in the catalogue."""
    return generations.series_of(code) in _specs()


def resolve(short: str) -> str:
    """Return the full code of a short one in this environment: ACI-EL-ORG → ACI-EL-ORG-TEST.

    A full code is returned as it is. Raises Refusal(PROFILE_UNKNOWN).
    """
    code = short if short in _specs() else twins.full_code(ENVIRONMENT, short)
    return spec(code).code


def is_of_twin(issuer_der: bytes, here: Environment = ENVIRONMENT) -> bool:
    """Whether a name, DER, is that of an authority of the other environment's hierarchy."""
    return issuer_der in _names_of(here.twin) - _names_of(here)


@cache
def _names_of(environment: Environment) -> frozenset[bytes]:
    return frozenset(names.to_der(spec.name) for spec in specs(environment))
