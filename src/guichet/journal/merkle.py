"""The Merkle tree of the journal: RFC 9162 section 2.1, with SHA-256.

A tree is read through `node(height, index)`: the hash of the complete subtree over the leaves
[index·2^height, (index+1)·2^height). Every such node of a tree of `size` leaves must be there.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

EMPTY: Final = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 9162 2.1.1)."""
HASH: Final = 32
Node = Callable[[int, int], bytes]


class ProofError(ValueError):
    """A proof does not show what it is said to show."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes of one height."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def root(node: Node, size: int) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return _subtree(node, 0, size) if size else EMPTY


def inclusion(node: Node, index: int, size: int) -> tuple[bytes, ...]:
    """The audit path of a leaf, from its sibling upwards (RFC 9162 2.1.3.1).

    Raises ProofError when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} has no leaf {index}")
    return tuple(_path(node, index, 0, size))


def consistency(node: Node, old: int, new: int) -> tuple[bytes, ...]:
    """What shows that the tree of `old` leaves begins the one of `new` (RFC 9162 2.1.4.1).

    Empty where there is nothing to show. Raises ProofError when `old` is more than `new`.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} does not begin with one of {old}")
    return tuple(_growth(node, old, (0, new), is_whole=True)) if 0 < old < new else ()


def require_included(
    leaf: bytes, index: int, path: Sequence[bytes], *, size: int, root: bytes
) -> None:
    """Verify an audit path of a leaf's hash (RFC 9162 2.1.3.2). Raises ProofError."""
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} has no leaf {index}")
    first, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("the path is too long")
        if first & 1 or first == last:
            found = node_hash(sibling, found)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        first, last = first >> 1, last >> 1
    if last:
        raise ProofError("the path is too short")
    if found != root:
        raise ProofError("the path leads to another root")


def require_consistent(
    old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]
) -> None:
    """Verify that one tree (size, root) begins another (RFC 9162 2.1.4.2). Raises ProofError."""
    (old_size, old_root), (new_size, new_root) = old, new
    if not 0 <= old_size <= new_size:
        raise ProofError(f"a tree of {new_size} does not begin with one of {old_size}")
    if old_size in {0, new_size}:
        known = new_root if old_size else EMPTY
        if proof or old_root != known:
            raise ProofError("two trees of one size have two roots")
        return
    power_of_two = not old_size & (old_size - 1)
    steps = [old_root, *proof] if power_of_two else list(proof)
    if not steps:
        raise ProofError("the proof is empty")
    if _climbed(old_size - 1, new_size - 1, steps) != (old_root, new_root):
        raise ProofError("the proof leads to another root")


def _climbed(first: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots, old and new, that the steps of a consistency proof lead to."""
    while first & 1:
        first, last = first >> 1, last >> 1
    older = newer = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if first & 1 or first == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        first, last = first >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    return older, newer


def _subtree(node: Node, start: int, end: int) -> bytes:
    """The hash over the leaves [start, end), where start is a multiple of what is split off."""
    count = end - start
    if not count & (count - 1):
        height = count.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(count)
    return node_hash(_subtree(node, start, middle), _subtree(node, middle, end))


def _path(node: Node, index: int, start: int, end: int) -> Iterator[bytes]:
    if end - start <= 1:
        return
    middle = start + _split(end - start)
    if index < middle:
        yield from _path(node, index, start, middle)
        yield _subtree(node, middle, end)
    else:
        yield from _path(node, index, middle, end)
        yield _subtree(node, start, middle)


def _growth(node: Node, old: int, leaves: tuple[int, int], *, is_whole: bool) -> Iterator[bytes]:
    """SUBPROOF of RFC 9162; `old` counts from the first of the leaves."""
    start, end = leaves
    if old == end - start:
        if not is_whole:
            yield _subtree(node, start, end)
        return
    split = _split(end - start)
    middle = start + split
    if old <= split:
        yield from _growth(node, old, (start, middle), is_whole=is_whole)
        yield _subtree(node, middle, end)
    else:
        yield from _growth(node, old - split, (middle, end), is_whole=False)
        yield _subtree(node, start, middle)


def _split(count: int) -> int:
    """The largest power of two smaller than `count`, which is 2 or more."""
    return 1 << ((count - 1).bit_length() - 1)
