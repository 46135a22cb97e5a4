"""A share as an officer writes it down and types it back: checked groups of five characters."""

import hashlib
from typing import Final

from guichet.domain.ceremonies.shares import (
    BLOCK,
    CHECK_OCTETS,
    HEAD_OCTETS,
    SECRET_OCTETS,
    Share,
    ShareError,
)

# Crockford's base 32: no letter is taken for a digit, and those that are read as one are accepted.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
GROUP: Final = 5  # four characters of the share, and one that checks them and their place
CARRIED_BITS: Final = 20
GROUPS_A_LINE: Final = 6
SEPARATORS: Final = " -_.\t\r\n\u00a0\u202f"


def written(share: Share) -> str:
    """The share in lines of six groups."""
    data = share.encoded()
    count = _groups_for(len(data))
    bits = int.from_bytes(data, "big") << (count * CARRIED_BITS - 8 * len(data))
    groups = [_group(bits, place, count) for place in range(count)]
    lines = (groups[start : start + GROUPS_A_LINE] for start in range(0, count, GROUPS_A_LINE))
    return "\n".join(" ".join(line) for line in lines)


def read(text: str) -> Share:
    """Read a share as it was typed: case, spaces, hyphens, O, I and L do not matter.

    Raises ShareError, which names the groups that were mistyped.
    """
    kept = "".join(c for c in text.upper() if c not in SEPARATORS).translate(READ_AS)
    groups = [kept[start : start + GROUP] for start in range(0, len(kept), GROUP)]
    size = _SIZES.get(len(groups))
    if size is None or len(groups[-1]) != GROUP:
        raise ShareError(
            f"{len(kept)} characters were typed. A share has 60, 90 or more, in whole groups of "
            "five: see whether a group is missing or incomplete."
        )
    wrong = [place for place, group in enumerate(groups) if not _is_whole(group, place)]
    if wrong:
        places = ", ".join(str(place + 1) for place in wrong)
        raise ShareError(f"Mistyped: group {places}. Count from the first group, line by line.")
    carried = "".join(group[:-1] for group in groups)
    bits = 0
    for character in carried:
        bits = bits << 5 | ALPHABET.index(character)
    left = len(groups) * CARRIED_BITS - 8 * size
    if bits & ((1 << left) - 1):
        raise ShareError("The end of the last group is wrong: the share was mistyped or altered.")
    return Share.decoded((bits >> left).to_bytes(size, "big"))


def _groups_for(octets: int) -> int:
    return -(-8 * octets // CARRIED_BITS)


_BLOCKS: Final = range(1, -(-(1 + SECRET_OCTETS[-1] + CHECK_OCTETS) // BLOCK) + 1)
_SIZES: Final = {
    _groups_for(size): size
    for size in (HEAD_OCTETS + BLOCK * blocks + CHECK_OCTETS for blocks in _BLOCKS)
}


def _group(bits: int, place: int, count: int) -> str:
    value = bits >> ((count - 1 - place) * CARRIED_BITS)
    carried = "".join(ALPHABET[value >> shift & 31] for shift in (15, 10, 5, 0))
    return carried + _check(carried, place)


def _is_whole(group: str, place: int) -> bool:
    return set(group) <= set(ALPHABET) and _check(group[:-1], place) == group[-1]


def _check(carried: str, place: int) -> str:
    return ALPHABET[hashlib.sha256(f"{place}:{carried}".encode()).digest()[0] & 31]
