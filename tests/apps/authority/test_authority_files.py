"""A root that is offline: requests, responses and lists carried by file between two machines."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import DEFAULT_DB_ALIAS, models, transaction

from apps.authority.asking import issued
from apps.authority.lives import CODE, ROOT, House, spec
from apps.conftest import NOW
from guichet.authority import ceremonies, crls, queries, specimens
from guichet.authority.ceremonies import CeremonyError
from guichet.authority.models import (
    Certificate,
    CertificationAuthority,
    Crl,
    CrlPart,
    CrlScope,
    CrossCertificate,
)
from guichet.domain.certificates.crl_policy import OFFLINE
from guichet.journal import queries as journal
from guichet.processes import authorities as processes
from guichet.processes import console
from guichet.validation import responder_keys
from guichet.validation.answers import Validation
from guichet.validation.publisher import publish_once
from guichet.validation.watch.loop import Watch
from guichet.x509 import bundles, crl, crl_headings
from guichet.x509.crl import Reason, RevokedEntry
from guichet.x509.crl_headings import Heading
from guichet.x509.signatures import bound
from kit import pki

NEW = f"{CODE}-G2"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
HELD: tuple[type[models.Model], ...] = (
    *(CertificationAuthority, Certificate, CrossCertificate, CrlScope, Crl, CrlPart),
)


@dataclass
class Safe:
    """The machine of the offline root: its rows are put in the database while it is opened."""

    house: House = field(default_factory=House)
    rows: list[models.Model] = field(default_factory=list)

    @contextmanager
    def opened(self) -> Iterator[House]:
        with transaction.atomic():
            point = transaction.savepoint()
            for kind in HELD:
                kind._default_manager.all()._raw_delete(DEFAULT_DB_ALIAS)  # type: ignore[attr-defined]
            for row in self.rows:
                row.save(force_insert=True)
            yield self.house
            self.rows = [row for kind in HELD for row in kind._default_manager.order_by("pk")]
            transaction.savepoint_rollback(point)


@pytest.fixture
def safe(db: None) -> Safe:
    """A root whose key never leaves it."""
    found = Safe()
    with found.opened() as house:
        house.create(ROOT)
    return found


@pytest.fixture
def house(safe: Safe, tmp_path: Path, settings: Any) -> House:
    """The machine that serves, which knows the root by its certificate alone."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    made = House()
    ceremonies.install_root(made.ceremony, spec(ROOT), ROOT, root_pem(safe))
    return made


def root_pem(safe: Safe) -> bytes:
    row = next(row for row in safe.rows if isinstance(row, CertificationAuthority))
    return bundles.pem(bytes(row.der)).encode()


def answered(safe: Safe, house: House, code: str = CODE) -> bytes:
    """Ask on one machine, answer on the other."""
    request = ceremonies.request_certificate(house.ceremony, spec(CODE), code)
    with safe.opened() as other:
        return ceremonies.answer_request(other.ceremony, spec(CODE), ROOT, request)


def carried_list(safe: Safe) -> bytes:
    with safe.opened() as other:
        return ceremonies.issue_list(other.ceremony, ROOT)


def installed(safe: Safe, house: House, code: str = CODE) -> ceremonies.Made:
    response = answered(safe, house, code)
    return ceremonies.install_response(house.ceremony, spec(CODE), code, response)


def test_an_authority_below_a_root_that_is_offline(safe: Safe, house: House) -> None:
    """The same files again change nothing; it issues, without OCSP above it."""
    made = installed(safe, house)
    assert answered(safe, house).startswith(bundles.pem(made.certificate_der).encode())
    again = ceremonies.install_response(house.ceremony, spec(CODE), CODE, answered(safe, house))
    assert (made.is_new, again.is_new, again.serial_hex) == (True, False, made.serial_hex)
    root = ceremonies.install_root(house.ceremony, spec(ROOT), ROOT, root_pem(safe))
    assert not root.is_new
    access = x509.load_der_x509_certificate(made.certificate_der).extensions
    addresses = access.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [one.access_location.value[-len(ROOT) - 8 :] for one in addresses] == [f"/ac/{ROOT}.cer"]
    assert issued(house.signer).authority == CODE
    events = [entry.event for entry in journal.entries_about(f"authority:{CODE}")]
    assert events[0] == "authority-request-made"
    assert events.count("authority-created") == 1
    with pytest.raises(CeremonyError, match="is offline: make a request"):
        house.create("ACI-EL-PP-TEST")


def test_lists_that_are_carried(safe: Safe, house: House, tmp_path: Path, settings: Any) -> None:
    """Published as they came; a revocation made in the safe is made here; openssl reads all."""
    made = installed(safe, house)
    leaf = issued(house.signer)
    first = carried_list(safe)
    found = ceremonies.install_list(house.ceremony, first)
    assert (found.is_new, found.entries, found.next_update) == (True, 0, NOW + OFFLINE.validity)
    assert not ceremonies.install_list(house.ceremony, first).is_new
    assert house.issue_lists() == (CODE,)  # nobody tries to sign for the root
    responder_keys.maintain(NOW)
    publish_once(NOW)
    published: Path = settings.GUICHET.published
    served = published / "crl" / f"{ROOT}.crl"
    assert bundles.pem(served.read_bytes(), "X509 CRL").encode() == first
    assert crl_headings.read(served.read_bytes()).freshest is None
    files = {"root": root_pem(safe), "between": bundles.pem(made.certificate_der).encode()}
    files |= {"leaf": bundles.pem(leaf.der).encode()}
    own = queries.last_crl(CODE)
    assert own is not None
    files["lists"] = first + bundles.pem(own.der, "X509 CRL").encode()
    for name, text in files.items():
        (tmp_path / f"{name}.pem").write_bytes(text)
    at = str(int((NOW + SECOND).timestamp()))
    options = ["-attime", at, "-CAfile", "root.pem", "-untrusted", "between.pem"]
    options += ["-x509_strict", "-crl_check_all", "-CRLfile", "lists.pem", "leaf.pem"]
    run = subprocess.run(
        ["openssl", "verify", *options], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == "leaf.pem: OK", run.stderr

    with safe.opened() as other:
        other.at += SECOND
        ceremonies.revoke(other.ceremony, made.serial_hex, Reason.CA_COMPROMISE)
        second = ceremonies.issue_list(other.ceremony, ROOT)
    house.at += 2 * SECOND
    found = ceremonies.install_list(house.ceremony, second)
    assert found.entries == 1
    row = queries.find_certificate(made.serial_hex)
    assert row is not None
    assert (row.revoked_at, row.reason) == (NOW + SECOND, Reason.CA_COMPROMISE)
    assert {one.code: one.state.value for one in queries.authorities()}[CODE] == "retiring"
    publish_once(house.at)
    assert len(crl.read(served.read_bytes()).entries) == 1
    with pytest.raises(CeremonyError, match="is not above"):
        ceremonies.install_list(house.ceremony, first)
    with pytest.raises(CeremonyError, match="revoke where its key is"):
        ceremonies.revoke(house.ceremony, made.serial_hex, Reason.CA_COMPROMISE)
    told = console.revoke_serial(made.serial_hex, "superseded")
    assert (told.ok, told.text.split(":")[0]) == (False, f"{ROOT} is offline")
    lines = [line.split()[:2] for line in processes.describe()]
    assert lines == [[ROOT, "offline"], [CODE, "retiring"]]


def test_the_watchdog_knows_what_to_expect(safe: Safe, house: House, settings: Any) -> None:
    """Of a root that is offline: one list, replaced twice a year, and no answer by OCSP."""
    installed(safe, house)
    ceremonies.install_list(house.ceremony, carried_list(safe))
    house.issue_lists()
    responder_keys.maintain(NOW)
    publish_once(NOW)
    assert specimens.list_intervals()[ROOT] == OFFLINE.interval
    assert f"{ROOT}-delta" not in specimens.list_intervals()
    assert ROOT not in specimens.revocation_counts()
    with Watch() as watch:
        watch.read(NOW)
        points = {point.name: point for point in watch._points}
    assert points[f"crl/{ROOT}.crl"].interval == OFFLINE.interval
    assert not {f"ocsp/{ROOT}", f"crl/{ROOT}-delta.crl"} & set(points)
    service = Validation(settings.GUICHET.published, settings.GUICHET.state / "responder")
    service.refresh()
    assert not (responder_keys.folder() / f"{ROOT}.next.pem").exists()


def test_a_renewal_by_file(safe: Safe, house: House) -> None:
    """The new generation issues, the old one retires."""
    installed(safe, house)
    assert installed(safe, house, NEW).code == NEW
    assert issued(house.signer).authority == NEW
    states = {one.code: one.state.value for one in queries.authorities()}
    assert states == {ROOT: "offline", CODE: "retiring", NEW: "active"}


def test_certified_by_an_offline_root_too(safe: Safe, house: House) -> None:
    """An authority made under a root that is here gets a certificate by one that is not."""
    here = House()
    other_root = replace(spec("ACR-FO-TEST"), code="ACR-FO-TEST")
    ceremonies.create(here.ceremony, other_root)
    ceremonies.create(here.ceremony, replace(spec(CODE), parent="ACR-FO-TEST"))
    made = installed(safe, here)
    assert made.is_new
    assert not installed(safe, here).is_new
    (known,) = CrossCertificate.objects.all()
    assert (known.authority.code, known.issuer.code) == (CODE, ROOT)


def test_both_machines_may_be_one(db: None) -> None:
    """A request answered where it was made is installed all the same."""
    house = House()
    house.create(ROOT)
    request = ceremonies.request_certificate(house.ceremony, spec(CODE), CODE)
    response = ceremonies.answer_request(house.ceremony, spec(CODE), ROOT, request)
    made = ceremonies.install_response(house.ceremony, spec(CODE), CODE, response)
    assert made.is_new
    assert Certificate.objects.filter(serial_hex=made.serial_hex).count() == 1


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
