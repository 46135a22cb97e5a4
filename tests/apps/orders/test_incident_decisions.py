"""An incident from its criteria to its end: found, frozen, decided by two persons, revoked."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from rich.console import Console

from apps.orders.counter import HOSPITAL, LABORATORY, Person, Sign, csr_pem
from apps.orders.incidents import Case, Operators, placed, taken
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
from guichet.orders.operations import incident_preparing as preparing
from guichet.orders.operations import incident_running as running
from guichet.orders.operations import striking, telling
from guichet.processes.incident_console import describe, describe_all
from guichet.processes.key_lists import block_file
from guichet.processes.witnesses import witnesses
from guichet.x509 import keys
from kit import commands, pki
from kit.kept_rows import KEPT


@pytest.fixture
def held(sophie: Person, jeanne: Person, sign: Sign) -> list[int]:
    """Two products of the hospital (P-256, RSA-2048), an order not withdrawn, one elsewhere."""

    def build() -> list[int]:
        numbers = [placed(sophie, kind="p-256"), placed(sophie, kind="rsa-2048")]
        placed(sophie)
        placed(jeanne, structure=LABORATORY, actor_email="labo@leslistesdediffusion.fr")
        sign()
        return [taken(sophie, number) for number in numbers]

    return list(KEPT.make("products of an incident", build))


CRITERIA: list[tuple[dict[str, Any], int]] = [
    ({"structure_id": HOSPITAL}, 3),
    ({"structure_id": HOSPITAL, "key_kind": "rsa"}, 1),
    ({"key_curve": "P-256"}, 3),
    ({"authority": "ACI-EL-ORG-TEST", "usage": "AUTH_CLI"}, 4),
    ({"offer": "SERV"}, 0),
    ({"channel": "portal", "key_origin": "csr"}, 4),
    ({"channel": "api"}, 0),
    ({"structure_id": HOSPITAL, "from_lot": True}, 0),
    ({"weakness": "any"}, 0),
    ({"issued_from": timezone.localdate() - timedelta(days=1)}, 4),
    ({"issued_to": timezone.localdate() - timedelta(days=2)}, 0),
]


def test_what_criteria_find(held: list[int], operators: Operators) -> None:
    """Each alone and together; the preview tells what the search then freezes."""
    for asked, count in CRITERIA:
        criteria = Criteria(**asked)
        case = operators.searched(criteria)
        assert (asked, case.facts.found) == (asked, count)
        found = incidents.breakdown(case.number)
        assert sum(number for _id, _name, number in found.structures) == count
        assert sum(number for _name, number in found.profiles) == count


def test_certificates_named_one_by_one(held: list[int], operators: Operators) -> None:
    """By serial number and by digest of the key, which both narrow."""
    rows = list(Certificate.objects.exclude(request=None).order_by("pk"))
    serials = tuple(f"{int(row.serial_hex.replace(':', ''), 16):x}" for row in rows[:2])
    digests = (rows[1].spki_sha256, rows[2].spki_sha256)
    for asked, expected in (
        ({"serials": serials}, rows[:2]),
        ({"digests": digests}, rows[1:3]),
        ({"serials": serials, "digests": digests}, rows[1:2]),
        ({"serials": serials, "structure_id": LABORATORY}, []),
    ):
        case = operators.searched(Criteria(**asked))
        found = Touched.objects.filter(incident=case.number).order_by("pk")
        assert [row.certificate_id for row in found] == [row.pk for row in expected]


def test_a_search_is_taken_up_where_it_was_cut(
    held: list[int], operators: Operators, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small goes, one of them cut: each certificate is found once, however often it is begun."""
    monkeypatch.setattr("guichet.orders.incident_search.PLAIN", 1)
    case = operators.opened(Criteria(structure_id=HOSPITAL))
    keep, calls = preparing._keep, []

    def cut(*asked: Any) -> None:
        calls.append(asked)
        if len(calls) == 2:
            raise KeyboardInterrupt
        keep(*asked)

    monkeypatch.setattr(preparing, "_keep", cut)
    with pytest.raises(KeyboardInterrupt):
        preparing.search_incidents(timezone.now())
    assert (case.facts.state, case.facts.found) == (IncidentState.SEARCHING, 1)
    keep(*calls[0])  # the same go, by another process
    while case.facts.state is IncidentState.SEARCHING:
        preparing.search_incidents(timezone.now())
    assert case.facts.found == Touched.objects.count() == 3


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


def test_keys_of_a_list_are_refused_and_found(
    held: list[int], sophie: Person, operators: Operators, tmp_path: Any
) -> None:
    """Listed once; who carries one is told, and a later request learns whose list it is on."""
    carried = Certificate.objects.exclude(request=None).order_by("pk")[0].spki_sha256
    key = pki.fresh_key("p-256")
    new = keys.facts(key.public_key()).spki_sha256
    file = tmp_path / "keys.txt"
    file.write_text(f"# theirs\n{carried}\n{new.upper()}\n")
    for said in ("2 keys are listed; 0 were", "0 keys are listed; 2 were"):
        screen = Console(file=io.StringIO(), width=200)
        assert block_file(file, "compromised", "CERT-XX", screen) == 0
        assert said in screen.file.getvalue()  # type: ignore[attr-defined]
        assert "1 valid certificates carry a listed key" in screen.file.getvalue()  # type: ignore[attr-defined]
    assert Entry.objects.filter(event="keys-listed").count() == 1
    base = sophie.to_step_4()
    answer = sophie.post(base + "4/", {"csr_text": csr_pem(key)})
    assert answer.status_code == 422
    assert "CERT-XX" in answer.content.decode()
    case = operators.searched(Criteria(is_blocked=True))
    assert case.facts.found == 1
    for wrong, reason in ((file, "because"), (tmp_path / "absent", "weak")):
        assert block_file(wrong, reason, "", Console(file=io.StringIO())) == 2
    file.write_text("nonsense\n")
    assert block_file(file, "weak", "", Console(file=io.StringIO())) == 1


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
