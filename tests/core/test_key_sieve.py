"""The sieve of a batch of RSA keys: what it passes, badkeys would have passed."""

import hashlib
import itertools
import math
import sys
from collections.abc import Iterator
from functools import cache

import gmpy2
import pytest
from badkeys.rsakeys import fermat, roca, sharedprimes, smallfactors
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.catalogue import profiles
from guichet.domain.certificates import key_policy, key_sieve
from guichet.x509 import keys
from kit.pki import kept_key

SIEVED = (fermat, roca, sharedprimes, smallfactors)
PRIMORIAL = int(gmpy2.primorial(167))
SIZES = (2048, 3072, 4096)


@cache
def good(bits: int) -> int:
    found = keys.facts(kept_key(f"rsa-{bits}", f"rsa-{bits}").public_key()).modulus
    assert found
    return found


def primes(bits: int) -> Iterator[int]:
    """The same at each run, of so many bits, the two upper ones set."""
    for rank in itertools.count():
        octets = hashlib.shake_256(str(rank).encode()).digest(bits // 8)
        yield int(gmpy2.next_prime(int.from_bytes(octets, "big") | 3 << (bits - 2)))


def near_square(root: int, tries: int) -> int:
    """A product that Fermat's method alone factors, after so many sums past the first."""
    half = gmpy2.isqrt(root * max(2 * tries - 1, 0))
    while smallfactors(root**2 - half**2):
        half += 1
    assert root - gmpy2.isqrt(root**2 - half**2) == tries
    return int(root**2 - half**2)


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> int:
    """A prime that keys of 2048 bits share, in the table of badkeys and in ours."""
    found = next(primes(1024))
    monkeypatch.setitem(sys.modules[sharedprimes.__module__]._moduli, 2048, gmpy2.mpz(found))
    monkeypatch.setattr(key_sieve, "_table", lambda bits: gmpy2.mpz(found if bits == 2048 else 1))
    return found


def test_good_keys_pass_together() -> None:
    """PASSED. Of every size that profiles take: badkeys is not asked again."""
    assert key_sieve.sound(map(good, SIZES)) == set(map(good, SIZES))


def test_the_bounds_of_sizes_are_within() -> None:
    """PASSED. The smallest and the largest that are worked on."""
    large = 1
    for _ in range(8):
        large *= int(gmpy2.next_prime(2**1024 - 2**900 + large % 2**800))
    assert (good(1024).bit_length(), large.bit_length()) == (1024, 8192)
    assert key_sieve.sound([good(1024), large]) == {good(1024), large}


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 13])
def test_a_weak_key_leaves_the_others_alone(count: int) -> None:
    """PASSED, but for one. Wherever it stands among them, and however many they are."""
    halves = primes(1024)
    many = [next(halves) * next(halves) for _ in range(count)]
    weak = 65521 * next(primes(2032))
    for rank in range(count + 1):
        assert key_sieve.sound([*many[:rank], weak, *many[rank:]]) == set(many)


@pytest.mark.parametrize("tries", [0, 1, 2, 50, 99, 100])
def test_close_factors_do_not_pass(tries: int) -> None:
    """NOT PASSED. To the last sum that badkeys tries."""
    weak = near_square(next(primes(1024)), tries)
    assert fermat(weak)
    assert key_sieve.sound([weak, good(2048)]) == {good(2048)}


@given(power=st.integers(0, 2**64), turn=st.integers(2**1830, 2**1831))
def test_powers_of_the_generator_do_not_pass(power: int, turn: int) -> None:
    """NOT PASSED. The fingerprint of Infineon's library (CVE-2017-15361)."""
    weak = turn * PRIMORIAL + pow(65537, power, PRIMORIAL)
    assert roca(weak)
    assert key_sieve.sound([weak, good(2048)]) == {good(2048)}


@given(
    small=st.sampled_from([2, 3, 251, 65521, 65537]), other=st.integers(2**2040 + 1, 2**2047 - 1)
)
def test_small_factors_do_not_pass(small: int, other: int) -> None:
    """NOT PASSED. Up to the last prime of badkeys."""
    weak = small * (other | 1)
    assert smallfactors(weak)
    assert key_sieve.sound([weak, good(2048)]) == {good(2048)}


def test_shared_primes_do_not_pass(shared: int) -> None:
    """NOT PASSED. A prime of the table in one of them, or in two."""
    others = primes(1024)
    several = [shared * other for other in itertools.islice(others, 1, 3)]
    assert all(map(sharedprimes, several))
    assert key_sieve.sound([*several, good(2048)]) == {good(2048)}


@pytest.mark.parametrize("bits", SIZES)
def test_the_table_is_that_of_badkeys(bits: int) -> None:
    """The primes shared that it read, times its small ones: no more, no less."""
    sharedprimes(1 << (bits - 1))
    known = sys.modules[sharedprimes.__module__]._moduli.get(bits, 1)
    small = sys.modules[smallfactors.__module__]._gensmallprimes()
    assert key_sieve._table(bits) == known * small


@given(st.integers(2**2047, 2**2048 - 1))
def test_what_passes_is_sound(modulus: int) -> None:
    """Of any number that passes, badkeys says nothing."""
    for passed in key_sieve.sound([modulus | 1, good(2048)]):
        assert not any(check(passed) for check in SIEVED)


def test_absurd_keys_are_not_worked_on() -> None:
    """NOT PASSED. They are refused by their size."""
    huge = math.prod(itertools.islice(primes(1024), 16))
    assert key_sieve.sound([0, 1, 4, next(primes(1023)), huge]) == frozenset()


def test_the_policy_asks_badkeys_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that passed is still asked what no sieve knows; another is asked all."""
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        key_policy, "weaknesses", lambda modulus, exponent, checks: asked.append(checks) or ()
    )
    facts = keys.facts(kept_key("rsa-2048", "rsa-2048").public_key())
    passed = key_policy.sieve([facts, keys.facts(kept_key("p-256", "p-256").public_key())])
    for sieved in (passed, ()):
        assert not list(
            key_policy.objections(facts, profiles.profile("ORG/AUTH_CLI"), sieved=sieved)
        )
    assert passed == {facts.modulus}
    assert [set(checks) for checks in asked] == [
        {"rsainvalid", "rsapoly", "smalld", "pattern"},
        set(key_policy.WEAKNESSES),
    ]


def test_no_rsa_key_costs_nothing() -> None:
    """A batch of curves alone."""
    assert key_policy.sieve([keys.facts(kept_key("p-256", "p-256").public_key())]) == frozenset()
