"""The responder's clock, or the publisher's, goes back by an hour."""

from datetime import timedelta

import pytest

from apps.validation.responders import SECOND, Service, request_for, said, status_of
from guichet.validation.answers import CACHED
from guichet.x509.ocsp import Good, Revoked
from kit.pki import NOW

HOUR = timedelta(hours=1)
BACK = NOW - HOUR


def max_age(headers: dict[str, str]) -> int:
    return int(headers["cache-control"].partition("max-age=")[2].partition(",")[0])


def test_an_answer_kept_is_not_kept_for_the_hour(service: Service) -> None:
    """No cache is told to keep it for longer; a status that changes shows at once."""
    leaf = service.pki.leaf()
    service.tell(leaf, Good(), BACK)
    asked = request_for(leaf)
    for at in (NOW, BACK):
        assert 0 < max_age(dict(service.post(asked, at).headers(at))) <= CACHED.seconds
    service.tell(leaf, Revoked(BACK, None), BACK)
    assert status_of(service.post(asked, BACK)) == "REVOKED"


@pytest.mark.parametrize("has_key", [True, False])
def test_an_answer_signed_ahead(service: Service, *, has_key: bool) -> None:
    """Signed now where there is a key; where there is none, it is better than no answer."""
    leaf = service.pki.leaf()
    service.install_key(at=BACK - HOUR)
    service.tell(leaf, Good(), NOW)
    if not has_key:
        for path in service.keys.glob("*.pem"):
            path.unlink()
        service.validation.refresh()
    answer = said(service.post(request_for(leaf), BACK))
    assert answer.this_update_utc == (BACK if has_key else NOW)
    assert answer.certificate_status.name == "GOOD"
    assert said(service.post(request_for(leaf), NOW + SECOND)).this_update_utc == NOW
