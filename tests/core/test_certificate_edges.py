"""Bounds and words of the rules of certificates: names, keys, lists, the ends of validity."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509

from guichet.domain.catalogue import authorities, profiles
from guichet.domain.certificates import crl_policy, key_policy, naming, plan
from guichet.domain.certificates.crl_policy import DEMO, ISSUING, CrlKind, IssuedList, Standing, due
from guichet.domain.certificates.csr_policy import read_again
from guichet.domain.certificates.extensions import PkiUrls
from guichet.domain.certificates.naming import (
    CardSubject,
    MailboxSubject,
    ResponderSubject,
    ServiceSubject,
    named,
)
from guichet.domain.certificates.plan import AuthorityFacts, authority_plan, validity_end
from guichet.domain.identifiers import CardNumber
from guichet.domain.refusals import Code
from guichet.x509 import der, keys, names
from kit.pki import HOSPITAL, NOW, SOPHIE, Pki
from kit.refusals import assert_refused

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LONG = "x" * 1_000
CARD = CardSubject(
    person=SOPHIE, card_number=CardNumber.parse("0102030405"), card_type="CPE", profession="10"
)


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        (ServiceSubject(structure=HOSPITAL, service=LONG), "service"),
        (ResponderSubject(authority=(), label=LONG), "label"),
        (ServiceSubject(structure=replace(HOSPITAL, legal_name=LONG), service="S"), "legal_name"),
        (
            ServiceSubject(structure=replace(HOSPITAL, department_name=LONG), service="S"),
            "department",
        ),
        (replace(SOPHIE, title=LONG), "title"),
        (replace(SOPHIE, surname=LONG), "surname"),
        (replace(SOPHIE, given_names=LONG), "given_names"),
        (replace(CARD, card_type=LONG), "card_type"),
        (replace(CARD, profession=LONG), "profession"),
    ],
)
def test_a_part_of_a_name_that_is_too_long_is_named(subject: Any, field: str) -> None:
    with assert_refused(Code.NAME_TOO_LONG, field=field):
        named(subject)


def test_a_name_that_must_be_whole_is_of_64_characters_at_most() -> None:
    whole = type("Mail", (), {"value": "x" * 64})()
    assert named(MailboxSubject(structure=HOSPITAL, mail=whole)).sans == ((naming.EMAIL, "x" * 64),)
    with assert_refused(Code.NAME_TOO_LONG, field="mail", length=65, limit=64):
        named(MailboxSubject(structure=HOSPITAL, mail=type("Mail", (), {"value": "x" * 65})()))
    person = replace(SOPHIE, national_id=type("Id", (), {"value": "x" * 65})())
    with assert_refused(Code.NAME_TOO_LONG, field="national_id", length=65):
        named(person)


def test_a_legal_name_is_cut_without_a_space_at_its_end() -> None:
    cut = replace(HOSPITAL, legal_name="x" * (naming.MAX_ORGANIZATION - 1) + " y")
    subject = named(ServiceSubject(structure=cut, service="S")).subject
    assert names.values(subject, names.ORGANIZATION) == ("x" * (naming.MAX_ORGANIZATION - 1),)
    assert named(ResponderSubject(authority=subject, label="L")).sans == ()


PROFILE = profiles.profile("ORG/AUTH_CLI")
NO_RSA = replace(PROFILE, keys=replace(PROFILE.keys, rsa_bits=(), preferred="p-256"))


@pytest.mark.parametrize(
    ("bits", "exponent", "profile", "objections"),
    [
        (2048, 65537, NO_RSA, [(Code.KEY_TYPE, {"kind": "rsa"})]),
        (8192, 65537, PROFILE, [(Code.KEY_TOO_LONG, {"bits": 8192, "maximum": 4096})]),
        (1024, 65537, PROFILE, [(Code.KEY_TOO_SHORT, {"bits": 1024, "minimum": 2048})]),
        (2048, 2**32 + 1, PROFILE, [(Code.KEY_EXPONENT, {"exponent": str(2**32 + 1)})]),
        (2048, 65538, PROFILE, [(Code.KEY_EXPONENT, {"exponent": "65538"})]),
        (2048, None, PROFILE, [(Code.KEY_EXPONENT, {"exponent": "0"})]),
        (2048, 10**50, PROFILE, [(Code.KEY_EXPONENT, {"exponent": "1" + "0" * 39})]),
    ],
)
def test_the_shape_of_a_key_is_objected_to_in_figures(
    bits: int, exponent: int | None, profile: profiles.Profile, objections: list[Any]
) -> None:
    key = keys.KeyFacts("rsa", bits, None, 1 << (bits - 1), exponent, b"", "")
    found = [(one.code, one.mapping) for one in key_policy.objections(key, profile)]
    assert found == objections


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"interval": SECOND}, ""),
        ({"interval": timedelta(0)}, "^a CRL is replaced before it ends$"),
        ({"interval": ISSUING.validity}, "^a CRL is replaced before it ends$"),
        ({"delta_interval": SECOND}, ""),
        ({"delta_interval": timedelta(0)}, "^a delta is replaced before it ends$"),
        ({"delta_interval": ISSUING.delta_validity}, "^a delta is replaced before it ends$"),
        ({"rebuild": timedelta(0)}, ""),
        ({"rebuild": ISSUING.interval}, "^a complete CRL tells a change before it is replaced any"),
        ({"rebuild": -SECOND}, "^a complete CRL tells a change before it is replaced anyhow$"),
    ],
)
def test_a_policy_replaces_lists_before_they_end(changes: dict[str, Any], words: str) -> None:
    if "interval" in changes and not words:
        changes["rebuild"] = timedelta(0)
    if not words:
        assert replace(ISSUING, **changes)
        return
    with pytest.raises(ValueError, match=words):
        replace(ISSUING, **changes)


LIST = IssuedList(number=7, covers=10, this_update=NOW, next_update=NOW + 7 * DAY, entries=10)
QUIET = Standing(full=LIST, delta=replace(LIST, entries=0), changed=10, floor=0)


def test_a_list_is_prompt_up_to_its_bound() -> None:
    full = replace(LIST, entries=ISSUING.prompt - 1)
    changed = replace(QUIET, full=full, changed=11)
    assert due(ISSUING, changed, NOW + SECOND) == (CrlKind.FULL, CrlKind.DELTA)
    longer = replace(changed, full=replace(full, entries=ISSUING.prompt))
    assert due(ISSUING, longer, NOW + SECOND) == (CrlKind.DELTA,)
    delta = replace(LIST, entries=ISSUING.prompt - 1)
    assert due(ISSUING, replace(longer, delta=delta), NOW + SECOND) == (CrlKind.DELTA,)
    full_delta = replace(LIST, entries=ISSUING.prompt)
    assert due(ISSUING, replace(longer, delta=full_delta), NOW + SECOND) == ()


def test_clocks_may_be_five_minutes_apart() -> None:
    assert due(DEMO, QUIET, NOW - crl_policy.CLOCKS_APART) == ()
    both = (CrlKind.FULL, CrlKind.DELTA)
    assert due(DEMO, QUIET, NOW - crl_policy.CLOCKS_APART - SECOND) == both


def test_a_request_read_again_says_what_it_is() -> None:
    with assert_refused(Code.CSR_UNREADABLE):
        read_again(b"\x30\x00")
    with assert_refused(Code.CSR_TOO_LARGE):
        read_again(b"\x30" * 70_000)


BEGINS = datetime(2026, 11, 24, 12, 0, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"validity_minutes": 10}, datetime(2026, 11, 24, 12, 9, 59, tzinfo=UTC)),
        ({"validity_days": 2}, datetime(2026, 11, 26, 11, 59, 59, tzinfo=UTC)),
        ({"validity_months": 36}, datetime(2029, 11, 24, 11, 59, 59, tzinfo=UTC)),
        ({"validity_months": None}, datetime(2026, 11, 24, 11, 59, 59, tzinfo=UTC)),
    ],
)
def test_validity_ends_a_second_before_its_period(changes: dict[str, Any], end: datetime) -> None:
    bare = {"validity_minutes": None, "validity_days": None, "validity_months": None}
    profile = replace(PROFILE, **bare | changes)
    assert validity_end(profile, BEGINS.replace(microsecond=0)) == end


def planned(
    pki: Pki, code: str, parent: str | None, *, has_responder: bool = True, **changes: Any
) -> Any:
    spec = replace(authorities.spec(code), **changes)
    above = pki.authority(parent) if parent else None
    facts = above and AuthorityFacts(parent, above.der, has_responder=has_responder)
    spki = keys.public_half(pki.authority(code).key)
    return authority_plan(spec, spki, facts, 7, BEGINS, PkiUrls("http://pki.test"))


def test_an_authority_begins_on_a_second_and_ends_before_its_root(pki: Pki) -> None:
    root = planned(pki, "ACR-EL-TEST", None)
    assert root.not_before == BEGINS.replace(microsecond=0)
    years = authorities.spec("ACR-EL-TEST").years
    assert root.not_after == datetime(2026 + years, 11, 24, 11, 59, 59, tzinfo=UTC)
    assert root.authority_key_id == keys.key_identifier(root.spki_der)
    assert len(root.extensions) == 3
    long = planned(pki, "ACI-EL-ORG-TEST", "ACR-EL-TEST", years=years)
    above = plan._issuer(pki.authority("ACR-EL-TEST").der)
    assert long.not_after == above.ends - DAY
    assert long.authority_key_id == above.key_id
    spec = authorities.spec("ACI-EL-ORG-TEST")
    told = b"".join(extension.der for extension in long.extensions)
    assert b"ACR-EL-TEST.crl" in told
    assert b"ocsp" in told
    assert der.oid(plan.ANY_POLICY) in told
    assert x509.BasicConstraints(ca=True, path_length=spec.path_len).public_bytes() in told
    silent = planned(pki, "ACI-EL-ORG-TEST", "ACR-EL-TEST", has_responder=False)
    assert not any(b"ocsp" in extension.der for extension in silent.extensions)


@pytest.mark.parametrize("act", [lambda above: above.within(above.begins - DAY, above.ends)])
def test_an_authority_that_is_not_valid_signs_nothing(pki: Pki, act: Callable[..., Any]) -> None:
    above = plan._issuer(pki.authority("ACR-EL-TEST").der)
    with pytest.raises(ValueError, match=r"^the authority is not valid at this time$"):
        act(above)
