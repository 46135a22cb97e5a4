"""Presented chains judged: whom we trust, when, and nothing weak in between (RFC 5280 6)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from guichet.domain.certificates.extensions import authority as authority_extensions
from guichet.x509 import certificate, chains, keys, signatures
from guichet.x509.chains import ChainError
from kit.pki import NOW, Authority, Leaf, Pki, fresh_key, kept_key, serial

SECOND = timedelta(seconds=1)


def judged(
    pki: Pki, chain: Sequence[bytes], at: datetime = NOW, known: Sequence[bytes] = ()
) -> chains.Verified:
    """Verify against the Élémentaire root."""
    return chains.verify(chain, [pki.authority("ACR-EL-TEST").der], known, at)


def kind_of(
    pki: Pki, chain: Sequence[bytes], at: datetime = NOW, known: Sequence[bytes] = ()
) -> str:
    with pytest.raises(ChainError) as caught:
        judged(pki, chain, at, known)
    return caught.value.kind


@pytest.mark.parametrize("kind", ["rsa-2048", "rsa-4096", "p-256", "p-384"])
@pytest.mark.parametrize("code", ["ORG/AUTH_CLI", "ORG/CONF", "SERV/SSL_SERV", "PRO/AUTH"])
def test_chains_that_hold(pki: Pki, code: str, kind: str) -> None:
    """ACCEPTED, whatever it is for (who asks judges that), with a subjectAltName or without."""
    leaf = pki.leaf(code, key=kept_key(kind, kind))
    verified = judged(pki, leaf.chain)
    assert verified.leaf == leaf.der
    assert verified.issuer == leaf.authority.der
    assert verified.chain == leaf.chain


def test_the_leaf_alone_is_enough(pki: Pki) -> None:
    """ACCEPTED. Cards send their certificate alone; we know the authorities."""
    leaf = pki.leaf()
    assert judged(pki, [leaf.der], known=[leaf.authority.der]).chain == leaf.chain
    assert kind_of(pki, [leaf.der]) == "untrusted"


def test_what_is_sent_in_between_may_be_in_any_order(pki: Pki) -> None:
    """ACCEPTED, with strangers among them."""
    leaf = pki.leaf()
    others = [pki.authority("ACI-EL-PP-TEST").der, *reversed(leaf.chain[1:])]
    assert judged(pki, [leaf.der, *others]).chain == leaf.chain


@pytest.mark.parametrize("at", ["first second", "last second"])
def test_a_period_includes_both_its_ends(pki: Pki, at: str) -> None:
    """ACCEPTED. RFC 5280 4.1.2.5."""
    leaf = pki.leaf()
    moment = leaf.plan.not_before if at == "first second" else leaf.plan.not_after
    assert judged(pki, leaf.chain, moment).leaf == leaf.der


def test_expired_and_not_yet_valid(pki: Pki) -> None:
    """REFUSED, and told apart from strangers."""
    leaf = pki.leaf()
    assert kind_of(pki, leaf.chain, leaf.plan.not_after + SECOND) == "expired"
    assert kind_of(pki, leaf.chain, leaf.plan.not_before - SECOND) == "not-yet-valid"


def test_an_expired_stranger_is_a_stranger(pki: Pki) -> None:
    """REFUSED as untrusted: anybody can make an expired certificate."""
    card = pki.leaf("CARD-AUTH", authority="ACI-FO-PP-TEST")
    assert kind_of(pki, card.chain) == "untrusted"
    assert kind_of(pki, card.chain, card.plan.not_after + SECOND) == "untrusted"
    assert kind_of(pki, card.chain, card.plan.not_before - SECOND) == "untrusted"


def test_an_expired_authority_holds_nobody(pki: Pki) -> None:
    """REFUSED: the leaf claims to outlive it."""
    issuer = pki.authority()
    after = certificate.load(issuer.der).not_valid_after_utc + SECOND
    leaf = pki.leaf(not_after=after + SECOND)
    assert kind_of(pki, leaf.chain, after) == "untrusted"


def forged(pki: Pki, leaf: Leaf, issuer: Authority) -> list[bytes]:
    """The same plan, signed by another key than its issuer's."""
    return [certificate.sign(leaf.plan, issuer.signing), *leaf.chain[1:]]


def test_signatures_are_verified(pki: Pki) -> None:
    """REFUSED. The right names, another key; one bit changed."""
    leaf = pki.leaf()
    assert kind_of(pki, forged(pki, leaf, pki.authority("ACI-EL-PP-TEST"))) == "untrusted"
    changed = leaf.der[:-1] + bytes([leaf.der[-1] ^ 1])
    assert kind_of(pki, [changed, *leaf.chain[1:]]) == "untrusted"


def test_a_leaf_signs_nobody(pki: Pki) -> None:
    """REFUSED. basicConstraints: the subscriber's key made another certificate."""
    parent = pki.leaf()
    spki = keys.public_half(parent.key)
    child = replace(
        parent.plan,
        serial=serial(),
        issuer=certificate.subject_der(parent.der),
        authority_key_id=keys.key_identifier(spki),
    )
    made = certificate.sign(child, signatures.bound(parent.key))
    assert kind_of(pki, [made, *parent.chain]) == "untrusted"


def test_a_sub_authority_of_an_issuing_one(pki: Pki) -> None:
    """REFUSED. pathLenConstraint 0 (RFC 5280 4.2.1.9)."""
    issuer, key = pki.authority(), fresh_key("p-256")
    spki = keys.public_half(key)
    made = replace(
        pki.leaf().plan,
        serial=serial(),
        spki_der=spki,
        extensions=tuple(authority_extensions(0)),
    )
    sub = Authority("X", certificate.sign(made, issuer.signing), key, issuer)
    leaf = pki.leaf()
    below = replace(
        leaf.plan,
        issuer=certificate.subject_der(sub.der),
        authority_key_id=certificate.subject_key_id(sub.der),
    )
    chain = [certificate.sign(below, signatures.bound(key)), sub.der, *issuer.chain]
    assert kind_of(pki, chain) == "untrusted"


def test_a_key_too_short(pki: Pki) -> None:
    """REFUSED, though the library takes RSA-1024 leaves."""
    short = keys.public_half(fresh_key("rsa-1024"))
    assert kind_of(pki, pki.leaf(spki_der=short).chain) == "untrusted"
    for kind in ("rsa-2048", "p-256", "p-521", "ed25519"):
        assert judged(pki, pki.leaf(spki_der=keys.public_half(fresh_key(kind))).chain), kind


def test_an_anchor_alone_proves_nothing(pki: Pki) -> None:
    """REFUSED. A root presents itself."""
    assert kind_of(pki, [pki.authority("ACR-EL-TEST").der]) == "untrusted"


def test_roots_that_look_like_ours(pki: Pki) -> None:
    """REFUSED. Same names and identifiers of its own making, another key."""
    other = Pki()
    lookalike = other.leaf()
    assert certificate.issuer_der(lookalike.der) == certificate.subject_der(pki.authority().der)
    other.authorities["ACR-EL-TEST"] = replace(
        other.authority("ACR-EL-TEST"), der=other.root_of(fresh_key("p-256"))
    )
    with pytest.raises(ChainError, match="untrusted"):
        chains.verify(
            lookalike.chain, [other.authorities["ACR-EL-TEST"].der], lookalike.chain[1:2], NOW
        )


def test_without_anchors_nobody_is_trusted(pki: Pki) -> None:
    """REFUSED: nothing is published yet."""
    with pytest.raises(ChainError):
        chains.verify(pki.leaf().chain, [], [], NOW)


@pytest.mark.parametrize("chain", [[], [b""], [b"\x30\x00"]])
def test_what_is_no_chain(pki: Pki, chain: list[bytes]) -> None:
    """REFUSED."""
    assert kind_of(pki, chain) == "malformed"


def test_rubbish_after_a_good_leaf_and_too_long_a_chain(pki: Pki) -> None:
    """REFUSED before any signature is computed."""
    leaf = pki.leaf()
    assert kind_of(pki, [*leaf.chain, b"rubbish"]) == "malformed"
    assert kind_of(pki, [*leaf.chain, *[leaf.der] * chains.MAX_PRESENTED]) == "malformed"
