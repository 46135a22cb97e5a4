"""Authorities renewed and crossed; what relying parties make of it."""
# ruff: noqa: F811 a fixture is an argument of the same name

import re
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from apps.authority.asking import ask, issued, status
from apps.authority.lives import (  # noqa: F401 the fixtures
    CODE,
    OTHER_ROOT,
    ROOT,
    House,
    house,
    spec,
    states,
    told,
)
from apps.conftest import NOW
from guichet.authority import authority_facts, ceremonies, operations, queries
from guichet.authority.ceremonies import CeremonyError
from guichet.authority.queries import IssuedCertificate
from guichet.domain.catalogue import authorities, generations
from guichet.domain.certificates.authority_states import (
    AUTHORITIES,
    PERMITTED,
    AuthorityState,
    Work,
)
from guichet.identities.trust import TrustFault, TrustFolder
from guichet.validation import responder_keys
from guichet.validation.answers import Validation
from guichet.validation.publisher import publish_once
from guichet.x509 import bundles, relying
from guichet.x509.crl import Reason

NEW = f"{CODE}-G2"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "vies-des-autorites.md"


def verify(
    folder: Path, leaf: IssuedCertificate, root: str, between: Iterable[bytes], *codes: str
) -> str:
    """What openssl says of a certificate under a root, at NOW, with the lists of these codes."""
    lists = (queries.last_crl(code) for code in codes)
    texts = {
        "leaf": bundles.pem(leaf.der),
        "between": bundles.pem_chain(list(between)),
        "root": bundles.pem(queries.authority_certificate(root)),
        "lists": "".join(bundles.pem(one.der, "X509 CRL") for one in lists if one),
    }
    for name, text in texts.items():
        (folder / f"{name}.pem").write_text(text)
    at = str(int((NOW + timedelta(hours=1)).timestamp()))
    options = ["-attime", at, "-CAfile", "root.pem", "-untrusted", "between.pem"]
    options += ["-x509_strict", "-crl_check_all", "-CRLfile", "lists.pem", "leaf.pem"]
    run = subprocess.run(
        ["openssl", "verify", *options], cwd=folder, capture_output=True, text=True, check=False
    )
    return run.stdout + run.stderr


def test_codes_of_generations() -> None:
    """The first bears the declared code, which itself may not look like a later one."""
    for code, number in ((CODE, 1), (NEW, 2), (f"{CODE}-G10", 10)):
        assert (generations.series_of(code), generations.number_of(code)) == (CODE, number)
        assert generations.code_of(CODE, number) == code
    with pytest.raises(ValueError, match="count from 1"):
        generations.code_of(CODE, 0)
    with pytest.raises(ValueError, match="part of a CRL"):
        replace(spec(CODE), code=NEW)
    assert authorities.spec(NEW) == authorities.spec(CODE)


def test_a_new_key_takes_over(house: House, tmp_path: Path, settings: Any) -> None:
    """Both generations tell of what they signed, answer and are published; the newest issues."""
    house.issue_lists()
    before = [issued(house.signer, f"test:{n}") for n in (1, 2)]
    waiting = ask("test:3")
    assert house.renew(CODE) == NEW
    again = ceremonies.renew(house.ceremony, spec(CODE), NEW)
    assert (again.code, again.is_new) == (NEW, False)
    assert [states()[code] for code in (CODE, NEW)] == ["retiring", "active"]
    assert told(CODE)[-1] == "authority-retired"
    house.signer.run_once(NOW)
    after = [queries.certificate(status(waiting).certificate_id or 0)]
    after.append(issued(house.signer, "test:4"))
    assert [one.authority for one in (*before, *after)] == [CODE, CODE, NEW, NEW]

    responder_keys.maintain(NOW)
    house.signer.run_once(NOW)
    responder_keys.maintain(NOW)
    for one in (before[0], after[0]):
        operations.revoke(certificate_id=one.id, reason=Reason.SUPERSEDED, by="test", at=NOW)
    house.at += SECOND
    assert {CODE, NEW} <= set(house.issue_lists())
    publish_once(house.at)
    published: Path = settings.GUICHET.published
    between = [queries.authority_certificate(code) for code in (CODE, NEW)]
    bundle = pkcs7.load_der_pkcs7_certificates((published / "ac" / "chain.p7c").read_bytes())
    assert {one.public_bytes(Encoding.DER) for one in bundle} >= set(between)

    service = Validation(published, tmp_path / "responder")
    service.refresh()
    trust = TrustFolder(published)
    for one, word in zip((*before, *after), ("revoked", "good") * 2, strict=True):
        answer = relying.read_answer(
            _asked(service, one, house), one.chain_ders[0], _serial(one), house.at
        )
        assert answer.status == word
        said = verify(tmp_path, one, ROOT, between, ROOT, CODE, NEW)
        assert ("certificate revoked" in said, "leaf.pem: OK" in said) == (
            word == "revoked",
            word == "good",
        )
        checked = trust.verify([one.der], ["ACR-EL"], house.at)
        assert checked.issuer == one.chain_ders[0]
        if word == "revoked":
            with pytest.raises(TrustFault, match="revoked"):
                trust.require_not_revoked(checked, house.at)
        else:
            trust.require_not_revoked(checked, house.at)


def _serial(one: IssuedCertificate) -> int:
    return queries.serial_of(one.serial_hex)


def _asked(service: Validation, one: IssuedCertificate, house: House) -> bytes:
    request = relying.ask(_serial(one), one.chain_ders[0])
    return service.answer("POST", "/ocsp", request, house.at).body


def test_another_root_certifies_it_too(house: House, tmp_path: Path, settings: Any) -> None:
    """Same name and key: openssl and the portal accept a leaf under either root."""
    made = ceremonies.cross_certify(house.ceremony, spec(CODE), CODE, OTHER_ROOT)
    assert not ceremonies.cross_certify(house.ceremony, spec(CODE), CODE, OTHER_ROOT).is_new
    own, crossed = (
        x509.load_der_x509_certificate(der)
        for der in (queries.authority_certificate(CODE), made.certificate_der)
    )
    assert (crossed.subject, crossed.public_key()) == (own.subject, own.public_key())
    assert crossed.not_valid_after_utc <= own.not_valid_after_utc
    leaf = issued(house.signer)
    house.issue_lists()
    publish_once(NOW)
    said = [
        verify(tmp_path, leaf, root, [der], root, CODE)
        for root, der in ((ROOT, leaf.chain_ders[0]), (OTHER_ROOT, made.certificate_der))
    ]
    assert all("leaf.pem: OK" in one for one in said), said
    published: Path = settings.GUICHET.published
    answer = Validation(published, tmp_path / "responder").answer(
        "GET", f"/ac/{CODE}-by-{OTHER_ROOT}.crt", b"", NOW
    )
    assert (answer.status, answer.body) == (200, made.certificate_der)
    bundle = pkcs7.load_der_pkcs7_certificates((published / "ac" / "chain.p7c").read_bytes())
    assert made.certificate_der in {one.public_bytes(Encoding.DER) for one in bundle}
    trust = TrustFolder(published)
    checked = trust.verify([leaf.der], ["ACR-FO"], NOW + SECOND)
    trust.require_not_revoked(checked, NOW + SECOND)
    ceremonies.revoke(house.ceremony, made.serial_hex, Reason.CESSATION_OF_OPERATION)
    house.at = NOW + SECOND
    assert house.issue_lists() == (OTHER_ROOT,)
    assert states()[CODE] == "active"
    publish_once(house.at)
    with pytest.raises(TrustFault, match="revoked"):
        trust.require_not_revoked(checked, house.at)


def test_crossings_that_would_not_hold(house: House) -> None:
    """REFUSED: by its own issuer, by one that allows too few below it, of an unknown authority."""
    for code, issuer, why in (
        (CODE, ROOT, "issuer .* already"),
        (OTHER_ROOT, ROOT, "too few"),
        (CODE, "ACR-ST-TEST", "no such authority"),
    ):
        with pytest.raises(CeremonyError, match=why):
            ceremonies.cross_certify(house.ceremony, spec(code), code, issuer)
    assert authority_facts.crossings() == ()


def test_a_root_certifies_the_next_one(house: House) -> None:
    """The old key vouches for the new one, which is of the same name, before it retires."""
    new = house.renew(ROOT, retires=False)
    made = ceremonies.cross_certify(house.ceremony, spec(ROOT), new, ROOT)
    ceremonies.retire(house.ceremony, ROOT)
    ceremonies.retire(house.ceremony, ROOT)
    assert [states()[code] for code in (ROOT, new)] == ["retiring", "active"]
    old = x509.load_der_x509_certificate(queries.authority_certificate(ROOT))
    x509.load_der_x509_certificate(made.certificate_der).verify_directly_issued_by(old)
    assert house.renew(CODE) == NEW
    assert queries.authorities()[-1].parent == new


def test_what_the_page_says() -> None:
    """The tables of docs/explanation are those of the code."""
    text = PAGE.read_text(encoding="utf-8")
    moves = {(s.value, a.value, reached.value) for s, a, reached in AUTHORITIES.table()}
    rows = re.findall(r"^\| [^|]+\(`(\w+)`\) \| `(\w+)` \| [^|]+\(`(\w+)`\) \|$", text, re.M)
    assert (set(rows), len(rows)) == (moves, len(moves))
    for state in AuthorityState:
        line = rf"^\| [^|]+\(`{state.value}`\) \| (rien|`\w+`(?:, `\w+`)*) \|$"
        (signed,) = re.findall(line, text, re.M)
        assert {Work(word) for word in re.findall(r"`(\w+)`", signed)} == PERMITTED[state]
