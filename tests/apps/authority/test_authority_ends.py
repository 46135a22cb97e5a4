"""Authorities that end: retired, revoked, out of the catalogue; when their keys are destroyed."""
# ruff: noqa: F811 a fixture is an argument of the same name

from datetime import timedelta

import pytest
from cryptography import x509

from apps.authority.asking import ask, asked, issued, status
from apps.authority.lives import (  # noqa: F401 the fixtures
    CODE,
    OTHER_ROOT,
    ROOT,
    House,
    house,
    states,
    told,
)
from apps.conftest import NOW
from guichet.authority import ceremonies, operations, queries, specimens
from guichet.authority.ceremonies import CeremonyError
from guichet.authority.models import Certificate, CertificationAuthority
from guichet.authority.witnesses import witnesses
from guichet.domain.catalogue import authorities
from guichet.domain.refusals import Code
from guichet.journal import queries as journal
from guichet.journal.witnesses import untold
from guichet.validation import responder_keys
from guichet.validation.watch.loop import Watch
from guichet.x509 import crl
from guichet.x509.crl import Reason
from kit.refusals import assert_refused

NEW = f"{CODE}-G2"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def test_a_retired_authority_ends(house: House) -> None:
    """Once what it signed is over and its lists told it; then nothing of it is watched."""
    leaf = issued(house.signer)
    house.issue_lists()
    house.renew(CODE)
    operations.revoke(certificate_id=leaf.id, reason=Reason.SUPERSEDED, by="test", at=NOW)
    Certificate.objects.filter(pk=leaf.id).update(not_after=NOW + DAY)
    with pytest.raises(CeremonyError, match="still has to tell"):
        ceremonies.end(house.ceremony, CODE)
    house.at = NOW + timedelta(hours=1)
    house.issue_lists()
    assert states()[CODE] == "retiring"
    house.at = NOW + 2 * DAY
    assert CODE in house.issue_lists()
    last = queries.last_crl(CODE)
    assert last is not None
    assert len(crl.read(last.der).entries) == 1  # on one list past its end (RFC 5280 3.3)
    assert states()[CODE] == "ended"
    assert told(CODE)[-1] == "authority-ended"
    house.at = NOW + 9 * DAY
    assert CODE not in house.issue_lists()
    assert CODE not in specimens.list_intervals()
    ceremonies.end(house.ceremony, CODE)
    assert responder_keys.maintain(house.at) > 0
    assert not (responder_keys.folder() / f"{CODE}.next.pem").exists()
    with Watch() as watch:
        watch.read(house.at)
        names = {point.name for point in watch._points}
    assert {f"ocsp/{NEW}", f"crl/{NEW}.crl", f"ac/{CODE}.cer"} <= names
    assert not {f"ocsp/{CODE}", f"crl/{CODE}.crl"} & names


def test_an_authority_revoked(house: House) -> None:
    """By its serial, on its root's list; it signs no certificate any more, but still its lists."""
    house.issue_lists()
    serial = next(row.serial_hex for row in queries.authorities() if row.code == CODE)
    made = ceremonies.revoke(house.ceremony, serial, Reason.CA_COMPROMISE)
    assert (made.code, made.is_new, states()[CODE]) == (CODE, True, "retiring")
    assert not ceremonies.revoke(house.ceremony, serial, Reason.CA_COMPROMISE).is_new
    house.at += SECOND
    assert house.issue_lists() == (ROOT,)
    last = queries.last_crl(ROOT)
    assert last is not None
    (entry,) = crl.read(last.der).entries.values()
    assert (entry.serial, entry.reason) == (queries.serial_of(serial), Reason.CA_COMPROMISE)
    with assert_refused(Code.AUTHORITY_NOT_ISSUING, authority=CODE, state="retiring"):
        ask()
    with pytest.raises(CeremonyError, match="no certificate of an authority"):
        ceremonies.revoke(house.ceremony, "01", Reason.CA_COMPROMISE)
    house.at += DAY
    assert CODE in house.issue_lists()


def test_an_authority_that_left_the_catalogue(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is retiring: lists and responders go on, requests are refused, others go on."""
    leaf, waiting = issued(house.signer), ask("test:2")
    house.issue_lists()
    left = {one.code: one for one in authorities.specs() if one.code != CODE}
    monkeypatch.setattr(authorities, "_specs", lambda: left)
    assert states()[CODE] == "retiring"
    operations.revoke(certificate_id=leaf.id, reason=Reason.SUPERSEDED, by="test", at=NOW)
    house.at += SECOND
    assert house.issue_lists() == (CODE,)
    responder_keys.maintain(NOW)
    house.signer.run_once(NOW)
    assert status(waiting).failure == "profile-unknown"
    assert responder_keys.maintain(NOW) == 3
    with assert_refused(Code.PROFILE_UNKNOWN):
        operations.request_signature(asked=asked("test:3"), at=NOW)


def test_a_key_is_destroyed_once_it_is_of_no_use(house: House) -> None:
    """Its last lists are valid as long as what it signed could be; then nothing is signed."""
    issued(house.signer)
    planned = ask("test:2")
    with pytest.raises(CeremonyError, match="reason of an incident"):
        ceremonies.destroy_key(house.ceremony, CODE)
    done = ceremonies.destroy_key(house.ceremony, CODE, incident="the token was stolen")
    assert (states()[CODE], house.keystore.labels()) == ("destroyed", {ROOT, OTHER_ROOT})
    (entry,) = (e for e in journal.entries_about(f"authority:{CODE}") if "destroyed" in e.event)
    assert entry.facts == {"key": done.key_sha256, "incident": "the token was stolen"}
    assert not ceremonies.destroy_key(house.ceremony, CODE).is_new
    last = queries.last_crl(CODE)
    assert last is not None
    own = x509.load_der_x509_certificate(queries.authority_certificate(CODE))
    assert last.next_update == own.not_valid_after_utc
    with assert_refused(Code.AUTHORITY_NOT_ISSUING, state="destroyed"):
        ask("test:3")
    house.signer.run_once(NOW)
    assert status(planned).failure == "authority-not-issuing"
    house.at = NOW + 400 * DAY
    assert set(house.issue_lists()) == {ROOT, OTHER_ROOT}
    assert CODE not in specimens.list_intervals()
    with pytest.raises(CeremonyError, match="cannot be done"):
        ceremonies.retire(house.ceremony, CODE)
    ceremonies.retire(house.ceremony, OTHER_ROOT)
    assert list(untold(witnesses())) == []
    CertificationAuthority.objects.filter(code=ROOT).update(state="ended")
    (missing,) = untold(witnesses())
    assert missing.subject == f"authority:{ROOT}"


def test_a_key_is_destroyed_after_a_revocation_and_a_cut(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run cut before the key went is taken up, and so is one cut after it."""
    issued(house.signer)
    serial = next(row.serial_hex for row in queries.authorities() if row.code == CODE)
    ceremonies.revoke(house.ceremony, serial, Reason.CESSATION_OF_OPERATION)

    class PowerCut(Exception):  # noqa: N818 a test's own
        pass

    def cut(label: str) -> None:
        raise PowerCut(label)

    with monkeypatch.context() as patch:
        patch.setattr(house.keystore, "destroy", cut)
        with pytest.raises(PowerCut):
            ceremonies.destroy_key(house.ceremony, CODE)
    assert states()[CODE] == "retiring"
    assert "authority-key-destroyed" not in told(CODE)
    house.keystore.destroy(CODE)
    house.at += SECOND
    assert ceremonies.destroy_key(house.ceremony, CODE).is_new
    assert told(CODE)[-1] == "authority-key-destroyed"
