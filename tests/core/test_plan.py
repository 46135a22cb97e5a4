"""Plans: dates, extensions and what may not be planned."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from guichet.domain.catalogue import authorities, profiles
from guichet.domain.certificates import csr_policy, naming
from guichet.domain.certificates.extensions import PkiUrls, distribution, key_usage
from guichet.domain.certificates.plan import authority_plan, plan, validity_end
from guichet.domain.months import months_after
from guichet.x509 import keys
from kit.pki import NOW, SOPHIE, URLS, Leaf, Pki, kept_key, serial, subject_for


def loaded(leaf: Leaf) -> x509.Certificate:
    return x509.load_der_x509_certificate(leaf.der)


def value(leaf: Leaf, kind: type[x509.ExtensionType]) -> x509.Extension[x509.ExtensionType]:
    return loaded(leaf).extensions.get_extension_for_class(kind)  # type: ignore[type-var]


def test_three_years_include_both_ends(pki: Pki) -> None:
    """36 months to the second; fractions of a second are not written."""
    leaf = pki.leaf(at=NOW.replace(microsecond=999_999))
    assert loaded(leaf).not_valid_before_utc == NOW
    assert loaded(leaf).not_valid_after_utc == datetime(2029, 11, 24, 11, 59, 59, tzinfo=UTC)


def test_a_responder_lasts_thirty_days(pki: Pki) -> None:
    """In days, not in months."""
    leaf = pki.leaf("OCSP")
    assert leaf.plan.not_after - leaf.plan.not_before == timedelta(days=30, seconds=-1)


def test_leap_days() -> None:
    """29 February 2028 plus three years is 28 February 2031."""
    begins = datetime(2028, 2, 29, tzinfo=UTC)
    profile = profiles.profile("ORG/AUTH_CLI")
    assert validity_end(profile, begins) == datetime(2031, 2, 27, 23, 59, 59, tzinfo=UTC)


def test_nothing_outlives_its_authority(pki: Pki) -> None:
    """Cut to the authority's end; refused once the authority is over, or before it begins."""
    issuer = x509.load_der_x509_certificate(pki.authority().der)
    late = issuer.not_valid_after_utc - timedelta(days=10)
    leaf = pki.leaf("ORG/SIGN", at=late)
    assert leaf.plan.not_after == issuer.not_valid_after_utc
    period = value(leaf, x509.PrivateKeyUsagePeriod).value
    assert isinstance(period, x509.PrivateKeyUsagePeriod)
    assert period.not_after == issuer.not_valid_after_utc.replace(tzinfo=None)
    for at in (issuer.not_valid_after_utc, issuer.not_valid_before_utc - timedelta(seconds=1)):
        with pytest.raises(ValueError, match="authority"):
            pki.leaf(at=at)


def test_the_extensions_of_the_deck_s_certificate(pki: Pki) -> None:
    """ORG/AUTH_CLI in full, in order, as decoded certificates of the sector have them."""
    leaf = pki.leaf("ORG/AUTH_CLI")
    found = [(e.oid.dotted_string, e.critical) for e in loaded(leaf).extensions]
    assert found == [
        ("2.5.29.35", False),  # authorityKeyIdentifier
        ("2.5.29.14", False),  # subjectKeyIdentifier
        ("2.5.29.15", True),  # keyUsage
        ("2.5.29.32", False),  # certificatePolicies
        ("2.5.29.19", False),  # basicConstraints, empty
        ("2.5.29.37", False),  # extKeyUsage
        ("2.5.29.31", False),  # cRLDistributionPoints
        ("2.5.29.46", False),  # freshestCRL
        ("1.3.6.1.5.5.7.1.1", False),  # authorityInfoAccess
        ("1.2.250.1.71.1.2.5", False),  # TEST, software
    ]
    identifier = value(leaf, x509.AuthorityKeyIdentifier).value
    assert isinstance(identifier, x509.AuthorityKeyIdentifier)
    assert identifier.authority_cert_issuer is None
    assert value(leaf, x509.BasicConstraints).value.public_bytes() == b"\x30\x00"


def test_only_addresses_that_answer_are_written(pki: Pki) -> None:
    """CRL, its delta, OCSP and issuer under one base (RFC 5280 4.2.1.13, 4.2.1.15, 4.2.2.1)."""
    leaf = pki.leaf()
    points = value(leaf, x509.CRLDistributionPoints).value
    assert isinstance(points, x509.CRLDistributionPoints)
    ((address,),) = [point.full_name or [] for point in points]
    assert address.value == "http://127.0.0.1:8080/crl/ACI-EL-ORG-TEST.crl"
    access = value(leaf, x509.AuthorityInformationAccess).value
    assert isinstance(access, x509.AuthorityInformationAccess)
    assert [description.access_location.value for description in access] == [
        "http://127.0.0.1:8080/ocsp",
        "http://127.0.0.1:8080/ac/ACI-EL-ORG-TEST.cer",
    ]
    freshest = value(leaf, x509.FreshestCRL).value
    assert isinstance(freshest, x509.FreshestCRL)
    ((delta,),) = [point.full_name or [] for point in freshest]
    assert delta.value == "http://127.0.0.1:8080/crl/ACI-EL-ORG-TEST-delta.crl"


@pytest.mark.parametrize(("shard", "name"), [(0, "X"), (1, "X-1"), (12, "X-12")])
def test_a_certificate_of_a_shard_carries_its_addresses(shard: int, name: str) -> None:
    """The list that will tell of it, and the delta of that very list."""
    profile = profiles.profile("ORG/AUTH_CLI")
    urls = PkiUrls("http://pki.exemple.fr")
    found = {e.oid: e.der for e in distribution(profile, "X", urls, shard)}
    assert f"http://pki.exemple.fr/crl/{name}.crl".encode() in found["2.5.29.31"]
    assert f"http://pki.exemple.fr/crl/{name}-delta.crl".encode() in found["2.5.29.46"]


def test_deltas_are_one_switch_away() -> None:
    """An operator who wants none writes no freshestCRL."""
    profile = replace(profiles.profile("ORG/AUTH_CLI"), freshest_crl=False)
    assert "2.5.29.46" not in {e.oid for e in distribution(profile, "X", URLS)}


def test_signing_keys_say_how_long_they_sign(pki: Pki) -> None:
    """privateKeyUsagePeriod of three years, on SIGN profiles alone."""
    period = value(pki.leaf("ORG/SIGN"), x509.PrivateKeyUsagePeriod).value
    assert isinstance(period, x509.PrivateKeyUsagePeriod)
    naive = [at.replace(tzinfo=None) for at in (NOW, pki.leaf().plan.not_after)]
    assert [period.not_before, period.not_after] == naive
    with pytest.raises(x509.ExtensionNotFound):
        value(pki.leaf("ORG/CONF"), x509.PrivateKeyUsagePeriod)


def test_names_beside_the_subject_are_those_of_the_profile(pki: Pki) -> None:
    """REFUSED. A profile neither lacks the names it wants nor takes others."""
    server = subject_for(profiles.profile("SERV/SSL_SERV"))
    service = subject_for(profiles.profile("ORG/AUTH_CLI"))
    for code, ordered in (("SERV/SSL_SERV", service), ("PRO/AUTH", server), ("SERV/SMIME", server)):
        with pytest.raises(ValueError, match="wants"):
            pki.leaf(code, ordered=ordered)
    unnamed = replace(SOPHIE, mail=None)
    with pytest.raises(ValueError, match="wants"):
        pki.leaf("PRO/SIGN", ordered=unnamed)
    with pytest.raises(x509.ExtensionNotFound):
        value(pki.leaf("PRO/AUTH", ordered=unnamed), x509.SubjectAlternativeName)
    names = value(pki.leaf("PRO/AUTH"), x509.SubjectAlternativeName).value
    assert isinstance(names, x509.SubjectAlternativeName)
    assert names.get_values_for_type(x509.RFC822Name) == ["sophie@hopital3dames.fr"]


def test_names_are_refused_where_a_profile_has_none(pki: Pki) -> None:
    """REFUSED. ORG certificates have no subjectAltName at all."""
    profile = profiles.profile("ORG/AUTH_CLI")
    admitted = csr_policy.admit(csr_policy.read(pki.csr()), profile, past=csr_policy.KeyPast.UNSEEN)
    named = naming.named(subject_for(profile))
    authority = pki.authority().facts
    sans = ((naming.DNS, "a.exemple.fr"),)
    with pytest.raises(ValueError, match="wants"):
        plan(profile, admitted, named.subject, sans, authority, serial(), NOW, URLS)


def test_an_admission_counts_for_its_profile_alone(pki: Pki) -> None:
    """REFUSED. A request admitted for one profile is not signed under another."""
    profile, other = profiles.profile("ORG/AUTH_CLI"), profiles.profile("ORG/SIGN")
    admitted = csr_policy.admit(csr_policy.read(pki.csr()), other, past=csr_policy.KeyPast.UNSEEN)
    named = naming.named(subject_for(profile))
    with pytest.raises(ValueError, match="another profile"):
        plan(profile, admitted, named.subject, (), pki.authority().facts, serial(), NOW, URLS)


def test_cards_carry_what_login_reads(pki: Pki) -> None:
    """Card number, type and profession in the sector's private extensions."""
    found = {e.oid.dotted_string: e.value for e in loaded(pki.leaf("CARD-AUTH")).extensions}
    expected = {
        "1.2.250.1.71.1.2.2": b"\x13\x0a2800000001",
        "1.2.250.1.71.1.2.3": b"\x13\x03CPE",
        "1.2.250.1.71.1.2.5": b"\x04\x01\x80",
        "1.2.250.1.71.1.2.7": b"\x13\x0210",
    }
    for oid, encoded in expected.items():
        extension = found[oid]
        assert isinstance(extension, x509.UnrecognizedExtension)
        assert extension.value == encoded


def test_what_is_not_printable_is_utf8(pki: Pki) -> None:
    """A card type with an accent does not make invalid DER."""
    card = subject_for(profiles.profile("CARD-AUTH"))
    assert isinstance(card, naming.CardSubject)
    found = loaded(pki.leaf("CARD-AUTH", ordered=replace(card, card_type="Éta"))).extensions
    extension = found.get_extension_for_oid(x509.ObjectIdentifier("1.2.250.1.71.1.2.3")).value
    assert isinstance(extension, x509.UnrecognizedExtension)
    assert extension.value == b"\x0c\x04\xc3\x89ta"


def test_elliptic_curve_keys_have_their_own_usage(pki: Pki) -> None:
    """An EC key agrees, it does not encipher (RFC 5480 3)."""
    usage = value(pki.leaf("ORG/CONF", key=kept_key("p-256", "p-256")), x509.KeyUsage).value
    assert isinstance(usage, x509.KeyUsage)
    assert usage.key_agreement
    assert not usage.key_encipherment
    with pytest.raises(TypeError):
        key_usage(frozenset({"not_a_usage"}))


def test_authorities_follow_their_specification(pki: Pki) -> None:
    """Twenty years for a root; an intermediate ends one day before; pathLen; anyPolicy."""
    root = x509.load_der_x509_certificate(pki.authority("ACR-EL-TEST").der)
    issuing = x509.load_der_x509_certificate(pki.authority("ACI-EL-ORG-TEST").der)
    assert root.not_valid_after_utc == months_after(root.not_valid_before_utc, 240) - timedelta(
        seconds=1
    )
    assert issuing.not_valid_after_utc == root.not_valid_after_utc - timedelta(days=1)
    constraints = issuing.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert (constraints.value.ca, constraints.value.path_length) == (True, 0)
    policies = issuing.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [p.policy_identifier.dotted_string for p in policies] == ["2.5.29.32.0"]
    with pytest.raises(x509.ExtensionNotFound):
        root.extensions.get_extension_for_class(x509.CRLDistributionPoints)


def test_an_authority_is_not_signed_by_one_that_is_over(pki: Pki) -> None:
    """REFUSED. The last day of a root has no intermediate."""
    root = pki.authority("ACR-EL-TEST")
    over = x509.load_der_x509_certificate(root.der).not_valid_after_utc
    spec = authorities.spec("ACI-EL-ORG-TEST")
    half = keys.public_half(kept_key("x"))
    with pytest.raises(ValueError, match="authority"):
        authority_plan(spec, half, root.facts, serial(), over, URLS)
