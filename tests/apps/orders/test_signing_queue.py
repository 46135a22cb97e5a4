"""The queue of the signer: shown to operators, served by priority, looked after by command."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from apps.orders.counter import Person, Sign
from apps.orders.incidents import Operators, placed
from guichet.authority import queue
from guichet.authority.models import SigningRequest
from guichet.cli import app
from guichet.domain.certificates.states import SigningState
from guichet.domain.certificates.urgency import Priority
from guichet.domain.freshness import SIGNED_WITHIN, Rule, of_queue
from guichet.orders.models import Order
from guichet.orders.summaries import Via

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
