"""Shares of a secret: any k open it, fewer never; what is mistyped or foreign is named."""

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guichet.domain.ceremonies import share_text
from guichet.domain.ceremonies.shares import Share, ShareError, join, missing, split

SECRET = b"correct cheval agrafe pile"
WRITTEN = (
    """05HZ7 0FCX6 04102 6DNDG 1ZGFW K21N6
       0E4KC TNBFT 2NWM3 MTWY8 WN872 76FJX
       CPX9S WBV8Y SRXVM Q4NBZ GBHK1 1K80A""",
    """05HZ7 0FCX6 08100 6ZZZ2 NSBP1 BFYFG
       KDSDA Y4KH4 P18J7 0FJ38 4S8YV ECZ46
       SDTKS RQPHV KHVQR E9EHX VRKH0 HE80N""",
)
QUORUMS = st.integers(2, 15).flatmap(lambda n: st.tuples(st.integers(2, n), st.just(n)))


@given(st.binary(min_size=1, max_size=127), QUORUMS, st.randoms())
def test_any_quorum_opens_and_fewer_never(
    secret: bytes, quorum: tuple[int, int], random: object
) -> None:
    threshold, total = quorum
    shares = list(split(secret, threshold, total))
    random.shuffle(shares)  # type: ignore[attr-defined]
    typed = [share_text.read(share_text.written(share)) for share in shares]
    assert typed == shares
    assert join(typed[:threshold]) == join(typed) == secret
    with pytest.raises(ShareError, match=f"{threshold} shares open it"):
        join(typed[: threshold - 1])
    # Who claims that fewer are enough gets nothing either.
    fewer = [lowered(share, threshold - 1) for share in typed[: threshold - 1]]
    if threshold > 2:
        with pytest.raises(ShareError, match="altered"):
            join(fewer)


def lowered(share: Share, threshold: int) -> Share:
    """The same share, that claims a lower threshold."""
    return Share(
        set_id=share.set_id,
        index=share.index,
        threshold=threshold,
        total=share.total,
        value=share.value,
    )


def test_every_pair_of_a_set_opens() -> None:
    shares = split(SECRET, 2, 4)
    assert {join(pair) for pair in itertools.permutations(shares, 2)} == {SECRET}
    more = split(SECRET, 3, 4)
    assert [missing(more[:count]) for count in range(5)] == [2, 2, 1, 0, 0]


def test_shares_written_down_open_for_ever() -> None:
    """The form on paper outlives the program: two of three, made once."""
    assert join(map(share_text.read, WRITTEN)) == b"correct cheval"


@given(st.integers(0, 89), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ!"))
def test_what_is_mistyped_is_found(place: int, typed: str) -> None:
    """One character: nearly always by its group, else by the checksum of the whole."""
    share = split(SECRET, 2, 3)[0]
    text = share_text.written(share).replace(" ", "").replace("\n", "")
    assume(text[place] != typed)
    with pytest.raises(ShareError, match=rf"group {place // 5 + 1}\b|mistyped or altered"):
        share_text.read(text[:place] + typed + text[place + 1 :])


def test_how_it_is_typed_does_not_matter() -> None:
    share = split(SECRET, 2, 3)[2]
    text = share_text.written(share)
    assert [len(line.split()) for line in text.splitlines()] == [6, 6, 6]
    typed = text.lower().replace("0", "o").replace("1", "l").replace(" ", "-\u202f")
    assert share_text.read(typed) == share
    assert repr(share) == f"Share({share.set_name}, 3 of 3)"


@pytest.mark.parametrize(
    ("text", "words"), [("", "0 characters"), ("12345 6789", "whole groups"), ("A" * 60, "group 1")]
)
def test_what_is_no_share_is_refused(text: str, words: str) -> None:
    with pytest.raises(ShareError, match=words):
        share_text.read(text)


def test_shares_that_do_not_go_together_are_refused() -> None:
    one, two, three = split(SECRET, 2, 3)
    other = split(SECRET, 2, 3)[1]
    foreign = (
        f"This share is of set {other.set_name}, the others are of set {one.set_name}: "
        "take the one that was made with them."
    )
    with pytest.raises(ShareError, match=f"^{foreign}$"):
        join([one, other])
    with pytest.raises(ShareError, match=r"^Shares are wanted; 0 were given"):
        join([])
    with pytest.raises(ShareError, match=r"no\. 1 was given already"):
        join([one, one])
    unlike = "^This share names another number of officers than the others"
    with pytest.raises(ShareError, match=unlike):
        join([one, lowered(three, 3)])
    altered = Share(set_id=two.set_id, index=2, threshold=2, total=3, value=bytes(len(two.value)))
    with pytest.raises(ShareError, match=r"^These shares do not .* one was altered\. Try with"):
        join([one, altered])
    assert join([one, three]) == SECRET


@pytest.mark.parametrize(
    ("secret", "threshold", "total"), [(b"", 2, 3), (b"x", 1, 3), (b"x", 2, 16)]
)
def test_what_cannot_be_divided(secret: bytes, threshold: int, total: int) -> None:
    with pytest.raises(ValueError, match=r"^a secret of 1 to 127 octets, held by"):
        split(secret, threshold, total)
