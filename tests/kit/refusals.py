"""Assertions on refusals: the code and, where it matters, the facts."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from guichet.domain.refusals import Code, Refusal


@contextmanager
def assert_refused(*codes: Code, **facts: str | int) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """Expect a refusal with exactly these codes, in order, the first having these facts."""
    with pytest.raises(Refusal) as caught:
        yield caught
    assert tuple(o.code for o in caught.value.all) == codes
    assert caught.value.code is codes[0]
    assert facts.items() <= dict(caught.value.facts).items()
