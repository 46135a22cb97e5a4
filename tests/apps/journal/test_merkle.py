"""RFC 9162 2.1: against its own definitions, written as they are in the text, and known vectors."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.journal import merkle

# The leaves and roots of certificate-transparency-go and of transparency-dev/merkle (testonly).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@dataclass
class Tree:
    """Nodes of a list of leaf hashes."""

    hashes: Sequence[bytes]

    def __call__(self, height: int, index: int) -> bytes:
        start, end = index << height, (index + 1) << height
        assert end <= len(self.hashes), "a node that is not complete was asked for"
        return mth(self.hashes[start:end])


def mth(hashes: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162 2.1.1, over hashes of leaves."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\1" + mth(hashes[:k]) + mth(hashes[k:])).digest()


def grown(size: int) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % number) for number in range(size)]


def test_known_roots() -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES]
    for size, expected in enumerate(ROOTS, 1):
        assert merkle.root(Tree(hashes), size).hex() == expected
    assert merkle.complete_root(hashes).hex() == ROOTS[-1]
    assert merkle.root(Tree([]), 0) == merkle.EMPTY


@given(size=st.integers(1, 300), data=st.data())
def test_a_leaf_is_proved_in_every_tree_and_nothing_else_is(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    hashes = grown(size)
    root = merkle.root(Tree(hashes), size)
    assert root == mth(hashes)
    path = merkle.inclusion(Tree(hashes), index, size)
    merkle.require_included(hashes[index], index, path, size=size, root=root)
    wrong = [
        (hashes[index], index, (*path, root)),
        (merkle.leaf_hash(b"x"), index, path),
        (hashes[index], size, path),
    ]
    wrong += [(hashes[index], index, path[:-1])] if path else []
    wrong += [(hashes[index], (index + 1) % size, path)] if size > 1 else []
    for leaf, at, shown in wrong:
        with pytest.raises(merkle.ProofError):
            merkle.require_included(leaf, at, shown, size=size, root=root)


@given(new=st.integers(0, 300), data=st.data())
def test_a_tree_is_proved_to_begin_another_and_a_fork_is_not(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    hashes = grown(new)
    before, after = (old, mth(hashes[:old])), (new, mth(hashes))
    proof = merkle.consistency(Tree(hashes), old, new)
    merkle.require_consistent(before, after, proof)
    wrong = [(before, after, (*proof, merkle.EMPTY)), (before, (new, b"\0" * 32), proof)]
    wrong += [(before, after, proof[:-1])] if proof else []
    if old:
        fork = [*hashes[: old - 1], merkle.leaf_hash(b"x"), *hashes[old:]]
        wrong += [
            ((old, mth(fork[:old])), after, proof),
            (before, (new, mth(fork)), merkle.consistency(Tree(fork), old, new)),
        ]
    for first, second, shown in wrong if new > 1 and old else []:
        with pytest.raises(merkle.ProofError):
            merkle.require_consistent(first, second, shown)


def test_what_a_tree_cannot_prove() -> None:
    with pytest.raises(merkle.ProofError):
        merkle.inclusion(Tree(grown(3)), 3, 3)
    with pytest.raises(merkle.ProofError):
        merkle.consistency(Tree(grown(3)), 4, 3)
    with pytest.raises(merkle.ProofError):
        merkle.require_consistent((4, b""), (3, b""), ())
