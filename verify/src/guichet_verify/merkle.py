"""Proofs of a Merkle tree: RFC 9162, sections 2.1.3.2 (inclusion) and 2.1.4.2 (consistency)."""

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf (RFC 9162 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path leads from a leaf's hash at an index to the root of a tree of this size."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    sizes: tuple[int, int], roots: tuple[bytes, bytes], proof: Sequence[bytes]
) -> bool:
    """Whether the greater tree begins with the whole of the smaller, which holds a leaf or more."""
    (small, great), (small_root, great_root) = sizes, roots
    if not 0 < small <= great:
        return False
    if small == great:
        return not proof and small_root == great_root
    steps = list(proof) if small & (small - 1) else [small_root, *proof]
    if not steps:
        return False
    at, last = small - 1, great - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    of_small = of_great = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            of_small, of_great = node_hash(step, of_small), node_hash(step, of_great)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            of_great = node_hash(of_great, step)
        at, last = at >> 1, last >> 1
    return last == 0 and of_small == small_root and of_great == great_root
