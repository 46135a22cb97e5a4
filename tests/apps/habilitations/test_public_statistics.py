"""The public figures: no login, nobody's data, small counts left out, counted once an hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from guichet.habilitations.queries import public_statistics

pytestmark = pytest.mark.django_db
PAGE = "/habilitations/statistiques/"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _counted_anew() -> Iterator[None]:
    cache.delete(public_statistics.KEY)
    yield
    cache.delete(public_statistics.KEY)


def close(count: int, applicant, instructor, kind: str = "close") -> None:
    """Dossiers deposited and decided within this hour."""
    now = timezone.now()
    for turn in range(count):
        number = dossiers.deposited(applicant.actor, at=now - (turn + 3) * HOUR)
        kit.take(number, instructor.actor, now - 2 * HOUR)
        kit.decide(number, instructor.actor, kind, now - HOUR)


def test_anybody_reads_them_and_nobody_is_named(visitor, applicant, instructor) -> None:
    """Reached from the start page and the footer; a picture with its words, then tables."""
    close(6, applicant, instructor)
    assert f'href="{PAGE}"' in kit.text_of(visitor.get("/habilitations/", secure=True))
    answer = visitor.get(PAGE, secure=True)
    page = kit.text_of(answer)
    assert f'{PAGE}">Statistiques</a>' in page
    assert '<svg class="chart"' in page
    assert "le tableau qui suit donne les mêmes chiffres" in page
    for secret in (dossiers.AGENCY, dossiers.AGENCY_NAME, "DUPONT", "CHARLES", "MOREL"):
        assert secret not in page
    found = answer.context["found"]
    assert (found.filed, found.decided) == (6, 6)
    assert [(kind, n, share) for kind, n, share in found.decisions] == [
        ("accept", 0, 0),
        ("refuse", 0, 0),
        ("close", 6, 100),
    ]
    assert found.whole.p50 is not None
    assert found.whole.p90 is None
    assert found.corrected_share == 0


def test_small_counts_are_left_out_and_so_is_what_gives_them_away(
    visitor, applicant, instructor
) -> None:
    """Two refusals are not told, nor the six others that the total would give them by."""
    close(6, applicant, instructor)
    close(2, applicant, instructor, "refuse")
    found = public_statistics.count(timezone.now())
    assert {kind: n for kind, n, _share in found.decisions} == {
        "accept": 0,
        "refuse": None,
        "close": None,
    }
    assert (found.filed, found.structures, found.cards) == (8, 0, 0)
    page = kit.text_of(visitor.get(PAGE, secure=True))
    assert "non donné" in page
    assert "8</dd>" in page


def test_corrections_tell_reasons_and_fields(applicant, instructor) -> None:
    """What is asked often enough; a field asked four times is not named."""
    for turn in range(6):
        number = dossiers.deposited(applicant.actor)
        kit.ask(number, instructor.actor, "use.solution" if turn < 5 else "use.editor")
    found = public_statistics.count(timezone.now())
    assert dict(found.fields) == {"use.solution": 5}
    assert dict(found.reasons) == {"incomplete": 6}
    assert found.corrected_share == 100


def test_they_are_counted_once_an_hour(visitor, applicant, django_assert_num_queries) -> None:
    """The second reader costs nothing, and reads the same."""
    first = visitor.get(PAGE, secure=True).context["found"]
    dossiers.deposited(applicant.actor)
    with django_assert_num_queries(0):
        assert visitor.get(PAGE, secure=True).context["found"] == first


def test_an_empty_counter_has_a_page(visitor) -> None:
    """Nothing to draw is drawn as nothing."""
    answer = visitor.get(PAGE, secure=True)
    assert answer.status_code == 200
    assert [month.bars for month in answer.context["months"]] == [()] * 12
    assert visitor.post(PAGE, secure=True).status_code == 405
