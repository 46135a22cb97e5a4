"""An order acted on from several sides at once, killed or cut off on the way: one certificate."""

from typing import Any

import pytest

from faults.sites import MakeSite, Prepare, Site
from guichet.authority.queue import LEASE

AFTER_LEASE = LEASE.seconds + 1
pytestmark = pytest.mark.xdist_group("orders")  # one program serves them all


@pytest.fixture(scope="module")
def ready(people: Prepare) -> MakeSite:
    """Copies of one site, whose only order is ready to be withdrawn; made once."""
    return people("prepare")


def finish(site: Site, seconds: int) -> dict[str, Any]:
    """Sign what waits, collect it, withdraw; the report."""
    site.run("drain", seconds)
    site.run("collect", seconds)
    assert site.run("withdraw", seconds) == "done"
    found: dict[str, Any] = site.run("report")
    return found


def of_one_certificate(report: dict[str, Any], attempt: int) -> None:
    """The last certificate alone is good, it is the product's, and the journal tells it all."""
    assert report["faults"] == []
    assert report["attempt"] == attempt
    assert report["certificates"] == ["revoked"] * (attempt - 1) + ["valid"]
    assert (report["of_order"], report["of_product"]) == (attempt - 1, True)


def test_two_people_at_once(ready: MakeSite) -> None:
    """One is heard; the other is told that the order has moved."""
    site = ready()
    ends = site.together(*[["rekey", 1]] * 4)
    assert sorted(end["answer"] for end in ends) == ["done", *["move-forbidden"] * 3]
    of_one_certificate(finish(site, 2), attempt=2)


@pytest.mark.parametrize("first", ["rekey", "withdraw"])
def test_against_a_withdrawal(ready: MakeSite, first: str) -> None:
    """Whoever comes first; never a product of a certificate that is revoked."""
    site = ready()
    acts = sorted(["rekey", "withdraw"], key=lambda act: act != first)
    ends = site.together(*([act, 1] for act in acts))
    told = dict(zip(acts, (end["answer"] for end in ends), strict=True))
    assert sorted(told.values()) == ["done", "move-forbidden"]
    if told["withdraw"] == "done":
        of_one_certificate(site.run("report"), attempt=1)
    else:
        of_one_certificate(finish(site, 2), attempt=2)


@pytest.mark.parametrize("stage", ["certificate-revoked", "order-rekeyed"])
def test_killed_within(ready: MakeSite, stage: str) -> None:
    """Nothing of it happened: the first certificate is still good, and can be withdrawn."""
    site = ready()
    site.dies("killed", "rekey", stage, 1)
    of_one_certificate(finish(site, 2), attempt=1)


@pytest.mark.parametrize("stage", ["signed", "stored"])
def test_the_signer_is_killed_between(ready: MakeSite, stage: str) -> None:
    """The next one finishes; the order waits, and is never ready with the revoked certificate."""
    site = ready()
    assert site.run("rekey", 1) == "done"
    site.dies("sign", 2, stage)
    site.run("collect", 2)
    between = site.run("report")
    assert between["of_order"] == (1 if stage == "stored" else None)
    assert between["faults"] == []
    of_one_certificate(finish(site, 2 + AFTER_LEASE), attempt=2)


def test_withdrawn_by_several_at_once(ready: MakeSite) -> None:
    """Sent twice, by two windows or two people: one product."""
    site = ready()
    ends = site.together(*[["withdraw", 1]] * 3)
    assert sorted(end["answer"] for end in ends) == ["done", *["move-forbidden"] * 2]
    report = site.run("report")
    of_one_certificate(report, attempt=1)
    assert report["told"] == ["order-available", "order-withdrawn"]


# What is left of each act once its process was killed: where, what had been done, what is told.
KILLED = {
    "collect": ("order-available", ("rekey", "drain"), "order-available"),
    "withdraw": ("order-withdrawn", (), "order-withdrawn"),
    "revoke": ("certificate-revoked", ("withdraw",), "product-revoked"),
    "revoke, later": ("product-revoked", ("withdraw",), "product-revoked"),
}


@pytest.mark.parametrize("name", KILLED)
def test_killed_while_it_acts(ready: MakeSite, name: str) -> None:
    """Nothing of it happened; done again, it is told once, and the journal is whole."""
    event, before, told = KILLED[name]
    act = name.partition(",")[0]
    site = ready()
    for done in before:
        site.run(done, 1)
    was = site.run("report")
    site.dies("killed", act, event, 2)
    assert site.run("report") == was
    assert site.run(act, 3) in {"done", 1}
    after = site.run("report")
    assert after["faults"] == []
    assert after["told"].count(told) == was["told"].count(told) + 1
    assert after["certificates"][-1] == ("revoked" if act == "revoke" else "valid")


@pytest.mark.parametrize(("when", "answer"), [("before", "done"), ("after", "move-forbidden")])
@pytest.mark.parametrize("act", ["withdraw", "revoke"])
def test_the_database_goes_away_at_the_commit(
    ready: MakeSite, act: str, when: str, answer: str
) -> None:
    """Whoever is told of a fault and presses again does it, or learns that it is done."""
    site = ready()
    if act == "revoke":
        site.run("withdraw", 1)
    assert site.run("cut-off", act, when, 2) == "lost"
    again = site.run(act, 3)
    assert again == ("already-revoked" if (act, when) == ("revoke", "after") else answer)
    report = site.run("report")
    assert report["faults"] == []
    assert (
        report["told"].count({"withdraw": "order-withdrawn", "revoke": "product-revoked"}[act]) == 1
    )
