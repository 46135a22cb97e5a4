"""Files between an offline root and the machines that serve, refused whole."""
# ruff: noqa: F811 a fixture is an argument of the same name

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from apps.authority.lives import CODE, ROOT, House, spec
from apps.authority.offline_root import (  # noqa: F401 the fixtures
    Safe,
    answered,
    house,
    installed,
    safe,
)
from apps.conftest import NOW
from guichet.authority import ceremonies, crls, queries
from guichet.authority.ceremonies import CeremonyError
from guichet.authority.models import (
    Certificate,
)
from guichet.x509 import bundles, crl
from guichet.x509.crl import Reason, RevokedEntry
from guichet.x509.crl_headings import Heading
from guichet.x509.signatures import bound
from kit import pki

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
Forged = Callable[[Safe, House], bytes]


def other_key(safe: Safe, house: House) -> bytes:
    there = House()
    request = ceremonies.request_certificate(there.ceremony, spec(CODE), CODE)
    with safe.opened() as other:
        return ceremonies.answer_request(other.ceremony, spec(CODE), ROOT, request)


def longer_path(safe: Safe, house: House) -> bytes:
    request = ceremonies.request_certificate(house.ceremony, spec(CODE), CODE)
    with safe.opened() as other:
        generous = replace(spec(CODE), path_len=3)
        return ceremonies.answer_request(other.ceremony, generous, ROOT, request)


def signed_by_nobody(safe: Safe, house: House) -> bytes:
    pem = answered(safe, house)
    der = bytearray(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER))
    der[-1] ^= 1
    return bundles.pem(bytes(der)).encode()


def by_a_stranger(safe: Safe, house: House) -> bytes:
    stranger = Safe()
    with stranger.opened() as other:
        other.create(ROOT)
    return answered(stranger, house)


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        (lambda safe, house: b"rubbish", "no certificate can be read"),
        (other_key, "not for the key"),
        (longer_path, "allows 3 authorities below it, not 0"),
        (signed_by_nobody, "issuer is not here"),
        (by_a_stranger, "issuer is not here"),
    ],
)
def test_responses_that_are_refused(safe: Safe, house: House, forged: Forged, why: str) -> None:
    """REFUSED, and nothing is stored."""
    ceremonies.request_certificate(house.ceremony, spec(CODE), CODE)
    response = forged(safe, house)
    with pytest.raises(CeremonyError, match=why):
        ceremonies.install_response(house.ceremony, spec(CODE), CODE, response)
    assert [one.code for one in queries.authorities()] == [ROOT]


def test_requests_that_are_refused(safe: Safe, house: House) -> None:
    """REFUSED in the safe: another name, another algorithm, another's signature."""
    request = ceremonies.request_certificate(house.ceremony, spec(CODE), CODE)
    person = spec("ACI-EL-PP-TEST")
    swapped = pki.csr_with_signature_of(pki.fresh_key("p-256"), pki.fresh_key("p-256"))
    with safe.opened() as other:
        for asked, pem, why in (
            (person, request, "not for ACI-EL-PP-TEST"),
            (replace(spec(CODE), algorithm="p-384"), request, "is p-256, not p-384"),
            (spec(CODE), swapped, "not signed by the key"),
            (spec(CODE), b"rubbish", "no request"),
        ):
            with pytest.raises(CeremonyError, match=why):
                ceremonies.answer_request(other.ceremony, asked, ROOT, pem)
        assert Certificate.objects.count() == 1
    with pytest.raises(CeremonyError, match="does not sign authorities here: it is offline"):
        ceremonies.answer_request(house.ceremony, spec(CODE), ROOT, request)
    with pytest.raises(CeremonyError, match="is not here: make the request where it is"):
        ceremonies.request_certificate(house.ceremony, spec(ROOT), ROOT)
    with pytest.raises(CeremonyError, match="comes next is"):
        ceremonies.request_certificate(house.ceremony, spec(CODE), f"{CODE}-G9")


def test_lists_that_are_refused(safe: Safe, house: House) -> None:
    """REFUSED: a delta, over, ahead, taking a revocation back, of somebody who is not offline."""
    made = installed(safe, house)
    with safe.opened() as other:
        ceremonies.revoke(other.ceremony, made.serial_hex, Reason.SUPERSEDED)
        good = ceremonies.issue_list(other.ceremony, ROOT)
    ceremonies.install_list(house.ceremony, good)
    key = bound(safe.house.keystore.signing_key(ROOT))
    issuer = queries.authority_certificate(ROOT)
    entry = crl.entry_der(RevokedEntry(queries.serial_of(made.serial_hex), NOW, None))
    number = queries.last_lists()[0].number
    newer = Heading(number=number + 1, this_update=NOW, next_update=NOW + DAY)

    def listed(heading: Heading, *entries: bytes) -> bytes:
        return crl.build(issuer, heading, entries, key)

    house.at += 2 * SECOND
    house.issue_lists()
    own = queries.last_crl(CODE)
    assert own is not None
    for data, why in (
        (listed(replace(newer, base_number=number), entry), "is a delta"),
        (listed(replace(newer, this_update=NOW - DAY), entry), "older than the one"),
        (listed(replace(newer, this_update=NOW + DAY / 2), entry), "compare the clocks"),
        (listed(replace(newer, next_update=NOW + SECOND), entry), "ended at"),
        (listed(newer), "takes back the revocation"),
        (own.der, "do not come by file"),
        (b"-----BEGIN X509 CRL-----\n?\n-----END X509 CRL-----", "no list can be read"),
        (b"rubbish", "no authority that is here signed"),
    ):
        with pytest.raises(CeremonyError, match=why):
            ceremonies.install_list(house.ceremony, data)
    assert ceremonies.install_list(house.ceremony, listed(newer, entry)).is_new
    with pytest.raises(CeremonyError, match="issues no list here"):
        ceremonies.issue_list(house.ceremony, ROOT)
    assert crls.issue_due(house.keystore, house.at) == ()
