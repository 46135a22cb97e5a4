"""What hooks are told of: their structure, their topics, what their machine account sees."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.automation.machine_callers import account
from apps.automation.webhooks.hooks import log, made, tell, told
from apps.orders.counter import LABORATORY, Person, Sign, withdrawn
from apps.orders.ends import ends_in
from apps.orders.incidents import Operators, placed, taken
from guichet.automation.models import WebhookCursor, WebhookDelivery
from guichet.automation.webhooks import writing
from guichet.domain.orders.criteria import Criteria
from guichet.domain.orders.revocation import RevocationMotive
from guichet.domain.webhooks import CHOSEN, KEPT_FOR, Topic
from guichet.habilitations.models import Right
from guichet.identities.operations import machines
from guichet.orders import operations as orders
from guichet.orders.operations import RenewalAsked, reminding
from guichet.orders.operations import incident_deciding as deciding
from guichet.orders.summaries import Via
from kit.receiver import Receiver, is_signed, receiving


def test_the_life_of_an_order_is_told_signed_and_once(
    sophie: Person, sign: Sign, receiver: Receiver
) -> None:
    """From what was placed before the hook on; no person, no address of e-mail."""
    early = placed(sophie)
    hook = made(sophie.actor, receiver.url)
    number = placed(sophie)
    sign()
    product = taken(sophie, number)
    assert tell() == 3
    assert tell() == 0
    (_early, first), (second, data), (third, _) = told(receiver)
    assert (first["order"], first["product"]) == (early, None)
    assert (second, third) == ("order.available", "order.withdrawn")
    assert (data["order"], data["product"], data["state"]) == (number, product, "withdrawn")
    assert data["resource"] == f"/api/v1/orders/{number}"
    assert all(is_signed(one, hook.secret) for one in receiver.received)
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 3
    sent = receiver.received[0]
    assert sent.headers["content-type"] == "application/json"
    assert json.loads(sent.body)["timestamp"].endswith("+00:00")
    for private in (b"SOPHIE", b"@", b"requester"):
        assert private not in b"".join(one.body for one in receiver.received)
    (row, *_others) = log(hook)
    assert (row.state, row.attempts, row.tries.get().status) == ("delivered", 1, 204)


def test_strangers_are_told_nothing(
    sophie: Person, jeanne: Person, sign: Sign, receiver: Receiver
) -> None:
    """Neither another structure, nor who chose other topics."""
    made(jeanne.actor, receiver.url, structure_id=LABORATORY)
    made(sophie.actor, receiver.url, [Topic.PRODUCT_REVOKED])
    placed(sophie)
    sign()
    assert tell() == 0
    placed(jeanne, structure=LABORATORY)
    sign()
    assert tell() == 1
    assert told(receiver)[0][1]["structure"] == LABORATORY


@pytest.mark.parametrize(
    ("limits", "count"),
    [
        ({"profiles": ("ORG/AUTH_CLI",)}, 1),
        ({"profiles": ("ORG/SIGN",)}, 0),
        ({"profiles": ("ORG/AUTH_CLI",), "services": ("Un autre",)}, 0),
    ],
)
def test_a_machine_s_hook_tells_what_it_sees(
    sophie: Person, sign: Sign, receiver: Receiver, limits: dict[str, tuple[str, ...]], count: int
) -> None:
    """And nothing more once the account is disabled."""
    machine = account(**limits)
    made(sophie.actor, receiver.url, machine=machine.key)
    placed(sophie)
    sign()
    assert tell() == count
    machines.disable_machine(key=machine.key, by=sophie.actor, at=timezone.now())
    placed(sophie)
    sign()
    assert tell() == 0


def test_the_end_of_a_product_is_told_as_reminders_are(
    sophie: Person, sign: Sign, receiver: Receiver
) -> None:
    """A renewal is wanted until one is asked; then the end is told alone, and its expiry."""
    product = withdrawn(sophie, sign)
    made(sophie.actor, receiver.url)
    ends_in(product, 29.5)
    reminding.remind(timezone.now())
    tell()
    (expiring, data), (wanted, why) = told(receiver)
    assert (expiring, data["days"], data["renewal"]) == ("product.expiring", 30, None)
    assert (wanted, why["reason"], why["before"]) == (
        "product.renewal-wanted",
        "expiry",
        why["not_after"],
    )
    heir = orders.renew(
        asked=RenewalAsked(product_number=product),
        by=sophie.actor,
        via=Via(channel="portal"),
        at=timezone.now(),
    )
    for days in (14.5, -1):
        ends_in(product, days)
        reminding.remind(timezone.now())
    tell()
    (expiring, data), (expired, _) = told(receiver)[2:]
    assert (expiring, data["days"], data["renewal"]) == ("product.expiring", 15, heir.number)
    assert expired == "product.expired"


def test_a_revocation_is_told(sophie: Person, sign: Sign, receiver: Receiver) -> None:
    product = withdrawn(sophie, sign)
    made(sophie.actor, receiver.url)
    orders.revoke(
        product_number=product,
        by=sophie.actor,
        code=None,
        motive=RevocationMotive.THEFT,
        at=timezone.now(),
    )
    tell()
    ((topic, data),) = told(receiver)
    assert (topic, data["product"], data["revocation_reason"]) == (
        "product.revoked",
        product,
        "theft",
    )


def test_a_recall_is_told_in_pieces_and_called_off(
    sophie: Person,
    sign: Sign,
    operators: Operators,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every product once, whatever the size of a round; what was placed meanwhile afterwards."""
    monkeypatch.setattr(writing, "RECALLED", 2)
    numbers = [placed(sophie) for _one in range(3)]
    sign()
    products = [taken(sophie, number) for number in numbers]
    made(sophie.actor, receiver.url)
    case = operators.searched(Criteria(offer="ORG"))
    case.proposed(due_at=timezone.now() + timedelta(days=20)).approved()
    last = placed(sophie)
    sign()
    tell()
    recalled = [data for topic, data in told(receiver) if topic == "product.recalled"]
    assert [data["product"] for data in recalled] == products
    assert {data["new_key"] for data in recalled} == {True}
    wanted = [data for topic, data in told(receiver) if topic == "product.renewal-wanted"]
    assert [(data["product"], data["reason"]) for data in wanted] == [
        (product, "recall") for product in products
    ]
    assert told(receiver)[-1][1]["order"] == last
    receiver.received.clear()
    deciding.cancel(number=case.number, by=operators.first.actor, at=timezone.now())
    tell()
    off = told(receiver)
    assert [data["product"] for _topic, data in off] == products
    assert {topic for topic, _data in off} == {"product.recall-cancelled"}


def test_a_right_that_ends_is_told_once_a_step(sophie: Person, receiver: Receiver) -> None:
    """To the structure, and to the accounts that work under that right."""
    now = timezone.now()
    right = Right.objects.filter(offer="ORG")
    right.update(ends_at=now + timedelta(days=59))
    hook = made(sophie.actor, receiver.url)
    theirs = [
        made(sophie.actor, receiver.url, machine=account(profiles=[profile]).key)
        for profile in ("ORG/SIGN", "SERV/SSL_SERV")
    ]
    for _again in range(2):
        writing.write_endings(now)
    writing.write_endings(now + timedelta(days=30))
    days = [json.loads(row.body)["data"]["days"] for row in log(hook)]
    assert days == [60, 30]
    assert [len(log(one)) for one in theirs] == [2, 0]
    assert json.loads(log(hook)[0].body)["data"]["right"] == str(right.get().key)


def test_a_hook_made_while_the_clerk_was_away_misses_nothing(
    sophie: Person, sign: Sign, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal is read from the oldest hook on, in pieces; a younger one skips what is older."""
    monkeypatch.setattr(writing, "ENTRIES", 1)
    with receiving() as other:
        made(sophie.actor, receiver.url)
        first = placed(sophie)
        sign()
        made(sophie.actor, other.url)
        second = placed(sophie)
        sign()
        tell()
        assert [data["order"] for _topic, data in told(receiver)] == [first, second]
        assert [data["order"] for _topic, data in told(other)] == [second]
    WebhookCursor.objects.update(seq=0)
    assert tell() == 0, "what was told is known by its occasion too"


def test_the_log_is_forgotten_after_thirty_days(
    sophie: Person, sign: Sign, receiver: Receiver
) -> None:
    made(sophie.actor, receiver.url)
    placed(sophie)
    sign()
    tell()
    assert writing.purge(timezone.now() + KEPT_FOR - timedelta(minutes=1)) == 0
    assert writing.purge(timezone.now() + KEPT_FOR) == 1
    assert not WebhookDelivery.objects.exists()


def test_nothing_is_read_for_nobody(
    sophie: Person, sign: Sign, django_assert_num_queries: Callable[..., object]
) -> None:
    """Without a hook a round costs one query; with one that is told of all, three."""
    placed(sophie)
    with django_assert_num_queries(1):
        assert writing.write_due(timezone.now()) == 0
    made(sophie.actor, "https://automate.hopital.fr/", CHOSEN)
    tell()
    with django_assert_num_queries(3):
        assert writing.write_due(timezone.now()) == 0
