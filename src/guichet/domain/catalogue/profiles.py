"""Certificate profiles, read from the declarative files of the folder `profiles`.

One file per offer and usage; values that all share are in `_shared.toml`. An operator changes
values there without code; docs of the domain say which are decoded facts and which are choices.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from guichet.domain.catalogue import authorities
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.catalogue.twins import Environment
from guichet.domain.refusals import Code, Refusal
from guichet.x509 import keys

SubjectKind = Literal["service", "server", "mailbox", "person", "card", "responder"]
SIGNING: Final = frozenset({"digital_signature", "content_commitment"})
San = Literal["none", "dns", "email", "email-optional"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPolicy:
    """Requester keys a profile accepts: RSA sizes in bits, names of curves, other kinds by name.

    `others` sign and do nothing else: "ed25519", "ml-dsa-65". `preferred` is proposed to who makes
    a key here: "rsa-2048", "p-256"; one of the accepted kinds.
    """

    rsa_bits: frozenset[int]
    curves: frozenset[str]
    preferred: str
    others: frozenset[str] = frozenset()
    kinds: tuple[str, ...] = field(init=False)
    """Every accepted kind, RSA by size, then curves, then others: "rsa-2048", "p-256"."""

    def __post_init__(self) -> None:
        sizes = (f"rsa-{bits}" for bits in sorted(self.rsa_bits))
        curves = (curve.lower() for curve in sorted(self.curves))
        object.__setattr__(self, "kinds", (*sizes, *curves, *sorted(self.others)))
        if self.preferred not in self.kinds:
            raise ValueError(f"keys.preferred: one of {', '.join(self.kinds)}")
        if not self.others <= keys.PURE.keys():
            raise ValueError(f"keys.others: among {', '.join(keys.PURE)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one kind of certificate holds (RFC 5280 4.2), and who may sign it."""

    code: str
    offer: Offer | None
    usage: Usage | None
    authorities: tuple[str, ...]  # short codes allowed to sign; the first is the usual one
    subject_kind: SubjectKind
    san: San
    key_usage: frozenset[str]  # RSA keys; names of RFC 5280 4.2.1.3
    key_usage_ec: frozenset[str]  # elliptic curve keys
    extended_key_usage: tuple[str, ...]  # OIDs
    validity_months: int | None
    validity_days: int | None
    validity_minutes: int | None
    private_key_usage_months: int | None
    keys: KeyPolicy
    policy_oids: tuple[str, ...]
    private_extensions: tuple[tuple[str, str], ...]  # OID and DER in hexadecimal
    ocsp_nocheck: bool
    crl: bool  # cRLDistributionPoints
    freshest_crl: bool  # freshestCRL: the delta of the same list
    authority_information: bool  # OCSP and caIssuers addresses
    orderable: bool

    def __hash__(self) -> int:
        """By its name: plans are kept by profile, and the names differ."""
        return hash(self.code)

    def __post_init__(self) -> None:
        if self.keys.others and not self.key_usage & SIGNING:
            raise ValueError(f"{self.code}: keys.others sign, and this profile signs nothing")

    @property
    def authority(self) -> str:
        """Short code of the authority that signs unless another allowed one is asked."""
        return self.authorities[0]

    def authority_for(self, kind: str) -> str:
        """Short code of the authority that signs keys of a kind unless another one is asked.

        A post-quantum key is of use under authorities of its like: the first of those allowed.
        """
        if not kind.startswith(authorities.POST_QUANTUM):
            return self.authority
        alike = (short for short in self.authorities if authorities.is_post_quantum(short))
        return next(alike, self.authority)

    def key_usage_for(self, kind: str) -> frozenset[str]:
        """Return the keyUsage bits for a key of this kind, "rsa", "ec", "ml-dsa-65".

        Keys that only sign have no bit of encipherment or agreement (RFC 8410 5, RFC 9881 5).
        """
        if kind == "ec":
            return self.key_usage_ec
        return self.key_usage & SIGNING if kind in keys.PURE else self.key_usage


SHARED: Final = "_shared.toml"
SHORTER: Final = frozenset({"validity_days", "validity_minutes"})
PRODUCTION: Final = Environment.PRODUCTION.value


@cache
def tables() -> Mapping[str, Mapping[str, Any]]:
    """What each profile's file says, with what all share, by the file's name without its ending."""
    folder = files(__package__) / "profiles"
    sources = {
        entry.name: tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    shared = sources.pop(SHARED)
    return {name.removesuffix(".toml"): shared | sources[name] for name in sorted(sources)}


@cache
def _profiles() -> Mapping[str, Profile]:
    found = [from_table(table) for table in tables().values() if _serves(table)]
    return {profile.code: profile for profile in found}


def _serves(table: Mapping[str, Any]) -> bool:
    """In production a profile says what its certificates bear there: TEST's marks stay in TEST."""
    is_marked = table["policy_oids"] or table["private_extensions"]
    is_test = authorities.ENVIRONMENT is Environment.TEST
    return is_test or not is_marked or PRODUCTION in table


def from_table(table: Mapping[str, Any]) -> Profile:
    """Make a profile of a parsed file; what it adds under `test` stays in the TEST environment.

    What it says under `production` takes the place of its policies and private extensions there.
    Raises KeyError or ValueError when it does not fit.
    """
    usage, accepted = table["key_usage"], table["keys"]
    is_test = authorities.ENVIRONMENT is Environment.TEST
    added = table.get("test", {}) if is_test else {}
    marks = table if is_test else {**table, **table.get(PRODUCTION, {})}
    return Profile(
        code=table["code"],
        offer=Offer(table["offer"]) if "offer" in table else None,
        usage=Usage(table["usage"]) if "usage" in table else None,
        authorities=(*table["authorities"], *added.get("authorities", ())),
        subject_kind=table["subject"],
        san=table["subject_alt_name"],
        key_usage=frozenset(usage["rsa"]),
        key_usage_ec=frozenset(usage["ec"]),
        extended_key_usage=tuple(table["extended_key_usage"]),
        validity_months=None if SHORTER & table.keys() else table["validity_months"],
        validity_days=table.get("validity_days"),
        validity_minutes=table.get("validity_minutes"),
        private_key_usage_months=table.get("private_key_usage_months"),
        keys=KeyPolicy(
            rsa_bits=frozenset(accepted["rsa_bits"]),
            curves=frozenset(accepted["curves"]),
            preferred=accepted["preferred"],
            others=frozenset((*accepted.get("others", ()), *added.get("keys", ()))),
        ),
        policy_oids=tuple(marks["policy_oids"]),
        private_extensions=tuple(sorted(marks["private_extensions"].items())),
        ocsp_nocheck=table["ocsp_nocheck"],
        crl=table["crl"],
        freshest_crl=table["freshest_crl"],
        authority_information=table["authority_information"],
        orderable=table["orderable"],
    )


def profile(code: str) -> Profile:
    """Return the profile, "ORG/AUTH_CLI" for instance. Raises Refusal(PROFILE_UNKNOWN)."""
    found = _profiles().get(code)
    if found is None:
        raise Refusal(Code.PROFILE_UNKNOWN, profile=code)
    return found


def profile_for(offer: Offer, usage: Usage) -> Profile:
    """Return the profile of an offer and usage. Raises Refusal(PROFILE_UNKNOWN)."""
    return profile(f"{offer}/{usage}")


def every() -> tuple[Profile, ...]:
    """Return all profiles, by file name."""
    return tuple(_profiles().values())


def orderable() -> tuple[Profile, ...]:
    """Return the profiles people may order: by offer, then by usage, as these are declared."""
    offers, usages = list(Offer), list(Usage)
    return tuple(
        sorted(
            (p for p in every() if p.orderable and p.offer and p.usage),
            key=lambda p: (offers.index(Offer(p.offer or "")), usages.index(Usage(p.usage or ""))),
        )
    )
