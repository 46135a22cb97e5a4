"""The queue of the signer: shown to operators, served by priority, looked after by command."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from apps.orders.counter import Person, Sign
from apps.orders.incidents import Operators, placed
from guichet.authority import queue, queue_acts
from guichet.authority.models import Certificate, SigningRequest
from guichet.authority.queue_models import QueueAct
from guichet.cli import app
from guichet.domain.certificates.states import SigningState
from guichet.domain.certificates.urgency import Priority
from guichet.domain.freshness import SIGNED_WITHIN, Rule, of_queue
from guichet.journal import queries as journal
from guichet.journal.events import Event
from guichet.orders.models import Order
from guichet.orders.summaries import Via
from kit import commands

PAGE = "/gestion/signatures/"


@pytest.fixture
def set_aside(sophie: Person, sign: Sign) -> Any:
    """The request of an order that the signer could not sign."""
    number = placed(sophie)
    request = Order.objects.get(number=number).signing_request
    at = timezone.now()
    queue.take(by="dead", limit=1, at=at)
    queue.set_aside(request, "lint: pkix.bad", by="dead", at=at)
    return request


def command(*arguments: str, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["queue", *arguments], input=typed)
    return done.exit_code, done.output


def test_operators_see_what_could_not_be_signed(set_aside: Any, operators: Operators) -> None:
    """With its reason, and the commands that end it."""
    page = operators.first.get(PAGE).content.decode()
    assert "lint: pkix.bad" in page
    assert f"guichet queue retry {set_aside}" in page


@pytest.mark.parametrize(
    ("act", "state", "after"), [("send-back", "available", 1), ("give-up", "failed", 0)]
)
def test_several_are_asked_of_the_signer_at_once(
    *,
    act: str,
    state: str,
    after: int,
    set_aside: Any,
    sophie: Person,
    operators: Operators,
    sign: Sign,
) -> None:
    """Looked at first, asked once, done by the signer in the operator's name; told meanwhile."""
    operator = operators.first
    chosen = {"acte": act, "demande": [str(set_aside), str(uuid4()), "rien"]}
    assert sophie.post(f"{PAGE}preparer/", chosen).status_code == 403
    assert sophie.post(f"{PAGE}confirmer/", chosen).status_code == 403
    assert operator.post(f"{PAGE}preparer/", chosen).context["count"] == 1
    assert operator.post(f"{PAGE}confirmer/", chosen)["Location"] == PAGE
    assert "demandé" in operator.get(PAGE).content.decode()
    assert operator.post(f"{PAGE}preparer/", chosen).context["count"] == 0
    operator.post(f"{PAGE}confirmer/", chosen)
    assert queue_acts.carry_out(timezone.now()) == 1
    assert queue_acts.carry_out(timezone.now()) == 0
    sign()
    assert Order.objects.get(signing_request=set_aside).state == state
    told = [entry.event for entry in journal.entries_about("signing-queue")]
    assert told == [Event.SIGNING_ACTS_ASKED.value]
    [moved] = [
        entry
        for entry in journal.entries_about(f"signing:{set_aside}")
        if entry.actor == operator.actor.ref
    ]
    assert moved.event in {"signing-sent-back", "signing-failed"}
    assert Certificate.objects.filter(request=set_aside).count() == after


def test_what_was_settled_meanwhile_is_left(set_aside: Any, operators: Operators) -> None:
    """The command line was quicker: the signer refuses, and says why."""
    at = timezone.now()
    queue_acts.ask([set_aside], queue_acts.Asked.SEND_BACK, by="card:1", at=at)
    queue.give_up(set_aside, by="card:2", at=at)
    assert queue_acts.carry_out(at) == 0
    assert QueueAct.objects.get().refused == "move-forbidden"
    assert operators.first.post(f"{PAGE}preparer/", {"acte": "rien"}).status_code == 400


def test_nothing_waits(operators: Operators) -> None:
    """The page says what it is for."""
    page = operators.first.get(PAGE).content.decode()
    assert "Aucune demande mise de côté" in page
    assert command("list") == (0, "Nothing waits, and nothing is set aside.\n")


def test_nobody_else_sees_it(sophie: Person, set_aside: Any) -> None:
    """REFUSED for an administrator, even of the structure that ordered."""
    assert sophie.get(PAGE).status_code == 403


def test_sent_back_and_signed(set_aside: Any, sophie: Person, sign: Sign) -> None:
    """The order, which waited, is available."""
    order = Order.objects.get(signing_request=set_aside)
    sign()
    order.refresh_from_db()
    assert order.state in {"submitted", "issuing"}
    code, said = command("list")
    assert (code, "lint: pkix.bad" in said) == (0, True)
    assert command("retry", str(set_aside))[0] == 0
    sign()
    order.refresh_from_db()
    assert order.state == "available"
    code, said = command("retry", str(set_aside))
    assert (code, "Traceback" in said) == (1, False)


def test_given_up(set_aside: Any, sign: Sign) -> None:
    """Confirmed first; then the order has failed and its requester is told."""
    assert command("abandon", str(set_aside), typed="n\n")[0] == 1
    assert SigningRequest.objects.get(pk=set_aside).state == SigningState.SET_ASIDE.value
    assert command("abandon", str(set_aside), typed="y\n")[0] == 0
    sign()
    assert Order.objects.get(signing_request=set_aside).state == "failed"
    assert command("abandon", str(uuid4()), typed="y\n")[0] == 1


def test_who_goes_first(sophie: Person, sign: Sign) -> None:
    """People, then programs, then lots."""
    placed(sophie)
    assert SigningRequest.objects.get().priority == Priority.INTERACTIVE
    assert Via(channel="api").priority is Priority.PROGRAM
    assert Via(channel="portal", is_of_lot=True).priority is Priority.BULK


def test_an_operator_is_alarmed() -> None:
    """By what is set aside, and by what waits too long."""
    now = timezone.now()
    assert of_queue(0, None, now) == of_queue(0, now - SIGNED_WITHIN, now) == ()
    found = of_queue(2, now - SIGNED_WITHIN - timedelta(seconds=1), now)
    assert [finding.rule for finding in found] == [Rule.SET_ASIDE, Rule.WAITING]


def test_the_commands_of_the_guide(set_aside: Any, sign: Sign) -> None:
    """One after the other: what was sent back is not given up any more, unless it fails again."""
    (block,) = commands.told("explanation/signature")
    listed, retry, abandon = block.splitlines(keepends=True)
    known = {"<demande>": str(set_aside)}
    assert "lint: pkix.bad" in commands.guichet(listed)[0]
    commands.guichet(retry, known)
    at = timezone.now()
    queue.take(by="dead", limit=1, at=at)
    queue.set_aside(set_aside, "lint: pkix.bad", by="dead", at=at)
    commands.guichet(abandon, known, typed="y\n")
    sign()
    assert Order.objects.get(signing_request=set_aside).state == "failed"
