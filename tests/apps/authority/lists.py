"""Lists of one authority: issued, read, and what comes on them."""

from collections.abc import Callable
from datetime import datetime

import pytest

from guichet.authority import crls, operations, queries
from guichet.keystore import Keystore
from guichet.x509 import crl
from guichet.x509.crl import Reason

CODE = "ACI-EL-ORG-TEST"
Issue = Callable[[datetime], tuple[str, ...]]


@pytest.fixture
def issue(hierarchy_made: None, authority_keys: Keystore) -> Issue:
    """Issue what is due."""
    return lambda at: crls.issue_due(authority_keys, at)


def last(code: str = CODE) -> crl.Crl:
    """The last complete list, which says of itself what is stored of it."""
    found = queries.last_crl(code)
    assert found is not None
    read = crl.read(found.der)
    assert (read.number, read.this_update) == (found.number, found.this_update)
    return read


def revoke(certificate_id: int, at: datetime, reason: Reason = Reason.SUPERSEDED) -> None:
    """Revoke a certificate at an instant."""
    operations.revoke(certificate_id=certificate_id, reason=reason, by="test", at=at)
