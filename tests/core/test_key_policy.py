"""Requester keys: kind, size, curve, exponent, and weaknesses that can be computed."""

import hashlib
from dataclasses import replace
from functools import cache

import gmpy2
import pytest

from guichet.domain.catalogue import profiles
from guichet.domain.certificates import key_policy
from guichet.domain.refusals import Code
from guichet.x509 import keys
from kit.pki import kept_key

PROFILE = profiles.profile("ORG/AUTH_CLI")


def codes(found: keys.KeyFacts, profile: profiles.Profile = PROFILE) -> list[Code]:
    return [objection.code for objection in key_policy.objections(found, profile)]


def rsa_facts(modulus: int, exponent: int = 65537) -> keys.KeyFacts:
    return keys.KeyFacts("rsa", modulus.bit_length(), None, modulus, exponent, b"", "")


@cache
def modulus(bits: int) -> int:
    found = keys.facts(kept_key(f"rsa-{bits}", f"rsa-{bits}").public_key()).modulus
    assert found
    return found


@pytest.mark.parametrize("name", PROFILE.keys.kinds)
def test_keys_of_the_profile_are_accepted(name: str) -> None:
    """ACCEPTED. RSA-2048, 3072, 4096, P-256, P-384, Ed25519 and, in TEST, ML-DSA."""
    assert codes(keys.facts(kept_key(name, name).public_key())) == []


@pytest.mark.parametrize(("bits", "code"), [(1024, Code.KEY_TOO_SHORT), (2056, Code.KEY_TOO_LONG)])
def test_other_sizes_are_refused(bits: int, code: Code) -> None:
    """REFUSED. Too short, or a size that is not listed."""
    assert codes(rsa_facts(modulus(bits))) == [code]


def test_sizes_are_told() -> None:
    """The message needs the size and the least that is accepted."""
    (found,) = key_policy.objections(rsa_facts(modulus(1024)), PROFILE)
    assert dict(found.facts) == {"bits": 1024, "minimum": 2048}


def test_a_size_past_all_limits_costs_nothing() -> None:
    """REFUSED before any weakness is computed: 16384 bits is refused by its size."""
    assert codes(rsa_facts(2**16383 + 1)) == [Code.KEY_TOO_LONG]


@pytest.mark.parametrize("name", ["p-521", "ed25519", "ml-dsa-65"])
def test_other_kinds_are_refused(name: str) -> None:
    """REFUSED. Curves and kinds that a profile does not list: what only signs cannot encrypt."""
    encryption = profiles.profile("ORG/CONF")
    assert codes(keys.facts(kept_key(name, name).public_key()), encryption) == [Code.KEY_TYPE]


def test_production_knows_no_post_quantum_key() -> None:
    """REFUSED. What a profile adds for trials stays in TEST."""
    production = replace(PROFILE, keys=replace(PROFILE.keys, others=frozenset({"ed25519"})))
    found = keys.facts(kept_key("ml-dsa-65", "ml-dsa-65").public_key())
    assert (codes(found), codes(found, production)) == ([], [Code.KEY_TYPE])


def test_a_profile_may_want_curves_only() -> None:
    """REFUSED. An operator may close RSA altogether."""
    curves_only = replace(
        PROFILE, keys=replace(PROFILE.keys, rsa_bits=frozenset(), preferred="p-256")
    )
    assert codes(rsa_facts(modulus(2048)), curves_only) == [Code.KEY_TYPE]


@pytest.mark.parametrize("exponent", [1, 3, 65535, 65538, 2**32 + 1, 2**2000 + 1])
def test_exponents_out_of_range_are_refused(exponent: int) -> None:
    """REFUSED. Odd, from 65537 to 2^32 (NIST SP 800-56B 6.2)."""
    assert codes(rsa_facts(modulus(2048), exponent)) == [Code.KEY_EXPONENT]


@pytest.mark.parametrize("exponent", [65537, 65539, 2**32 - 1])
def test_other_odd_exponents_are_accepted(exponent: int) -> None:
    """ACCEPTED. 65537 is usual, not the only one."""
    assert codes(rsa_facts(modulus(2048), exponent)) == []


def weakness(weak: int) -> str:
    (found,) = key_policy.objections(rsa_facts(weak), PROFILE)
    assert found.code is Code.KEY_WEAK
    return str(found.mapping["check"])


def number(bits: int) -> int:
    """Return the same pseudo-random number at each run, its two upper bits set."""
    stream = b"".join(hashlib.sha256(bytes((i,))).digest() for i in range(bits // 256 + 1))
    return int.from_bytes(stream, "big") % 2 ** (bits - 2) | 3 << (bits - 2)


def test_close_primes_are_found() -> None:
    """REFUSED. Fermat's method factors the modulus at once."""
    prime = gmpy2.next_prime(number(1024))
    assert weakness(int(prime * gmpy2.next_prime(prime))) == "fermat"


def test_small_factors_are_found() -> None:
    """REFUSED. A corrupt modulus has a factor anyone finds."""
    other = gmpy2.next_prime(number(2033))
    weak = int(other * 65521)
    assert weak.bit_length() in (2048, 2049)
    while weak.bit_length() > 2048:
        weak = int(gmpy2.next_prime(weak // 65521 // 2) * 65521)
    assert weakness(weak) == "smallfactors"


def test_roca_keys_are_found() -> None:
    """REFUSED. Keys of the Infineon library leave a fingerprint (CVE-2017-15361)."""
    product = int(gmpy2.primorial(167))
    rest = pow(65537, 5, product)
    start = number(2048) // product * product + rest
    candidates = (start + k * product for k in range(1000))
    small = int(gmpy2.primorial(65537))
    weak = next(n for n in candidates if n % 2 and gmpy2.gcd(n, small) == 1)
    assert weakness(weak) == "roca"


def test_repeated_octets_are_found() -> None:
    """REFUSED. Sixteen equal octets in a row come of a broken generator."""
    broken = number(2048) >> 1024 << 1024 | number(1024) >> 128
    small = int(gmpy2.primorial(65537))
    while gmpy2.gcd(broken, small) != 1:
        broken += 1
    assert weakness(broken) == "pattern"


def test_unknown_kinds_are_refused() -> None:
    """REFUSED. A key nobody here knows is no key of a profile."""
    assert codes(keys.KeyFacts("other", 0, None, None, None, b"", "")) == [Code.KEY_TYPE]
