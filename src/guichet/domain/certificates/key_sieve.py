"""RSA keys examined together, since badkeys takes 0.4 ms for each alone (docs/adr/0065).

The sieve proves that four of its checks would find nothing; it never says that a key is weak.
Each proof is a condition that every key found by the check fulfils:

- sharedprimes, smallfactors: the modulus shares a factor with a table. The table's remainders by
  all moduli come of one division and a tree of ever smaller ones (D. Bernstein, "How to find
  smooth parts of integers", 2004).
- fermat: among the first sums that are tried, one's square less the modulus is a square. It is
  then a square modulo every prime.
- roca: the modulus is a power of 65537 modulo each small prime (Nemec et al., "The Return of
  Coppersmith's Attack", 2017, 3.2).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Final

import gmpy2
from gmpy2 import mpz

SMALLEST: Final = 1024
LARGEST: Final = 8192
"""Bits; no profile takes others, and an absurd key is not worked on."""
SMALL_PRIMES: Final = 65537
FERMAT_SUMS: Final = 101
FERMAT_PRIMES: Final = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73)
FERMAT_PRODUCT: Final = math.prod(FERMAT_PRIMES)
FERMAT_ALL: Final = (1 << FERMAT_SUMS) - 1
ROCA_PRIMES: Final = (11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)
ROCA_PRODUCT: Final = math.prod(ROCA_PRIMES)
ROCA_GENERATOR: Final = 65537
Levels = list[list[mpz]]


def sound(moduli: Iterable[int]) -> frozenset[int]:
    """Those in which none of the four checks finds anything; badkeys must judge the others."""
    by_bits = defaultdict(list)
    for modulus in {one for one in moduli if SMALLEST <= one.bit_length() <= LARGEST}:
        if not _may_be_near_square(modulus) and not _may_be_roca(modulus):
            by_bits[modulus.bit_length()].append(mpz(modulus))
    return frozenset(
        int(modulus) for bits, alike in by_bits.items() for modulus in _coprime(alike, _table(bits))
    )


def _coprime(moduli: Sequence[mpz], table: mpz) -> Iterator[mpz]:
    """Those without a factor in common with the table."""
    for modulus, remainder in zip(moduli, _remainders(table, moduli), strict=True):
        if gmpy2.gcd(modulus, remainder) == 1:
            yield modulus


def _remainders(number: mpz, moduli: Sequence[mpz]) -> list[mpz]:
    *lower, root = _products(moduli)
    found = [number % root[0]]
    for level in reversed(lower):
        found = [found[rank // 2] % product for rank, product in enumerate(level)]
    return found


def _products(moduli: Sequence[mpz]) -> Levels:
    """The moduli, the products of every two, of every four: up to the product of all."""
    levels = [list(moduli)]
    while len(below := levels[-1]) > 1:
        pairs = zip(below[::2], below[1::2], strict=False)
        odd = below[-1:] if len(below) % 2 else []
        levels.append([left * right for left, right in pairs] + odd)
    return levels


@lru_cache(maxsize=8)
def _table(bits: int) -> mpz:
    """The product of primes that keys of so many bits were found to share, and of small ones."""
    kept = resources.files("badkeys.keydata") / f"primes{bits}.dat"
    shared = gmpy2.from_binary(kept.read_bytes()) if kept.is_file() else mpz(1)
    return shared * gmpy2.primorial(SMALL_PRIMES)


def _may_be_near_square(modulus: int) -> bool:
    """Whether Fermat's factorization may find factors by the sums that badkeys tries."""
    root = gmpy2.isqrt(modulus)
    roots, moduli = int(root % FERMAT_PRODUCT), modulus % FERMAT_PRODUCT
    left = -1
    for prime, squares in _squares():
        left &= squares[moduli % prime] >> roots % prime
        if not left & FERMAT_ALL:
            return False
    return True


@cache
def _squares() -> tuple[tuple[int, tuple[int, ...]], ...]:
    """For each prime and remainder r of a modulus by it: the bits x with x² - r a square."""
    found = []
    for prime in FERMAT_PRIMES:
        squares = {x * x % prime for x in range(prime)}
        sums = range(prime + FERMAT_SUMS)
        rows = [
            sum(((x * x - rest) % prime in squares) << x for x in sums) for rest in range(prime)
        ]
        found.append((prime, tuple(rows)))
    return tuple(found)


def _may_be_roca(modulus: int) -> bool:
    rest = modulus % ROCA_PRODUCT
    return all(rest % prime in powers for prime, powers in _powers())


@cache
def _powers() -> tuple[tuple[int, frozenset[int]], ...]:
    """For each prime, the powers of the generator."""
    return tuple(
        (prime, frozenset(pow(ROCA_GENERATOR, x, prime) for x in range(prime)))
        for prime in ROCA_PRIMES
    )
