"""Receivers of webhooks beside the real processes: an order is told, signed, by the clerk."""

import json
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from kit.receiver import Receiver, is_signed, receiving
from kit.stack import Stack
from protocols.products import HOSPITAL, call, obtain

WITHIN_S = 60


def hook(stack: Stack, receiver: Receiver, *topics: str) -> dict[str, Any]:
    asked = {"url": receiver.url, "topics": list(topics), "structure": HOSPITAL}
    return call(stack, "/webhooks", asked)


def test_an_order_is_told_while_another_receiver_hangs(stack: Stack, tmp_path: Path) -> None:
    """Two independent judges find the signature right, and wrong over anything else."""
    topics = ("order.available", "order.withdrawn")
    with receiving() as slow, receiving() as good:
        slow.held, good.wanted = True, len(topics)
        hooks = [hook(stack, receiver, *topics) for receiver in (slow, good)]
        product = obtain(stack, tmp_path)
        assert slow.arrived.wait(WITHIN_S)
        assert good.complete.wait(WITHIN_S)
        for made in hooks:
            call(stack, f"/webhooks/{made['id']}/pause", {})
    secret = hooks[1]["secret"]
    told = [json.loads(one.body) for one in good.received]
    assert [notice["type"] for notice in told] == list(topics)
    assert told[1]["data"]["product"] == product.id
    for one in good.received:
        assert is_signed(one, secret)
        Webhook(secret).verify(one.body, dict(one.headers))
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(one.body + b" ", dict(one.headers))
