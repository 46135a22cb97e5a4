"""The clerk collects what was signed, in whatever order the signer took it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.orders.counter import Person, Sign, csr_pem
from guichet.authority import operations as authority
from guichet.authority.models import Certificate, SigningRequest
from guichet.domain.certificates.states import SigningState
from guichet.orders import operations
from guichet.orders.models import Order
from guichet.orders.operations import issuing
from guichet.x509.crl import Reason


def test_orders_that_wait_hold_up_no_other(
    sophie: Person, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signature set aside, or a large lot, may wait for days: later orders are collected."""
    monkeypatch.setattr(issuing, "BATCH", 1)
    monkeypatch.setattr(issuing, "LOOKED_AT", 1)
    waiting = [sophie.orders(csr_pem(), service=f"Service {n}") for n in (1, 2)]
    SigningRequest.objects.update(state=SigningState.SET_ASIDE.value, settled_at=timezone.now())
    signed = [sophie.orders(csr_pem(), service=f"Service {n}") for n in (3, 4)]
    sign()
    states = dict(Order.objects.values_list("number", "state"))
    assert states == {
        **dict.fromkeys([*waiting, signed[1]], "issuing"),
        signed[0]: "available",
    }
    assert operations.collect_issued(timezone.now()) == 1
    assert operations.collect_issued(timezone.now()) == 0


@pytest.mark.parametrize("end", ["cancel", "expire", "rekey"])
def test_an_order_whose_certificate_was_revoked_without_it_can_end(
    sophie: Person, sign: Sign, end: str
) -> None:
    """A restoration cut short puts revocations back and leaves orders: they are not stuck."""
    first, second = (sophie.orders(csr_pem(), service=f"Service {n}") for n in (1, 2))
    sign()
    row = Order.objects.get(number=first)
    revoked = authority.revoke(
        certificate_id=row.certificate_id or 0,
        reason=Reason.KEY_COMPROMISE,
        by="test",
        at=timezone.now(),
    )
    if end == "cancel":
        operations.cancel(number=first, by=sophie.actor, at=timezone.now())
        expected = {first: "cancelled", second: "available"}
    elif end == "expire":
        assert operations.expire_unwithdrawn(timezone.now() + timedelta(days=4000)) == 2
        expected = {first: "expired", second: "expired"}
    else:
        operations.rekey(
            number=first,
            csr=csr_pem().encode(),
            key_origin="csr",
            by=sophie.actor,
            at=timezone.now(),
        )
        expected = {first: "issuing", second: "available"}
    assert dict(Order.objects.values_list("number", "state")) == expected
    assert Certificate.objects.get(pk=row.certificate_id).reason == revoked.reason.value
