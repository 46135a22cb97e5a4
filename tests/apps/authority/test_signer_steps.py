"""The signer, step by step: batches, what it refuses, and keys that fail."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from apps.authority.asking import ask, status, told
from apps.conftest import NOW, PKI_BASE
from guichet.authority import queue
from guichet.authority import signer as signer_module
from guichet.authority.models import Certificate, SigningRequest
from guichet.authority.queue import ATTEMPTS_AT_MOST, LEASE
from guichet.authority.signer import BATCH, Signer
from guichet.authority.signing import SigningFaultError
from guichet.domain.certificates import urgency
from guichet.domain.certificates.states import SigningState
from guichet.domain.certificates.urgency import Priority
from guichet.domain.refusals import Code, Refusal
from guichet.keystore import Keystore, KeystoreError, SigningKey
from guichet.x509 import certificate

SECOND = timedelta(seconds=1)


def serial_of(request: Any) -> str | None:
    return SigningRequest.objects.get(pk=request).serial_hex


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


def test_the_most_urgent_first(hierarchy_made: None) -> None:
    """What keeps the service alive, then people, programs, lots; the oldest of each."""
    order = (Priority.BULK, Priority.INTERACTIVE, Priority.SERVICE, Priority.PROGRAM)
    asked = [ask(f"test:{priority.name}", priority=priority) for priority in order]
    assert [row.priority for row in queue.waiting()] == sorted(order)
    taken = [queue.take(by="one", limit=1, at=NOW)[0] for _ in asked]
    assert taken == [asked[2], asked[1], asked[3], asked[0]]


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


def test_a_queue_with_plenty_of_room_is_counted_once_a_second(
    hierarchy_made: None,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
) -> None:
    """Asked of the database again when the second is over, and each time when room is scarce."""
    now = 100.0
    monkeypatch.setattr(queue, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(queue, "_roomy_until", {})
    ask(priority=Priority.BULK)
    roomy, scarce = queue.PLENTY + 1, queue.PLENTY
    for limit, turns in ((roomy, (1, 0, 0)), (scarce, (1, 1, 1))):
        for statements in turns:
            with django_assert_num_queries(statements):
                assert not queue.is_full(Priority.BULK, limit)
    now += queue.COUNT_SECONDS
    with django_assert_num_queries(1):
        assert not queue.is_full(Priority.BULK, roomy)
    assert queue.is_full(Priority.BULK, 1)


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
