"""The clerk is killed while it reminds people: nobody is forgotten, nobody is told twice."""

import pytest

from faults.sites import MakeSite, Prepare

PRODUCTS = 3
pytestmark = pytest.mark.xdist_group("orders")  # one program serves them all


@pytest.fixture(scope="module")
def ready(people: Prepare) -> MakeSite:
    """Copies of one site whose products are near their end."""
    return people("prepare", PRODUCTS)


@pytest.mark.parametrize(
    ("stage", "turn", "told"), [("telling", 1, 0), ("told", 1, 1), ("telling", 2, 1)]
)
def test_killed_on_the_way(ready: MakeSite, stage: str, turn: int, told: int) -> None:
    """What was told stays told; the next rounds tell the rest, then nothing."""
    site = ready()
    site.dies("remind", stage, turn)
    assert len(site.run("reminded")["reminders"]) == told
    assert site.run("remind") == PRODUCTS - told
    assert site.run("remind") == 0
    found = site.run("reminded")
    assert found["faults"] == []
    for counted in ("reminders", "mails", "entries"):
        assert list(found[counted].values()) == [1] * PRODUCTS, counted


def test_two_clerks_at_once(ready: MakeSite) -> None:
    """Each product is told of by one of them."""
    site = ready()
    ends = site.together(["remind"], ["remind"])
    assert sum(end["answer"] for end in ends) == PRODUCTS
    found = site.run("reminded")
    for counted in ("reminders", "mails", "entries"):
        assert list(found[counted].values()) == [1] * PRODUCTS, counted
