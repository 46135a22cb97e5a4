"""What a relying party believes: nothing that was changed on the way, nothing that is no DER."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from guichet.x509 import certificate, relying
from guichet.x509.crl import Reason, RevokedEntry
from guichet.x509.errors import Unreadable
from kit.pki import NOW, Authority, Leaf, Pki, kept_key

HOUR = timedelta(hours=1)
CODE = "ACI-EL-ORG-TEST"


@dataclass(frozen=True)
class Told:
    """An authority, a certificate of it, who speaks for it, and what it said."""

    pki: Pki
    issuer: Authority
    leaf: Leaf
    delegate: Leaf
    good: bytes
    revoked: tuple[int, ...]
    listed: bytes

    def read(self, der: bytes) -> relying.ReceivedAnswer:
        return relying.read_answer(der, self.issuer.der, self.leaf.serial, NOW)

    def receive(self, der: bytes) -> relying.ReceivedList:
        return relying.ReceivedList(der, self.issuer.der)


@pytest.fixture(scope="module")
def told(pki: Pki) -> Told:
    leaf, issuer = pki.leaf(), pki.authority(CODE)
    delegate = pki.leaf("OCSP", key=kept_key("relying", "p-256"), authority=CODE, at=NOW)
    revoked = (1, 127, 128, 2**64, leaf.serial)
    entries = [RevokedEntry(serial, NOW, Reason.SUPERSEDED) for serial in revoked]
    listed = pki.crl(CODE, entries, number=5)
    return Told(pki, issuer, leaf, delegate, answer(leaf, delegate), revoked, listed)


def answer(leaf: Leaf, signer: Leaf, *, carried: bool = True, ends: bool = True) -> bytes:
    """That the certificate is good, signed by whoever is given."""
    own = certificate.load(signer.der)
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=certificate.load(leaf.der),
        issuer=certificate.load(leaf.authority.der),
        algorithm=hashes.SHA1(),  # noqa: S303 an identifier
        cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=NOW,
        next_update=NOW + HOUR if ends else None,
        revocation_time=None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, own)
    if carried:
        builder = builder.certificates([own])
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)  # type: ignore[arg-type]


def why(reader: Callable[[bytes], object], der: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        reader(der)
    return refused.value.reason


def test_a_delegate_and_the_authority_are_believed(told: Told) -> None:
    found = told.read(told.good)
    assert (found.status, found.this_update, found.next_update) == ("good", NOW, NOW + HOUR)
    assert found.delegate is not None
    itself = Leaf(told.issuer.der, told.issuer.key, told.issuer, told.leaf.plan)
    assert told.read(answer(told.leaf, itself, carried=False)).delegate is None


def test_nobody_else_is_believed(told: Told) -> None:
    """A delegate of another authority, one that is over, no delegate, one that is not shown."""
    key = kept_key("relying", "p-256")
    foreign = told.pki.leaf("OCSP", key=key, authority="ACI-EL-PP-TEST")
    over = told.pki.leaf("OCSP", key=key, authority=CODE, at=NOW - timedelta(days=300))
    for signer in (foreign, over, told.leaf):
        assert why(told.read, answer(told.leaf, signer)) == relying.FORGED
    assert why(told.read, answer(told.leaf, told.delegate, carried=False)) == relying.FORGED


def test_what_was_not_asked_is_not_an_answer(told: Told) -> None:
    other = answer(told.pki.leaf(), told.delegate)
    assert why(told.read, other) == relying.FOREIGN
    late = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    assert why(told.read, late.public_bytes(Encoding.DER)) == relying.REFUSED


def test_a_list_tells_of_those_in_it_alone(told: Told) -> None:
    found = told.receive(told.listed)
    assert found.heading.number == 5
    assert all(map(found.holds, told.revoked))
    assert not any(map(found.holds, (2, 129, 2**64 + 1, told.leaf.serial + 1)))


def test_no_bit_can_be_turned(told: Told) -> None:
    """Nothing else is believed: what is outside of the signature says nothing."""

    def listed(der: bytes) -> object:
        found = told.receive(der)
        return found.heading, [found.holds(serial) for serial in told.revoked]

    for reader, der, step in ((told.read, told.good, 11), (listed, told.listed, 7)):
        believed, refused = reader(der), 0
        for place in range(0, len(der), step):
            changed = bytearray(der)
            changed[place] ^= 1 << place % 8
            try:
                assert reader(bytes(changed)) == believed
            except Unreadable:
                refused += 1
        assert refused >= len(der) // step - 2


@given(octets=st.binary(max_size=300))
def test_anything_else_is_unreadable(told: Told, octets: bytes) -> None:
    assert why(told.read, octets) in {relying.UNREADABLE, relying.REFUSED}
    assert why(told.receive, octets) == relying.UNREADABLE
    assert why(relying.read_chain, octets) == relying.UNREADABLE


def test_an_answer_has_an_end_and_a_delegate_that_may_speak(told: Told) -> None:
    """RFC 6960 4.2.2.1, 4.2.2.2: nextUpdate, and OCSPSigning among its uses."""
    assert why(told.read, answer(told.leaf, told.delegate, ends=False)) == "unreadable"
    own = SimpleNamespace(der=told.issuer.der, key=told.issuer.key)
    assert why(told.read, answer(told.leaf, cast("Leaf", own))) == "forged"


def test_a_list_has_a_number_that_can_be_kept(told: Told) -> None:
    huge = told.pki.crl(CODE, [], number=relying.NUMBER_AT_MOST + 1)
    assert why(told.receive, huge) == "unreadable"
    assert told.receive(told.pki.crl(CODE, [], number=relying.NUMBER_AT_MOST)).heading.number > 0
