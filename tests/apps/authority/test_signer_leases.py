"""Leases of signing requests: held, lost, taken over; requests that no signer finishes."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.authority.asking import ask, status, told
from apps.conftest import NOW, PKI_BASE
from guichet.authority import intents, queue
from guichet.authority.authority_keys import key_of
from guichet.authority.models import Certificate, SigningRequest
from guichet.authority.queue import ATTEMPTS_AT_MOST, LEASE
from guichet.authority.signer import BATCH, Signer
from guichet.domain.certificates.plan import PkiUrls
from guichet.domain.certificates.states import SigningState
from guichet.domain.refusals import Code, Refusal
from guichet.keystore import Keystore
from guichet.x509 import certificate

SECOND = timedelta(seconds=1)
URLS = PkiUrls(PKI_BASE)


def test_what_another_signer_holds_is_left_to_it(hierarchy_made: None) -> None:
    """For the length of its lease; then it is free for anybody."""
    request = ask()
    assert queue.take(by="one", limit=5, at=NOW) == (request,)
    assert queue.take(by="two", limit=5, at=NOW + LEASE - SECOND) == ()
    assert queue.take(by="two", limit=5, at=NOW + LEASE) == (request,)


def planned(by: str, request: Any, serial: int) -> tuple[intents.Intent, ...]:
    return intents.prepare([request], serials=[serial], urls=URLS, by=by, at=NOW)


def test_a_request_planned_keeps_its_serial_and_its_plan(hierarchy_made: None) -> None:
    """Whoever goes on with it."""
    request = ask()
    queue.take(by="one", limit=1, at=NOW)
    (first,) = planned("one", request, 2**126 + 1)
    queue.take(by="two", limit=1, at=NOW + LEASE)
    (second,) = planned("two", request, 2**126 + 2)
    assert (second.request_id, second.tbs) == (first.request_id, first.tbs)
    assert told(request).count("signing-planned") == 1


def signed_and_not_stored(keys: Keystore) -> tuple[UUID, intents.Intent, bytes]:
    """A request that "one" leased, planned and signed."""
    request = ask()
    queue.take(by="one", limit=1, at=NOW)
    (intent,) = planned("one", request, 2**126 + 1)
    return request, intent, key_of(intent.authority, keys).signed(intent.tbs)


def test_a_lease_that_was_lost_stores_nothing(
    hierarchy_made: None, authority_keys: Keystore
) -> None:
    """REFUSED. The first signer was slow: the second one's certificate is the only one."""
    request, intent, der = signed_and_not_stored(authority_keys)
    second = Signer(authority_keys, PKI_BASE, "two")
    assert second.run_once(NOW + LEASE) == 1
    assert intents.store([(intent, der)], by="one", at=NOW + LEASE) == 0
    assert planned("one", request, 2**126 + 3) == ()
    assert Certificate.objects.filter(request=request).count() == 1
    assert told(request).count("certificate-issued") == 1


def test_a_lease_taken_over_before_the_first_stores(
    hierarchy_made: None, authority_keys: Keystore
) -> None:
    """REFUSED though nothing is issued yet: the request is the other's now."""
    request, intent, der = signed_and_not_stored(authority_keys)
    queue.take(by="two", limit=1, at=NOW + LEASE)
    assert intents.store([(intent, der)], by="one", at=NOW) == 0
    queue.set_aside(request, "too late", by="one", at=NOW)
    assert status(request).state is SigningState.PLANNED
    assert intents.store([(intent, der)], by="two", at=NOW) == 1


def set_aside(request: Any) -> None:
    """By signers that died of it, one after the other."""
    at = NOW
    for _ in range(ATTEMPTS_AT_MOST):
        assert queue.take(by="dying", limit=5, at=at) == (request,)
        at += LEASE
    assert queue.take(by="dying", limit=5, at=at) == ()


def test_a_request_that_never_comes_to_an_end_is_set_aside(signer: Signer) -> None:
    """Begun too often: an operator is shown why, and sends it back once the cause is mended."""
    request = ask()
    set_aside(request)
    assert status(request).state is SigningState.SET_ASIDE
    assert told(request)[-1] == "signing-set-aside"
    (shown,) = queue.all_set_aside()
    assert (shown.request_id, shown.failure) == (request, "the signer did not come to an end")
    assert queue.count_set_aside() == 1
    assert signer.run_once(NOW + timedelta(hours=1)) == 0
    queue.send_back(request, by="operator:test", at=NOW)
    assert queue.all_set_aside() == ()
    assert signer.run_once(NOW) == 1
    assert told(request)[-3:] == ["signing-sent-back", "signing-planned", "certificate-issued"]


def test_what_was_planned_keeps_its_serial_when_it_is_sent_back(signer: Signer) -> None:
    """Whatever an operator does, one request has one serial number."""
    request = ask()
    queue.take(by="one", limit=1, at=NOW)
    planned("one", request, 2**126 + 1)
    queue.set_aside(request, "lint: pkix.bad", by="one", at=NOW)
    queue.send_back(request, by="operator:test", at=NOW)
    assert signer.run_once(NOW) == 1
    assert Certificate.objects.get(request=request).serial_hex == certificate.serial_hex(2**126 + 1)


def test_a_request_given_up_has_failed(hierarchy_made: None) -> None:
    """Told; its key is free again. What waits, or is issued, is not given up."""
    request = ask()
    for move in (queue.give_up, queue.send_back):
        with pytest.raises(Refusal, match=Code.MOVE_FORBIDDEN.value):
            move(request, by="operator:test", at=NOW)
        with pytest.raises(Refusal, match=Code.ORDER_UNKNOWN.value):
            move(uuid4(), by="operator:test", at=NOW)
    set_aside(request)
    queue.give_up(request, by="operator:test", at=NOW)
    assert status(request).state is SigningState.FAILED
    assert told(request)[-1] == "signing-failed"


def test_a_lease_is_held_while_its_holder_works(hierarchy_made: None) -> None:
    """However slow the key; what went to another stays with it."""
    request = ask()
    queue.take(by="one", limit=1, at=NOW)
    queue.hold([request], by="one", at=NOW + LEASE - SECOND)
    assert queue.take(by="two", limit=1, at=NOW + LEASE) == ()
    assert queue.take(by="two", limit=1, at=NOW + 2 * LEASE) == (request,)
    queue.hold([request], by="one", at=NOW + 3 * LEASE)
    assert queue.take(by="three", limit=1, at=NOW + 3 * LEASE) == (request,)


def test_a_request_that_kills_signers_takes_no_other_along(hierarchy_made: None) -> None:
    """Begun once without an end, it is taken alone: the others are signed beside it."""
    deadly = ask("test:deadly")
    others = [ask(f"test:{number}") for number in range(3)]
    first = queue.take(by="dying", limit=BATCH, at=NOW)
    assert set(first) == {deadly, *others}
    at, taken = NOW + LEASE, []
    while alone := queue.take(by="next", limit=BATCH, at=at):
        taken.append(alone)
    assert sorted(taken) == sorted((request,) for request in first)


def test_new_requests_do_not_wait_behind_it(hierarchy_made: None) -> None:
    """They are taken together, next to the one that was begun before."""
    deadly = ask("test:deadly")
    queue.take(by="dying", limit=BATCH, at=NOW)
    SigningRequest.objects.filter(pk=deadly).update(requested_at=NOW + SECOND)
    others = {ask(f"test:{number}") for number in range(3)}
    assert set(queue.take(by="next", limit=BATCH, at=NOW + LEASE)) == others
    assert queue.take(by="next", limit=BATCH, at=NOW + LEASE) == (deadly,)
