"""How deliveries are sent: receivers that fail, hang or are gone, workers that die."""
# ruff: noqa: F811 a fixture is an argument of the same name

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.automation.webhooks.hooks import hook, log, made, tell, waiting  # noqa: F401 the fixtures
from apps.orders.counter import Person
from guichet.automation.models import Webhook
from guichet.automation.webhooks import operations, sending
from guichet.automation.webhooks.dispatching import Dispatcher
from guichet.automation.webhooks.operations import Shown
from guichet.domain.webhooks import OVERLAP, TRIED_FOR
from guichet.journal.models import Entry
from guichet.notifications.models import OutboxMail
from kit.receiver import Receiver, is_signed


def stored(hook: Shown) -> Webhook:
    return Webhook.objects.get(key=hook.facts.key)


def test_a_failure_is_tried_again_later(hook: Shown, receiver: Receiver) -> None:
    """500, then a rest of the whole hook, then 204: the same octets under the same identifier."""
    receiver.statuses, receiver.body = [500], b"panne\x00\r\n <b>" + b"x" * 5000
    waiting(hook, 2)
    now = timezone.now()
    assert tell(now) == 1
    first, second = log(hook)
    assert (first.state, first.attempts, second.attempts) == ("waiting", 1, 0)
    assert timedelta(seconds=24) <= first.next_try_at - now <= timedelta(seconds=36)
    found = first.tries.get()
    assert (found.status, found.excerpt[:16], len(found.excerpt)) == (500, "panneU+0000 <b>x", 500)
    assert tell(now) == 0
    assert tell(now + timedelta(seconds=6)) == 1
    assert log(hook)[1].state == "delivered"
    assert tell(now + timedelta(minutes=1)) == 1
    assert log(hook)[0].state == "delivered"
    once, _second, again = receiver.received
    assert once.headers["webhook-id"] == again.headers["webhook-id"]
    assert once.body == again.body
    assert is_signed(again, hook.secret)
    assert stored(hook).failing_since is None


def test_a_worker_that_dies_before_it_notes_sends_again(hook: Shown, receiver: Receiver) -> None:
    """At least once: while its lease lasts nobody else does, and a late note changes nothing."""
    now, pk = timezone.now(), stored(hook).pk
    taken = sending.take(pk, now)
    assert taken is not None
    outcome = sending.send(taken, now)
    assert sending.take(pk, now + sending.LEASE / 2) is None
    later = now + sending.LEASE
    assert sending.serve(pk, lambda: later) == 1
    first, again = receiver.received
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.body == again.body
    sending.note(taken, outcome, later)
    assert log(hook)[0].tries.count() == 1


def test_what_fails_for_three_days_is_paused_and_loses_nothing(
    hook: Shown, receiver: Receiver, sophie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending.random, "random", lambda: 0.0)  # chance alone may pass six hours
    receiver.statuses = [503] * 100
    receiver.headers = {"Retry-After": "21600"}
    now = timezone.now()
    tries = 0
    while stored(hook).state == "active":
        tries += tell(now)
        now += timedelta(hours=1)
    assert tries == TRIED_FOR / timedelta(hours=6) + 1
    (mail,) = OutboxMail.objects.filter(about=str(stored(hook)))
    assert mail.to == ["si@hopital.fr"]
    assert "est en pause" in mail.subject
    assert "1 avis attendent" in mail.text
    assert Entry.objects.filter(event="webhook-given-up").count() == 1
    assert tell(now + timedelta(days=1)) == 0
    receiver.statuses = []
    operations.ping(key=hook.facts.key, by=sophie.actor, at=now)
    assert tell(now) == 1
    assert (stored(hook).state, stored(hook).failing_since is None) == ("failing", False)
    operations.resume(key=hook.facts.key, by=sophie.actor, at=now)
    assert tell(now) == 1
    assert {row.state for row in log(hook)} == {"delivered"}


def test_one_notice_that_is_never_taken_is_abandoned(hook: Shown, receiver: Receiver) -> None:
    """The others go on: the hook itself does not fail."""
    now, receiver.never = timezone.now(), "été".encode()
    for hours in range(0, 100, 5):
        at = now + timedelta(hours=hours)
        good = waiting(hook, hours + 2)
        good.body, good.next_try_at = "{}", at
        good.save()
        for seconds in (0, 10):
            tell(at + timedelta(seconds=seconds))
    bad, *others = log(hook)
    assert (bad.state, {row.state for row in others}) == ("abandoned", {"delivered"})
    assert bad.settled_at is not None
    assert bad.settled_at - now >= TRIED_FOR
    assert stored(hook).state == "active"


def test_a_receiver_that_is_gone_ends_its_hook(hook: Shown, receiver: Receiver) -> None:
    receiver.statuses = [410]
    waiting(hook, 2)
    assert tell() == 1
    assert stored(hook).state == "gone"
    assert [row.state for row in log(hook)] == ["abandoned", "abandoned"]
    assert Entry.objects.filter(event="webhook-gone").count() == 1
    assert "n’existe plus" in OutboxMail.objects.get(about=str(stored(hook))).subject


def test_a_receiver_that_hangs_delays_its_own_alone(
    sophie: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker a hook, and two at most for the hooks of one structure, however many wait."""
    hanging, free = threading.Event(), threading.Event()
    hooks = [made(sophie.actor, receiver.url) for _one in range(3)]
    for number, one in enumerate(hooks):
        waiting(one, number)
    slow = [stored(one).pk for one in hooks[:2]]

    def serve(hook: int, *_: object) -> int:
        if hook in slow:
            hanging.wait(60)
        else:
            free.set()
        return 1

    monkeypatch.setattr(sending, "serve", serve)
    dispatcher, now = Dispatcher(workers=3), timezone.now()
    try:
        assert dispatcher.round(now) == 2
        assert dispatcher.round(now) == 0
        Webhook.objects.filter(key=hooks[2].facts.key).update(structure_id="another")
        assert dispatcher.round(now) == 1
        assert free.wait(60), "it is served while the two others hang"
    finally:
        hanging.set()
        dispatcher.close()


def test_a_test_is_tried_once_even_by_a_paused_hook(
    hook: Shown, receiver: Receiver, sophie: Person
) -> None:
    """It goes before what waits, and its failure counts for nothing."""
    who: dict[str, Any] = {"key": hook.facts.key, "by": sophie.actor, "at": timezone.now()}
    operations.pause(**who)
    assert tell() == 0
    receiver.statuses = [500]
    operations.ping(**who)
    assert tell() == 1
    assert [row.state for row in log(hook)] == ["waiting", "abandoned"]
    assert stored(hook).failures == 0
    operations.resume(**who)
    operations.ping(**who)
    tell()
    assert b'"type":"ping"' in receiver.received[1].body
    assert {row.state for row in log(hook)} == {"delivered", "abandoned"}


def test_both_keys_sign_for_a_day_after_a_rotation(
    hook: Shown, receiver: Receiver, sophie: Person
) -> None:
    now = timezone.now()
    new = operations.rotate(key=hook.facts.key, by=sophie.actor, at=now)
    tell()
    assert all(is_signed(receiver.received[0], secret) for secret in (hook.secret, new.secret))
    waiting(hook, 2)
    tell(now + OVERLAP)
    assert is_signed(receiver.received[1], new.secret)
    assert not is_signed(receiver.received[1], hook.secret)
