"""What the watchdog may ask about: certificates valid and published, and those just revoked."""

from datetime import timedelta

import pytest
from django.db.models import Max, Min

from apps.conftest import NOW
from guichet.authority import operations, specimens
from guichet.authority.models import Certificate
from guichet.authority.queries import serial_of
from guichet.authority.specimens import RevokedSerial
from guichet.x509.crl import Reason

ROOT = "ACR-EL-TEST"
LATER = NOW + timedelta(seconds=90, milliseconds=250)


def serials(code: str) -> set[int]:
    rows = Certificate.objects.filter(authority__code=code)
    return {serial_of(serial) for serial in rows.values_list("serial_hex", flat=True)}


def test_specimens(hierarchy_made: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn among all that are valid and published; an authority without any has none."""
    assert specimens.specimens(NOW) == {}
    Certificate.objects.update(to_publish=False)
    wanted = serials(ROOT)
    assert len(wanted) == 3
    drawn = set()
    ends = Certificate.objects.filter(authority__code=ROOT).aggregate(Min("pk"), Max("pk"))
    for place in range(ends["pk__max"] - ends["pk__min"] + 1):
        monkeypatch.setattr(specimens, "randbelow", lambda most, place=place: min(place, most - 1))
        drawn.add(specimens.specimens(NOW)[ROOT])
    assert drawn == wanted
    assert "ACI-EL-ORG-TEST" not in specimens.specimens(NOW)
    assert specimens.specimens(NOW + timedelta(days=365 * 50)) == {}


def test_revocations(hierarchy_made: None) -> None:
    """The newest first, at their exact instants; a whole list and its delta for each authority."""
    before = specimens.revocation_counts()
    rows = list(Certificate.objects.filter(authority__code=ROOT).order_by("pk"))[1:]
    for n, row in enumerate(rows):
        operations.revoke(
            certificate_id=row.pk, reason=Reason.SUPERSEDED, by="test", at=LATER + timedelta(n)
        )
    assert specimens.revocation_counts() == {**before, ROOT: before[ROOT] + 2}
    last = serial_of(rows[-1].serial_hex)
    assert specimens.last_revoked(ROOT, 1) == (
        RevokedSerial(authority=ROOT, serial=last, at=LATER + timedelta(1)),
    )
    assert len(specimens.last_revoked(ROOT, 9)) == 2
    intervals = specimens.list_intervals()
    assert len(intervals) == 2 * len(before)
    assert intervals[f"{ROOT}-delta"] == timedelta(days=30)
