"""Each reader of bytes from elsewhere lets out only the errors that it declares.

Longer, and where the code branches: `make fuzz TARGET=name`.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.targets import TARGETS

LONGEST = 4_096


@st.composite
def spoilt(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A good example with some octets changed, put in, taken out or repeated; or any octets."""
    data = bytearray(draw(st.sampled_from((*seeds, b""))))
    for _turn in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        new = draw(st.binary(max_size=8))
        match draw(st.sampled_from(("over", "insert", "delete", "cut", "again"))):
            case "over":
                data[at : at + len(new)] = new
            case "insert":
                data[at:at] = new
            case "delete":
                del data[at : at + len(new)]
            case "cut":
                del data[at:]
            case "again":
                data[at:at] = data[: min(at, LONGEST - len(data))]
    return bytes(data)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_reader_refuses_only_as_it_declares(name: str) -> None:
    target = TARGETS[name]
    for seed in target.seeds:
        target.ask(seed)

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(spoilt(target.seeds))
    def ask(data: bytes) -> None:
        target.ask(data)

    ask()


def test_every_reader_reads_something_well() -> None:
    """A target whose examples are all refused asks nothing of what lies behind."""
    deaf = []
    for name, target in TARGETS.items():
        try:
            target.read(target.seeds[0])
        except target.refuses:
            deaf.append(name)
    assert deaf == []
