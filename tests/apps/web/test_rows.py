"""Many rows in one statement, and values looked up in one parameter, as Django itself would."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from guichet.authority.models import BurntKey, SigningRequest
from guichet.journal.models import Entry
from guichet.web import rows

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
COLUMNS = ("seq", "event", "subject", "actor", "at", "facts", "previous", "digest")


def entry(seq: int, **more: object) -> tuple[object, ...]:
    values = {
        "seq": seq,
        "event": "é\u2028\"'\\",
        "subject": "a:b",
        "actor": "%s",
        "at": timezone.now() + timedelta(microseconds=seq),
        "facts": {"n": None, "x": 'a"\\é', "i": -3},
        "previous": "",
        "digest": str(seq),
    }
    return tuple((values | more)[name] for name in COLUMNS)


def test_what_is_inserted_is_what_is_read() -> None:
    """Texts, instants and JSON of any kind; no row is no statement."""
    rows.insert(Entry, COLUMNS, [])
    given = [entry(900_001), entry(900_002, facts={})]
    rows.insert(Entry, COLUMNS, given)
    found = Entry.objects.filter(seq__gte=900_001).order_by("seq").values_list(*COLUMNS)
    assert [tuple(row) for row in found] == given


def test_a_column_that_is_not_there() -> None:
    """REFUSED before anything is sent."""
    with pytest.raises(KeyError):
        rows.insert(Entry, ("nothing",), [("x",)])


@pytest.mark.parametrize("given", [[], ["a" * 64], ["a" * 64, "b" * 64, "' OR 1=1", '"}\\,{']])
def test_among(given: list[str]) -> None:
    """Finds what `in` finds: texts here, UUIDs by the request's own key."""
    for name in ("a", "b", "c"):
        BurntKey.objects.create(spki_sha256=name * 64, burnt_at=timezone.now())
    found = BurntKey.objects.filter(spki_sha256__among=given)
    assert set(found) == set(BurntKey.objects.filter(spki_sha256__in=given))
    assert not SigningRequest.objects.filter(pk__among=[uuid4()]).exists()
