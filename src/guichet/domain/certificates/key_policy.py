"""Which requester keys a profile accepts: kind, size, curve, exponent, known weaknesses."""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final

from guichet.domain.catalogue.profiles import Profile
from guichet.domain.refusals import Code, Objection
from guichet.x509.keys import KeyFacts

MIN_EXPONENT: Final = 65537  # NIST SP 800-56B 6.2
MAX_EXPONENT: Final = 2**32
# The checks that compute; the block list of badkeys is a separate file and is not asked for.
WEAKNESSES: Final = (
    "fermat",
    "roca",
    "rsainvalid",
    "rsapoly",
    "sharedprimes",
    "smalld",
    "smallfactors",
    "pattern",
)
SIEVED: Final = frozenset({"fermat", "roca", "sharedprimes", "smallfactors"})
NOT_SIEVED: Final = tuple(check for check in WEAKNESSES if check not in SIEVED)


def objections(
    key: KeyFacts, profile: Profile, *, sieved: Container[int] = ()
) -> Iterator[Objection]:
    """Yield what is wrong with the key; weaknesses are looked for once its shape is right.

    `sieved` are moduli that `sieve` passed: only what it leaves out is asked of badkeys for them.
    """
    shape = tuple(_shape(key, profile))
    yield from shape
    if not shape and key.modulus is not None and key.exponent is not None:
        checks = NOT_SIEVED if key.modulus in sieved else WEAKNESSES
        for check in weaknesses(key.modulus, key.exponent, checks):
            yield Objection(Code.KEY_WEAK, (("check", check),))


def sieve(many: Iterable[KeyFacts]) -> frozenset[int]:
    """The moduli in which the slow checks find nothing, for a quarter of their cost in a batch."""
    if not (moduli := {key.modulus for key in many if key.modulus is not None}):
        return frozenset()
    # It loads GMP, a tenth of the start of a process; few of them ever meet a batch of keys.
    from guichet.domain.certificates.key_sieve import sound  # noqa: PLC0415

    return sound(moduli)


def _shape(key: KeyFacts, profile: Profile) -> Iterator[Objection]:
    if key.kind == "rsa":
        yield from _rsa_size(key, profile)
        yield from _rsa_exponent(key)
    elif key.name not in profile.keys.kinds:
        yield Objection(Code.KEY_TYPE, (("kind", key.curve or key.kind),))


def _rsa_size(key: KeyFacts, profile: Profile) -> Iterator[Objection]:
    """Only the sizes listed: unusual ones break cards and appliances."""
    sizes = profile.keys.rsa_bits
    if not sizes:
        yield Objection(Code.KEY_TYPE, (("kind", "rsa"),))
    elif key.bits < min(sizes):
        yield Objection(Code.KEY_TOO_SHORT, (("bits", key.bits), ("minimum", min(sizes))))
    elif key.bits not in sizes:
        yield Objection(Code.KEY_TOO_LONG, (("bits", key.bits), ("maximum", max(sizes))))


def _rsa_exponent(key: KeyFacts) -> Iterator[Objection]:
    exponent = key.exponent or 0
    if not MIN_EXPONENT <= exponent <= MAX_EXPONENT or exponent % 2 == 0:
        yield Objection(Code.KEY_EXPONENT, (("exponent", str(exponent)[:40]),))


def weaknesses(modulus: int, exponent: int, checks: Sequence[str] = WEAKNESSES) -> tuple[str, ...]:
    """The checks of badkeys, by name, that an RSA key does not pass."""
    # It loads pyOpenSSL, a sixth of the start of a process; few of them ever meet a key.
    from badkeys.checks import checkrsa  # noqa: PLC0415

    return tuple(checkrsa(modulus, e=exponent, checks=checks))
