"""Weak RSA keys that came past the portal: the signer and incidents find each among others."""

import hashlib
from typing import Any

import gmpy2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from apps.authority.asking import ask, status
from apps.conftest import NOW
from guichet.authority import exposure
from guichet.authority.models import Certificate, SigningRequest
from guichet.authority.signer import Signer
from guichet.domain.certificates import key_policy, key_sieve
from guichet.domain.certificates.states import SigningState
from guichet.domain.orders.criteria import ANY_WEAKNESS, Criteria
from guichet.domain.refusals import Code
from guichet.x509 import keys
from kit import pki

EXPONENT = 65537


def of_close_primes() -> rsa.RSAPrivateKey:
    """A key of 2048 bits that Fermat's method factors at once."""
    octets = hashlib.shake_256(b"close primes").digest(128)
    first = gmpy2.next_prime(int.from_bytes(octets, "big") | 3 << 1022)
    p, q = int(first), int(gmpy2.next_prime(first))
    private = pow(EXPONENT, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=private,
        dmp1=private % (p - 1),
        dmq1=private % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=rsa.RSAPublicNumbers(EXPONENT, p * q),
    ).private_key()


def slip_in(request: Any, key: rsa.RSAPrivateKey) -> None:
    """As if the portal had not looked at the key."""
    SigningRequest.objects.filter(pk=request).update(
        csr=pki.csr(key), spki_sha256=keys.facts(key.public_key()).spki_sha256
    )


def test_a_weak_key_in_a_batch_is_refused_alone(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED, the others signed; badkeys' slow checks are asked of the weak one only."""
    asked: list[tuple[int, bool]] = []
    judge = key_policy.weaknesses

    def watched(modulus: int, exponent: int, checks: Any) -> tuple[str, ...]:
        asked.append((modulus, "fermat" in checks))
        return judge(modulus, exponent, checks)

    good = [pki.kept_key(f"sieved {rank}") for rank in range(3)]
    requests = [ask(f"test:{rank}", key=key) for rank, key in enumerate(good)]
    curve, weak = ask("test:curve"), ask("test:weak")
    slip_in(weak, of_close_primes())
    monkeypatch.setattr(key_policy, "weaknesses", watched)
    assert signer.run_once(NOW) == len(good) + 1
    assert (status(weak).state, status(weak).failure) == (
        SigningState.REFUSED,
        Code.KEY_WEAK.value,
    )
    assert {status(request).state for request in (*requests, curve)} == {SigningState.ISSUED}
    modulus = of_close_primes().public_key().public_numbers().n
    assert {one for one, is_whole in asked if is_whole} == {modulus}
    assert len(asked) == len(good) + 1


def test_an_incident_finds_the_weak_key(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among certificates of good keys, which the sieve passes; a check of no sieve is asked too."""
    good, weak = ask("test:good", key=pki.kept_key("sieved 0")), ask("test:weak")
    slip_in(weak, of_close_primes())
    with monkeypatch.context() as blind:
        blind.setattr(key_policy, "WEAKNESSES", ())
        blind.setattr(key_sieve, "sound", lambda moduli: frozenset())
        assert signer.run_once(NOW) == 2
    ids = {str(row.request_id): row.pk for row in Certificate.objects.exclude(request=None)}
    for check, found in ((ANY_WEAKNESS, [weak]), ("fermat", [weak]), ("roca", []), ("pattern", [])):
        exposed = exposure.exposed(Criteria(weakness=check), ids.values(), NOW)
        assert [one.certificate_id for one in exposed] == [ids[str(one)] for one in found]
    exposed = exposure.exposed(Criteria(key_kind="rsa"), ids.values(), NOW)
    assert {one.certificate_id for one in exposed} == {ids[str(good)], ids[str(weak)]}
