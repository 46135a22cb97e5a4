"""A secret divided between officers: any k of n shares give it back, fewer tell nothing of it.

The division is Shamir's over GF(2^128) (docs/adr/0018). A share names its set, so that one of
another ceremony is refused, and its threshold, so that nobody asks for more officers than it takes.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from Crypto.Protocol.SecretSharing import Shamir

VERSION: Final = 1
BLOCK: Final = 16
SET_OCTETS: Final = 4
HEAD_OCTETS: Final = 4 + SET_OCTETS  # version, set, index, threshold, total
CHECK_OCTETS: Final = 4
SECRET_OCTETS: Final = range(1, 128)
OFFICERS: Final = range(2, 16)


class ShareError(Exception):
    """A share, or some together, cannot serve; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Share:
    """What one officer keeps. `set_id` is the same for the shares of one secret; never logged."""

    set_id: bytes
    index: int
    threshold: int
    total: int
    value: bytes

    def __repr__(self) -> str:
        """What may be shown: never the value."""
        return f"Share({self.set_name}, {self.index} of {self.total})"

    @property
    def set_name(self) -> str:
        """The identifier of its set, hexadecimal."""
        return self.set_id.hex().upper()

    def encoded(self) -> bytes:
        """Head, value and checksum, as it is written down."""
        head = bytes((VERSION, *self.set_id, self.index, self.threshold, self.total))
        return head + self.value + _checksum(head + self.value)

    @classmethod
    def decoded(cls, data: bytes) -> Self:
        """Read what `encoded` wrote. Raises ShareError."""
        value = data[HEAD_OCTETS:-CHECK_OCTETS]
        if not value or len(value) % BLOCK:
            raise ShareError("This is not a share, or a part of it is missing.")
        if not hmac.compare_digest(_checksum(data[:-CHECK_OCTETS]), data[-CHECK_OCTETS:]):
            raise ShareError("The checksum is wrong: the share was mistyped or altered.")
        if data[0] != VERSION:
            raise ShareError(f"The share is of form {data[0]}; this program reads form {VERSION}.")
        index, threshold, total = data[1 + SET_OCTETS : HEAD_OCTETS]
        if not 1 <= index <= total or not is_quorum(threshold, total):
            raise ShareError("The share names a number of officers that cannot be.")
        return cls(
            set_id=data[1 : 1 + SET_OCTETS],
            index=index,
            threshold=threshold,
            total=total,
            value=value,
        )


def is_quorum(threshold: int, total: int) -> bool:
    """Whether `threshold` of `total` officers may hold a secret: 2 of 2 to 15 of 15."""
    return total in OFFICERS and 2 <= threshold <= total


def split(secret: bytes, threshold: int, total: int) -> tuple[Share, ...]:
    """Divide a secret of 1 to 127 octets. Raises ValueError for another length or quorum."""
    if len(secret) not in SECRET_OCTETS or not is_quorum(threshold, total):
        raise ValueError("a secret of 1 to 127 octets, held by 2 to 15 officers")
    told = bytes((len(secret),)) + secret
    told += _proof(told)
    told += bytes(-len(told) % BLOCK)
    blocks = [told[place : place + BLOCK] for place in range(0, len(told), BLOCK)]
    divided = [dict(Shamir.split(threshold, total, block)) for block in blocks]
    set_id = secrets.token_bytes(SET_OCTETS)
    return tuple(
        Share(
            set_id=set_id,
            index=index,
            threshold=threshold,
            total=total,
            value=b"".join(block[index] for block in divided),
        )
        for index in range(1, total + 1)
    )


def join(shares: Iterable[Share]) -> bytes:
    """Give the secret back from at least as many shares of one set as it takes.

    Raises ShareError: too few, of several sets, twice the same, or altered by who held one.
    """
    held: dict[int, Share] = {}
    for share in shares:
        admit(share, held.values())
        held[share.index] = share
    first = next(iter(held.values()), None)
    if first is None or len(held) < first.threshold:
        wanted = f"{first.threshold} shares open it" if first else "Shares are wanted"
        raise ShareError(f"{wanted}; {len(held)} were given.")
    return _joined(list(held.values())[: first.threshold])


def admit(share: Share, held: Iterable[Share]) -> None:
    """Refuse a share that does not go with those held. Raises ShareError."""
    for other in held:
        if share.set_id != other.set_id:
            raise ShareError(
                f"This share is of set {share.set_name}, the others are of set {other.set_name}: "
                "take the one that was made with them."
            )
        if _kind(share) != _kind(other):
            raise ShareError("This share names another number of officers than the others.")
        if share.index == other.index:
            raise ShareError(f"Share no. {share.index} was given already: another is wanted.")


def _kind(share: Share) -> tuple[int, int, int]:
    return share.threshold, share.total, len(share.value)


def _joined(shares: Sequence[Share]) -> bytes:
    places = range(0, len(shares[0].value), BLOCK)
    told = b"".join(
        Shamir.combine([(share.index, share.value[place : place + BLOCK]) for share in shares])
        for place in places
    )
    end = 1 + told[0]
    whole = told[end : end + CHECK_OCTETS]
    if told[0] == 0 or not hmac.compare_digest(whole, _proof(told[:end])):
        raise ShareError(
            "These shares do not give the secret back: one was altered. Try with other officers."
        )
    return told[1:end]


def missing(shares: Sequence[Share]) -> int:
    """How many more shares of the set of these open the secret; of none, at least two."""
    wanted = shares[0].threshold if shares else 2
    return max(wanted - len(shares), 0)


def _proof(told: bytes) -> bytes:
    return hashlib.sha256(b"guichet-secret" + told).digest()[:CHECK_OCTETS]


def _checksum(data: bytes) -> bytes:
    return hashlib.sha256(b"guichet-share" + data).digest()[:CHECK_OCTETS]
