"""An incident decided by two persons: frozen, refused, revoked, taken up where it was cut."""
# ruff: noqa: F811 a fixture is an argument of the same name

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from apps.orders.counter import HOSPITAL, LABORATORY, Person
from apps.orders.incident_kit import held  # noqa: F401 the fixtures
from apps.orders.incidents import Case, Operators
from guichet.authority.models import Certificate
from guichet.domain.orders.criteria import Criteria
from guichet.domain.orders.incidents import IncidentState
from guichet.domain.refusals import Code, Refusal
from guichet.journal import verify
from guichet.journal.models import Entry
from guichet.notifications.models import OutboxMail
from guichet.orders import incidents
from guichet.orders.models import Incident, Order, Product, Touched
from guichet.orders.operations import incident_deciding as deciding
from guichet.orders.operations import incident_running as running
from guichet.orders.operations import striking, telling
from guichet.processes.incident_console import describe, describe_all
from guichet.processes.witnesses import witnesses
from kit import commands


def test_two_persons_revoke(held: list[int], operators: Operators, sophie: Person) -> None:
    """What was found and nothing else; every contact is told once, with the operator's words."""
    case = operators.searched(Criteria(structure_id=HOSPITAL))
    case.proposed(text="Une bibliothèque défaillante a fait ces clés.")
    assert not Certificate.objects.filter(state="revoked").exists()
    case.approved()
    case.run()
    found = case.facts
    assert (found.state, found.reason) == (IncidentState.DONE, "keyCompromise")
    assert {row.revocation_motive for row in Product.objects.all()} == {"key-compromise"}
    states = Order.objects.order_by("pk").values_list("structure_id", "state")
    assert states[2][1] == "revoked"
    assert states[3] == (LABORATORY, "available")
    mails = OutboxMail.objects.filter(about=f"incident:{case.number}")
    assert mails.count() == 2
    assert all("Une bibliothèque défaillante" in mail.text for mail in mails)
    told = list(Entry.objects.filter(subject=f"incident:{case.number}").order_by("seq"))
    assert [entry.event.removeprefix("incident-") for entry in told] == [
        "opened", "prepared", "proposed", "approved", "started", "ended",
    ]  # fmt: skip
    assert told[2].actor != told[3].actor
    assert not verify.verify(None, witnesses()).faults
    assert "3 revoked" in describe(case.number).text
    assert case.facts.title in next(describe_all())
    assert not describe(999).ok


REFUSED: list[tuple[Callable[[Case], object], Code]] = [
    (lambda case: case.approved(by=case.people.first), Code.INCIDENT_SAME_PERSON),
    (lambda case: case.approved(count="2"), Code.INCIDENT_COUNT_WRONG),
    (lambda case: case.refused(note=" "), Code.FIELD_MISSING),
    (lambda case: case.proposed(), Code.MOVE_FORBIDDEN),
    (lambda case: case.refused(by=case.people.first), Code.INCIDENT_SAME_PERSON),
]


@pytest.mark.parametrize(("act", "code"), REFUSED)
def test_decisions_that_are_refused(
    held: list[int], operators: Operators, act: Callable[[Case], object], code: Code
) -> None:
    """REFUSED: nothing changed, nothing is told to the journal."""
    case = operators.searched(Criteria(structure_id=HOSPITAL)).proposed()
    entries = Entry.objects.count()
    with pytest.raises(Refusal) as caught:
        act(case)
    assert caught.value.code is code
    assert (case.facts.state, Entry.objects.count()) == (IncidentState.PROPOSED, entries)


def test_the_database_lets_nobody_decide_alone(held: list[int], operators: Operators) -> None:
    """REFUSED by a constraint, whatever the code does; the journal betrays what is forged."""
    case = operators.searched(Criteria(structure_id=HOSPITAL)).proposed()
    rows = Incident.objects.filter(pk=case.number)
    proposer = operators.first.actor.account_id
    for values in (
        {"decider_id": proposer},
        {"state": IncidentState.APPROVED.value},
        {"proposer_id": None, "decider_id": 7},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    forged = {"decider_id": proposer + 1, "decided_at": timezone.now()}
    rows.update(state=IncidentState.APPROVED.value, **forged)
    (fault,) = verify.verify(None, witnesses()).faults
    assert f"incident:{case.number}" in fault.message


def test_a_proposal_is_taken_back_refused_or_given_up(
    held: list[int], operators: Operators
) -> None:
    """Taken back, it is proposed otherwise; refused or cancelled, it is over."""
    case = operators.searched(Criteria(structure_id=HOSPITAL)).proposed()
    who = {"number": case.number, "by": operators.first.actor, "at": timezone.now()}
    deciding.take_back(**who)
    case.proposed().refused(note="Trop large.")
    assert (case.facts.state, case.facts.note) == (IncidentState.REFUSED, "Trop large.")
    other = operators.searched(Criteria(structure_id=HOSPITAL)).proposed().approved()
    deciding.cancel(**{**who, "number": other.number})
    other.run()
    assert other.facts.state is IncidentState.CANCELLED
    assert not Certificate.objects.filter(state="revoked").exists()
    empty = operators.searched(Criteria(offer="SERV"))
    with pytest.raises(Refusal) as caught:
        empty.proposed(count="0")
    assert caught.value.code is Code.INCIDENT_EMPTY


def test_a_run_that_was_killed_goes_on(
    held: list[int], operators: Operators, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after a batch was revoked and before that was noted, then before people are told."""
    monkeypatch.setattr(running, "BATCH", 1)
    case = operators.searched(Criteria(structure_id=HOSPITAL)).proposed().approved()
    mark, tell = running._mark, telling.tell

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_mark", killed)
    with pytest.raises(KeyboardInterrupt):
        case.run()
    assert Certificate.objects.filter(state="revoked").count() == 1
    monkeypatch.setattr(running, "_mark", mark)
    monkeypatch.setattr(telling, "tell", killed)
    with pytest.raises(KeyboardInterrupt):
        case.run()
    assert OutboxMail.objects.filter(about__startswith="incident").count() == 0
    late = timezone.now() + telling.LEFT_ALONE + timedelta(minutes=1)
    monkeypatch.setattr(telling, "tell", tell)
    assert telling.tell_left_over(late) == 0  # this one tells at its own end
    case.run()
    case.run()
    assert case.facts.state is IncidentState.DONE
    assert case.counts == {"revoked": 3}
    assert OutboxMail.objects.filter(about__startswith="incident").count() == 2


def test_one_that_fails_holds_up_no_other(
    held: list[int], operators: Operators, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told with its reason, and tried again when an operator asks."""
    case = operators.searched(Criteria(structure_id=HOSPITAL)).proposed().approved()
    poisoned = Touched.objects.filter(incident=case.number).order_by("pk")[1].certificate_id
    strike = striking.strike

    def failing(*, certificate_ids: Any, **asked: Any) -> Any:
        if poisoned in certificate_ids:
            raise OperationalError("the disk is full")
        return strike(certificate_ids=certificate_ids, **asked)

    monkeypatch.setattr(striking, "strike", failing)
    case.run()
    assert case.facts.state is IncidentState.DONE
    assert case.counts == {"revoked": 2, "failed": 1}
    assert list(incidents.failures(case.number)) == [("database: the disk is full", 1)]
    monkeypatch.setattr(striking, "strike", strike)
    who = {"number": case.number, "by": operators.first.actor, "at": timezone.now()}
    deciding.retry(**who)
    case.run()
    assert case.counts == {"revoked": 3}
    with pytest.raises(Refusal):
        deciding.retry(**who)


def test_those_revoked_meanwhile_are_told_apart(
    held: list[int], operators: Operators, sophie: Person
) -> None:
    """Somebody revoked one before the run began."""
    case = operators.searched(Criteria(structure_id=HOSPITAL)).proposed()
    address = f"/produits/revoquer/{held[0]}/confirmer/?motif=staff-left"
    assert sophie.post(address, {"confirmed": "on"}).status_code == 302
    case.approved().run(at=timezone.now() + timedelta(minutes=1))
    assert case.counts == {"revoked": 2, "already": 1}


def test_the_commands_of_the_guide(
    held: list[int], operators: Operators, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An incident is read on the machine; keys of a file are listed, and who carries one told."""
    monkeypatch.chdir(tmp_path)
    read, block = commands.told("how-to/incident")
    case = operators.searched(Criteria(structure_id=HOSPITAL))
    listed, shown = commands.guichet(read, {"show 12": f"show {case.number}"})
    assert case.facts.title in listed
    assert "3 certificates" in shown
    carried = Certificate.objects.exclude(request=None).order_by("pk")[0].spki_sha256
    Path("cles.txt").write_text(f"{carried}\n")
    assert "1 valid certificates carry a listed key" in commands.guichet(block)[0]
    assert operators.searched(Criteria(is_blocked=True)).facts.found == 1
