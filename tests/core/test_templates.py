"""Templates: what was linted covers certificates of its shape, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from guichet.domain.catalogue import profiles
from guichet.x509 import certificate, der, lints, names, templates
from guichet.x509.certificate import Extension, Plan
from guichet.x509.templates import ALTERNATIVE_NAMES, SERIAL_BITS, Template, shape_of
from kit.pki import Pki

SERIAL = 1 << (SERIAL_BITS - 1) | 12345


def with_serial(plan: Plan, more: int = 0) -> Plan:
    return replace(plan, serial=SERIAL + more)


def tbs_of(pki: Pki, plan: Plan) -> bytes:
    return certificate.to_be_signed(plan, pki.authority().signing.identifier)


@pytest.fixture(scope="module")
def plain(pki: Pki) -> Plan:
    return with_serial(pki.leaf().plan)


@pytest.mark.parametrize("profile", [found.code for found in profiles.every()])
def test_each_profile_has_a_template(pki: Pki, profile: str) -> None:
    """Its own octets fit it; so do those of another serial, date and name of its shape."""
    plan = with_serial(pki.leaf(profile).plan)
    template = Template.of(tbs_of(pki, plan))
    assert template.fits(tbs_of(pki, plan), plan)
    later = replace(
        with_serial(plan, 1),
        not_before=plan.not_before + timedelta(days=1),
        not_after=plan.not_after + timedelta(days=1),
    )
    assert shape_of(later) == shape_of(plan)
    assert template.fits(tbs_of(pki, later), later)


def test_what_is_constant_must_be_the_same(pki: Pki, plain: Plan) -> None:
    """REFUSED: an extension more, less, other, or elsewhere; another issuer or algorithm."""
    template = Template.of(tbs_of(pki, plain))
    first, *rest = plain.extensions
    changed = [
        replace(plain, extensions=plain.extensions[:-1]),
        replace(plain, extensions=(*plain.extensions, Extension("1.2.3.4", False, b"\5\0"))),
        replace(plain, extensions=(*rest, first)),
        replace(plain, extensions=tuple(replace(e, critical=not e.critical) for e in rest)),
        replace(plain, authority_key_id=bytes(20)),
        replace(plain, issuer=names.to_der((((names.COMMON_NAME, "Autre"),),))),
    ]
    for plan in changed:
        assert not template.fits(tbs_of(pki, plan), plan)
    other = certificate.to_be_signed(plain, der.sequence(der.oid("1.3.101.112")))
    assert not template.fits(other, plain)


def test_octets_must_be_those_of_the_plan(pki: Pki, plain: Plan) -> None:
    """REFUSED, whatever octet of the TBSCertificate is another."""
    tbs = tbs_of(pki, plain)
    template = Template.of(tbs)
    for place in range(len(tbs)):
        changed = tbs[:place] + bytes([tbs[place] ^ 1]) + tbs[place + 1 :]
        assert not template.fits(changed, plain)


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        (names.COMMON_NAME, " a"),
        (names.COMMON_NAME, "a\u200e"),
        (names.COMMON_NAME, "a\nb"),
        (names.ORGANIZATION, 65 * "a"),
        (names.ORGANIZATION, ""),
        (names.EMAIL_ADDRESS, "a@b.fr"),
        ("1.2.3.4", "a"),
    ],
)
def test_a_value_that_a_lint_may_mind(plain: Plan, oid: str, value: str) -> None:
    """It has no shape: it is linted itself."""
    assert shape_of(replace(plain, subject=(((oid, value),),))) is None


@pytest.mark.parametrize(
    "plan",
    [
        lambda plan: replace(plan, serial=5),
        lambda plan: replace(plan, not_after=plan.not_before),
        lambda plan: replace(plan, subject=(((names.COMMON_NAME, "a"), (names.TITLE, "b")),)),
    ],
)
def test_other_forms_have_no_shape(plain: Plan, plan: object) -> None:
    """A short serial, dates the wrong way round, a relative name of several attributes."""
    assert callable(plan)
    assert shape_of(plan(plain)) is None


def named(plan: Plan, *general: bytes) -> Plan:
    return replace(
        plan,
        extensions=(
            *plan.extensions,
            Extension(ALTERNATIVE_NAMES, False, der.sequence(*general)),
        ),
    )


@pytest.mark.parametrize(
    ("tag", "value", "is_plain"),
    [
        (2, b"hopital.example.fr", True),
        (2, b"xn--hpital-0ta.example.fr", True),
        (2, b"*.example.fr", False),
        (2, b"HOPITAL.example.fr", False),
        (2, b"hopital", False),
        (2, b"a_b.example.fr", False),
        (2, b"hopital.example.fr.", False),
        (2, b"-a.example.fr", False),
        (2, b".".join([b"a" * 63] * 4), False),
        (1, b"jean.dupont@example.fr", True),
        (1, b"jean..dupont@example.fr", False),
        (1, b"jean@localhost", False),
        (6, b"http://example.fr", False),
        (7, bytes(4), False),
    ],
)
def test_names_beside_the_subject(plain: Plan, tag: int, value: bytes, is_plain: bool) -> None:
    """Only hosts and mailboxes written plainly share a template."""
    plan = named(plain, der.tlv(der.context(tag, constructed=False), value))
    assert (shape_of(plan) is not None) is is_plain


def test_distant_ends_have_a_shape_of_their_own(plain: Plan) -> None:
    """From 2050 on a time is written otherwise (RFC 5280 4.1.2.5)."""
    last = datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)
    near, distant = (replace(plain, not_after=last + timedelta(seconds=n)) for n in (0, 1))
    assert shape_of(near) != shape_of(distant)


TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=64)


# Most texts have no shape, and the first few of a run may all be such.
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(value=TEXT, oid=st.sampled_from(sorted(templates.UPPER_BOUNDS)))
def test_no_lint_minds_what_has_a_shape(pki: Pki, plain: Plan, value: str, oid: str) -> None:
    """Whatever is written in a name: what shares a template passes the lint by itself."""
    common = ((names.COMMON_NAME, value if oid == names.COMMON_NAME else "Service"),)
    more = () if oid == names.COMMON_NAME else (((oid, value),),)
    plan = replace(plain, subject=(*more, common))
    assume(shape_of(plan) is not None)
    try:
        signed = certificate.sign(plan, pki.authority().signing)
    except ValueError:
        reject()  # the library writes no such name
    assert lints.lint_certificate(signed) == ()
