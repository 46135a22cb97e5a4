"""The signer: leases, plans, failures; several of them at once, and never two certificates."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from apps.authority.asking import ask, status
from apps.conftest import NOW, PKI_BASE
from guichet.authority import intents, queue
from guichet.authority import signer as signer_module
from guichet.authority.authority_keys import key_of
from guichet.authority.models import Certificate, SigningRequest
from guichet.authority.queue import ATTEMPTS_AT_MOST, LEASE
from guichet.authority.signer import BATCH, Signer
from guichet.authority.signing import SigningFaultError
from guichet.domain.certificates import urgency
from guichet.domain.certificates.plan import PkiUrls
from guichet.domain.certificates.states import SigningState
from guichet.domain.certificates.urgency import Priority
from guichet.domain.refusals import Code, Refusal
from guichet.journal import queries as journal
from guichet.keystore import Keystore, KeystoreError, SigningKey
from guichet.x509 import certificate

SECOND = timedelta(seconds=1)
URLS = PkiUrls(PKI_BASE)


def serial_of(request: Any) -> str | None:
    return SigningRequest.objects.get(pk=request).serial_hex


def told(request: Any) -> list[str]:
    return [entry.event for entry in journal.entries_about(f"signing:{request}")]


def test_the_order_of_issuance(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serial and plan are stored and told before any key signs; then the certificate."""
    request = ask()
    seen: list[tuple[str | None, list[str], int]] = []
    sign = signer_module.sign_intent

    def watched(*arguments: Any) -> bytes:
        count = Certificate.objects.filter(request=request).count()
        seen.append((serial_of(request), told(request), count))
        return sign(*arguments)

    monkeypatch.setattr(signer_module, "sign_intent", watched)
    assert signer.run_once(NOW) == 1
    row = Certificate.objects.get(request=request)
    assert seen == [(row.serial_hex, ["signing-requested", "signing-planned"], 0)]
    assert told(request) == ["signing-requested", "signing-planned", "certificate-issued"]
    assert status(request).certificate_id == row.pk
    der = bytes(row.der)
    assert certificate.is_signed_by(der, bytes(row.authority.der))
    serial = certificate.load(der).serial_number
    assert certificate.serial_hex(serial) == row.serial_hex
    assert serial.bit_length() == 127


def test_small_batches_oldest_first(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until nothing is left."""
    monkeypatch.setattr(signer, "_size", 3)
    requests = [ask(f"test:{number}") for number in range(5)]
    for number, request in enumerate(requests):
        SigningRequest.objects.filter(pk=request).update(requested_at=NOW + number * SECOND)
    assert [signer.run_once(NOW) for _ in range(3)] == [3, 2, 0]
    in_order = Certificate.objects.filter(request__in=requests).order_by("pk")
    assert [row.request_id for row in in_order] == requests


def test_batches_grow_while_they_are_soon_done_and_shrink_while_keys_are_slow(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two bounds; one that is not full says nothing of what more would take."""
    clock = 0.0
    monkeypatch.setattr(signer_module.time, "monotonic", lambda: clock)

    def sizes_after(seconds: float, count: int, batches: int) -> int:
        nonlocal clock
        for _ in range(batches):
            begun, clock = clock, clock + seconds
            signer._fit(signer_module.Batch((None,) * count, (), NOW, begun))  # type: ignore[arg-type]
        return signer._size

    assert sizes_after(0.1, BATCH - 1, 1) == BATCH
    assert sizes_after(0.1, BATCH, 1) == 2 * BATCH
    assert sizes_after(0.1, 1000, 9) == signer_module.BATCH_AT_MOST
    assert sizes_after(1.4, 1000, 3) == signer_module.BATCH_AT_MOST
    assert sizes_after(1.6, 1000, 1) == signer_module.BATCH_AT_MOST // 2
    assert sizes_after(9.0, 1, 20) == signer_module.BATCH_AT_LEAST


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


def test_a_lease_that_was_lost_stores_nothing(
    hierarchy_made: None, authority_keys: Keystore
) -> None:
    """REFUSED. The first signer was slow: the second one's certificate is the only one."""
    request = ask()
    queue.take(by="one", limit=1, at=NOW)
    (intent,) = planned("one", request, 2**126 + 1)
    der = key_of(intent.authority, authority_keys).signed(intent.tbs)
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
    request = ask()
    queue.take(by="one", limit=1, at=NOW)
    (intent,) = planned("one", request, 2**126 + 1)
    der = key_of(intent.authority, authority_keys).signed(intent.tbs)
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
            move(uuid.uuid4(), by="operator:test", at=NOW)
    set_aside(request)
    queue.give_up(request, by="operator:test", at=NOW)
    assert status(request).state is SigningState.FAILED
    assert told(request)[-1] == "signing-failed"


def test_the_most_urgent_first(hierarchy_made: None) -> None:
    """What keeps the service alive, then people, programs, lots; the oldest of each."""
    order = (Priority.BULK, Priority.INTERACTIVE, Priority.SERVICE, Priority.PROGRAM)
    asked = [ask(f"test:{priority.name}", priority=priority) for priority in order]
    assert [row.priority for row in queue.waiting()] == sorted(order)
    taken = [queue.take(by="one", limit=1, at=NOW)[0] for _ in asked]
    assert taken == [asked[2], asked[1], asked[3], asked[0]]


def test_a_lease_is_held_while_its_holder_works(hierarchy_made: None) -> None:
    """However slow the key; what went to another stays with it."""
    request = ask()
    queue.take(by="one", limit=1, at=NOW)
    queue.hold([request], by="one", at=NOW + LEASE - SECOND)
    assert queue.take(by="two", limit=1, at=NOW + LEASE) == ()
    assert queue.take(by="two", limit=1, at=NOW + 2 * LEASE) == (request,)
    queue.hold([request], by="one", at=NOW + 3 * LEASE)
    assert queue.take(by="three", limit=1, at=NOW + 3 * LEASE) == (request,)


def test_a_long_queue_takes_no_more_lots(
    hierarchy_made: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED for programs and lots, which may ask again; people are always served."""
    monkeypatch.setattr(urgency, "WAITING_AT_MOST", {Priority.BULK: 2})
    for number in range(2):
        ask(f"test:{number}", priority=Priority.BULK)
    with pytest.raises(Refusal, match=Code.SIGNING_BUSY.value):
        ask("test:more", priority=Priority.BULK)
    assert ask("test:person")


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


def test_a_csr_that_the_signer_does_not_admit(signer: Signer) -> None:
    """REFUSED: the portal is not believed."""
    request = ask()
    SigningRequest.objects.filter(pk=request).update(csr=b"rubbish")
    assert signer.run_once(NOW) == 0
    assert status(request).state is SigningState.REFUSED
    assert status(request).failure == Code.CSR_UNREADABLE.value
    assert serial_of(request) is None
    assert told(request)[-1] == "signing-failed"


def test_an_authority_that_may_not_sign_the_profile(signer: Signer) -> None:
    """REFUSED: somebody changed the row."""
    request, other = ask(), ask("test:2", "PRO/AUTH")
    person = SigningRequest.objects.get(pk=other).authority
    SigningRequest.objects.filter(pk=request).update(authority=person)
    assert signer.run_once(NOW) == 1
    assert status(request).failure == Code.PROFILE_UNKNOWN.value


def test_a_key_certified_meanwhile(signer: Signer) -> None:
    """REFUSED, when the portal did not see it."""
    request = ask()
    row = SigningRequest.objects.get(pk=request)
    Certificate.objects.filter(profile="AUTHORITY").update(spki_sha256=row.spki_sha256)
    assert signer.run_once(NOW) == 0
    assert status(request).failure == Code.KEY_SEEN.value


def test_a_time_at_which_the_authority_is_not_valid(signer: Signer) -> None:
    """FAILED: nothing can be planned, and no attempt will mend it."""
    request = ask()
    assert signer.run_once(NOW - timedelta(days=1)) == 0
    assert status(request).state is SigningState.FAILED
    assert "not valid" in (status(request).failure or "")


def test_what_the_lint_objects_to_is_never_signed(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SET ASIDE with the findings; the others of the batch are signed."""
    request, other = ask(), ask("test:2", "ORG/SIGN")
    sign = signer_module.sign_intent

    def objecting(intent: Any, *rest: Any) -> bytes:
        if intent.request_id == request:
            raise SigningFaultError("lint: pkix.bad")
        return sign(intent, *rest)

    monkeypatch.setattr(signer_module, "sign_intent", objecting)
    assert signer.run_once(NOW) == 1
    assert (status(request).state, status(request).failure) == (
        SigningState.SET_ASIDE,
        "lint: pkix.bad",
    )
    assert serial_of(request) is not None
    assert status(other).state is SigningState.ISSUED


def test_a_key_lost_in_the_middle_of_a_batch(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was signed before is issued; the rest waits for the key, with the same serials."""
    requests = [ask(f"test:{number}") for number in range(4)]
    sign, signed = signer_module.sign_intent, []

    def losing(*arguments: Any) -> bytes:
        if len(signed) == 2:
            raise KeystoreError("the token is gone")
        signed.append(sign(*arguments))
        return signed[-1]

    monkeypatch.setattr(signer_module, "sign_intent", losing)
    with pytest.raises(KeystoreError, match="the token is gone"):
        signer.run_once(NOW)
    states = [status(request).state for request in requests]
    assert (states.count(SigningState.ISSUED), states.count(SigningState.PLANNED)) == (2, 2)
    serials = [serial_of(request) for request in requests]
    monkeypatch.setattr(signer_module, "sign_intent", sign)
    assert sum(signer.run_once(NOW + LEASE) for _ in range(2)) == 2
    assert [serial_of(request) for request in requests] == serials


def test_a_signature_that_does_not_verify_is_never_stored(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SET ASIDE, as are octets that are not those that were linted."""
    requests = [ask(f"test:{number}") for number in range(3)]
    sign = signer_module.sign_intent

    def faulty(intent: Any, *rest: Any) -> bytes:
        made = sign(intent, *rest)
        if intent.request_id == requests[0]:
            return made[:-1] + bytes([made[-1] ^ 1])
        if intent.request_id == requests[1]:
            return sign(replace(intent, tbs=intent.tbs.replace(b"FR", b"BE")), *rest)
        return made

    monkeypatch.setattr(signer_module, "sign_intent", faulty)
    assert signer.run_once(NOW) == 1
    failures = [status(request).failure or "" for request in requests]
    assert "does not verify" in failures[0]
    assert "not those linted" in failures[1]
    assert not failures[2]


class Closed:
    """A keystore whose keys cannot be opened for a while."""

    def __init__(self, keys: Keystore) -> None:
        self._keys, self.is_closed = keys, True

    def signing_key(self, label: str) -> SigningKey:
        if self.is_closed:
            raise KeystoreError("the token is not there")
        return self._keys.signing_key(label)


def test_a_keystore_that_is_away_loses_nothing(
    hierarchy_made: None, authority_keys: Keystore
) -> None:
    """However long: the same serials are signed once it is back."""
    requests = [ask(f"test:{number}") for number in range(3)]
    store = Closed(authority_keys)
    signer = Signer(store, PKI_BASE)  # type: ignore[arg-type]
    at = NOW
    for _ in range(2 * ATTEMPTS_AT_MOST):
        with pytest.raises(KeystoreError):
            signer.run_once(at)
        at += LEASE
    serials = [serial_of(request) for request in requests]
    assert all(serials)
    assert status(requests[0]).failure == "the token is not there"
    store.is_closed = False
    assert signer.run_once(at) == 3
    assert [serial_of(request) for request in requests] == serials
    assert all(status(request).state is SigningState.ISSUED for request in requests)
    assert status(requests[0]).failure is None
