"""Assertions on refusals: the code and, where it matters, the facts."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from guichet.domain.refusals import Code, Refusal
from guichet.x509.errors import Unreadable


@contextmanager
def assert_refused(*codes: Code, **facts: str | int) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """Expect a refusal with exactly these codes, in order, the first having these facts."""
    with pytest.raises(Refusal) as caught:
        yield caught
    assert tuple(o.code for o in caught.value.all) == codes
    assert caught.value.code is codes[0]
    assert facts.items() <= dict(caught.value.facts).items()


def why(read: object, *given: object) -> str:
    """Why a reader says that it cannot read what it is given."""
    with pytest.raises(Unreadable) as refused:
        read(*given)  # type: ignore[operator]
    return str(refused.value.reason)
