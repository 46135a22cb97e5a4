"""The kit's PKI, once for the tests of the pure core."""

import pytest

from kit.pki import Pki


@pytest.fixture(scope="session")
def pki() -> Pki:
    """The demo's hierarchy with short keys."""
    return Pki()
