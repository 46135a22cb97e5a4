"""A root that is offline: requests, responses and lists carried by file between two machines."""
# ruff: noqa: F811 a fixture is an argument of the same name

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from apps.authority.asking import issued
from apps.authority.lives import CODE, ROOT, House, spec
from apps.authority.offline_root import (  # noqa: F401 the fixtures
    Safe,
    answered,
    house,
    installed,
    root_pem,
    safe,
)
from apps.conftest import NOW
from guichet.authority import ceremonies, queries, specimens
from guichet.authority.ceremonies import CeremonyError
from guichet.authority.models import (
    Certificate,
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
from guichet.x509.crl import Reason

NEW = f"{CODE}-G2"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def carried_list(safe: Safe) -> bytes:
    with safe.opened() as other:
        return ceremonies.issue_list(other.ceremony, ROOT)


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
