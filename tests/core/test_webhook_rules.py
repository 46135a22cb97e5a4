"""Webhooks: where they may be sent, how they are signed, how long they are tried."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from uuid import UUID

import pytest

from guichet.automation.webhooks import keys
from guichet.domain.refusals import Code, Refusal
from guichet.domain.webhooks import (
    DELIVERIES,
    HOOKS,
    LONGEST_PAUSE,
    TRIED_FOR,
    DeliveryAct,
    DeliveryState,
    HookAct,
    HookState,
    HookUrl,
    is_over,
    pause_after,
    rest_after,
)
from kit.receiver import Received, is_signed

NEAR = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    "url",
    [
        "https://automate.hopital.fr/guichet",
        "https://automate.hopital.fr:8443/a?b=c%20d",
        "https://xn--hpital-xxa.fr/",
        "https://1.1.1.1/",
        "https://[2606:4700::1111]/",
    ],
)
def test_public_addresses_are_taken(url: str) -> None:
    assert HookUrl.parse(f" {url} ", ()).value == url


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", Code.WEBHOOK_URL_INVALID),
        ("automate.hopital.fr", Code.WEBHOOK_URL_INVALID),
        ("ftp://automate.hopital.fr/", Code.WEBHOOK_URL_INVALID),
        ("https:///chemin", Code.WEBHOOK_URL_INVALID),
        ("https://moi:secret@automate.hopital.fr/", Code.WEBHOOK_URL_INVALID),
        ("https://automate.hopital.fr/#ancre", Code.WEBHOOK_URL_INVALID),
        ("https://automate.hopital.fr/a b", Code.WEBHOOK_URL_INVALID),
        ("https://automate.hopital.fr:99999/", Code.WEBHOOK_URL_INVALID),
        ("https://automate.hopital.fr/\r\nX: y", Code.WEBHOOK_URL_INVALID),
        ("https://hôpital.fr/", Code.WEBHOOK_URL_INVALID),
        ("https://intranet/", Code.WEBHOOK_URL_INVALID),
        ("https://2130706433/", Code.WEBHOOK_URL_INVALID),
        ("https://[::1", Code.WEBHOOK_URL_INVALID),
        ("https://a.fr/" + "a" * 500, Code.WEBHOOK_URL_INVALID),
        ("http://automate.hopital.fr/", Code.WEBHOOK_URL_NOT_HTTPS),
        ("http://localhost/", Code.WEBHOOK_URL_FORBIDDEN),
        ("https://127.0.0.1/", Code.WEBHOOK_URL_FORBIDDEN),
        ("https://10.1.2.3/", Code.WEBHOOK_URL_FORBIDDEN),
        ("https://169.254.169.254/latest/", Code.WEBHOOK_URL_FORBIDDEN),
        ("https://[::ffff:10.0.0.1]/", Code.WEBHOOK_URL_FORBIDDEN),
        ("https://[64:ff9b::a00:1]/", Code.WEBHOOK_URL_FORBIDDEN),
        ("https://[fd00::1]/", Code.WEBHOOK_URL_FORBIDDEN),
    ],
)
def test_other_addresses_are_refused(url: str, code: Code) -> None:
    with pytest.raises(Refusal) as refused:
        HookUrl.parse(url, ())
    assert (refused.value.code, refused.value.facts["field"]) == (code, "url")


def test_an_operator_opens_networks() -> None:
    """http serves for this machine alone, and for none that is only opened."""
    for url in ("http://localhost:9/", "http://127.0.0.1:9/", "http://[::1]:9/"):
        assert HookUrl.parse(url, NEAR).value == url
    private = (ip_network("10.0.0.0/8"),)
    assert HookUrl.parse("https://10.0.0.1/", private).value
    with pytest.raises(Refusal, match=Code.WEBHOOK_URL_NOT_HTTPS):
        HookUrl.parse("http://10.0.0.1/", private)


def test_the_published_example_is_signed_alike() -> None:
    """The test vector of Standard Webhooks' own libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = keys.headers(
        message="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        body='{"test": 2432232314}',
        keys=(b64decode(secret.removeprefix("whsec_")),),
    )
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signed["webhook-signature"] == expected
    received = Received("/", signed, b'{"test": 2432232314}')
    assert is_signed(received, secret)
    assert not is_signed(received, keys.secret(UUID(int=1), 1))


def test_keys_differ_by_hook_and_by_generation() -> None:
    made = {keys.signing_key(UUID(int=hook), number) for hook in (1, 2) for number in (1, 2)}
    assert len(made) == 4
    assert {len(key) for key in made} == {32}


def test_tries_are_spread_and_end() -> None:
    """About fifteen tries in three days, never two at a fixed distance."""
    assert pause_after(1, 0.0) == timedelta(seconds=24)
    assert pause_after(1, 1.0) == timedelta(seconds=36)
    waits = [pause_after(attempts, 0.5) for attempts in range(1, 100)]
    assert waits == sorted(waits)
    assert max(waits) == LONGEST_PAUSE
    within = next(n for n in range(99) if sum(waits[:n], timedelta(0)) >= TRIED_FOR)
    assert 12 <= within <= 20
    assert max(rest_after(failures) for failures in range(1, 1000)) == timedelta(minutes=5)
    now = datetime(2026, 11, 26, tzinfo=UTC)
    assert is_over(now - TRIED_FOR, now)
    assert not is_over(now - TRIED_FOR + timedelta(seconds=1), now)


def test_what_happens_to_hooks_and_deliveries() -> None:
    """Nothing comes back from an address that is gone; a delivery may always be sent again."""
    assert HOOKS.acts(HookState.GONE) == frozenset()
    for state in (HookState.PAUSED, HookState.FAILING):
        assert HOOKS.next(state, HookAct.RESUME) is HookState.ACTIVE
    for state in DeliveryState:
        assert DELIVERIES.next(state, DeliveryAct.SEND_AGAIN) is DeliveryState.WAITING
