"""The declarative profiles, value by value, against the table of the domain."""

from dataclasses import replace
from typing import Any

import pytest

from guichet.domain.catalogue import authorities, profiles
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.catalogue.twins import Environment
from guichet.domain.refusals import Code
from guichet.x509 import names
from kit.refusals import assert_refused

DS, NR = "digital_signature", "content_commitment"
KE, DE, KA = "key_encipherment", "data_encipherment", "key_agreement"
CLIENT, SERVER, MAIL = "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.4"
OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"
ORG_CA, PP_CA = ("ACI-EL-ORG",), ("ACI-EL-PP",)
ORG_CAS = (*ORG_CA, "ACI-PQ-ORG")
ALGORITHMS = {"ACR-PQ-TEST": "ml-dsa-87", "ACI-PQ-ORG-TEST": "ml-dsa-65"}
PURE = {"ed25519", "ml-dsa-44", "ml-dsa-65", "ml-dsa-87"}
# code, authorities, subject, RSA usage, EC usage, extended usage, names, months of key usage
TABLE = [
    ("ORG/AUTH_CLI", ORG_CAS, "service", {DS}, {DS}, (CLIENT,), "none", None),
    ("ORG/SIGN", ORG_CAS, "service", {DS, NR}, {DS, NR}, (MAIL,), "none", 36),
    ("ORG/CONF", ORG_CAS, "service", {KE, DE}, {KA}, (MAIL,), "none", None),
    ("SERV/SSL_SERV", ORG_CA, "server", {DS, KE}, {DS}, (SERVER, CLIENT), "dns", None),
    ("SERV/SMIME", ORG_CA, "mailbox", {DS, KE}, {DS, KA}, (MAIL,), "email", None),
    ("SERV/SIGN", ORG_CA, "mailbox", {DS, NR}, {DS, NR}, (MAIL,), "email", 36),
    ("SERV/CONF", ORG_CA, "mailbox", {KE, DE}, {KA}, (MAIL,), "email", None),
    ("PRO/AUTH", PP_CA, "person", {DS}, {DS}, (CLIENT,), "email-optional", None),
    ("PRO/SIGN", PP_CA, "person", {NR}, {NR}, (MAIL,), "email", 36),
    ("PRO/CONF", PP_CA, "person", {KE, DE}, {KA}, (MAIL,), "email", None),
    ("PS/AUTH", PP_CA, "person", {DS}, {DS}, (CLIENT,), "email-optional", None),
    ("PS/SIGN", PP_CA, "person", {NR}, {NR}, (MAIL,), "email", 36),
    ("PS/CONF", PP_CA, "person", {KE, DE}, {KA}, (MAIL,), "email", None),
    ("CARD-AUTH", ("ACI-FO-PP", "ACI-ST-PP"), "card", {DS}, {DS}, (CLIENT,), "none", None),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_a_profile_is_what_the_domain_says(row: tuple[Any, ...]) -> None:
    """Usages, names, subjects, three years, TEST policy, sizes of keys."""
    code, signers, subject, rsa, ec, extended, san, months = row
    found = profiles.profile(code)
    assert found.authorities == signers
    assert found.authority == signers[0]
    assert found.subject_kind == subject
    assert found.key_usage_for("rsa") == rsa
    assert found.key_usage_for("ec") == ec
    assert found.extended_key_usage == extended
    assert found.san == san
    assert (found.validity_months, found.validity_days) == (36, None)
    assert found.private_key_usage_months == months
    assert found.keys.rsa_bits == {2048, 3072, 4096}
    assert found.keys.curves == {"P-256", "P-384"}
    assert found.keys.others == (PURE if code in {"ORG/AUTH_CLI", "ORG/SIGN"} else set())
    assert found.key_usage_for("ml-dsa-65") == rsa & {DS, NR}
    assert found.policy_oids == ("1.2.250.1.213.1.7.2.1.1.1.1",)
    kind = "040180" if code == "CARD-AUTH" else "040183"
    assert found.private_extensions == (("1.2.250.1.71.1.2.5", kind),)
    assert found.crl
    assert found.authority_information
    assert found.freshest_crl
    assert not found.ocsp_nocheck


def test_the_responder_profile() -> None:
    """Short, OCSPSigning, not checked itself (RFC 6960 4.2.2.2), signed by any authority."""
    found = profiles.profile("OCSP")
    assert (found.validity_months, found.validity_days) == (None, 30)
    assert found.extended_key_usage == (OCSP_SIGNING,)
    assert found.ocsp_nocheck
    assert not found.crl
    assert set(map(authorities.resolve, found.authorities)) == {s.code for s in authorities.specs()}


def test_every_file_is_in_the_table() -> None:
    """A profile nobody looked at does not slip in."""
    ours = {"OCSP", "STATEMENT", "SAMPLE/EXPIRED"}
    assert {p.code for p in profiles.every()} == {row[0] for row in TABLE} | ours


def test_what_people_may_order() -> None:
    """ORG, SERV and PRO; PS is a later offer; cards and responders are no products."""
    assert [p.code for p in profiles.orderable()] == [
        "ORG/AUTH_CLI",
        "ORG/SIGN",
        "ORG/CONF",
        "SERV/SSL_SERV",
        "SERV/SMIME",
        "SERV/SIGN",
        "SERV/CONF",
        "PRO/AUTH",
        "PRO/SIGN",
        "PRO/CONF",
    ]
    for found in profiles.orderable():
        assert found.offer
        assert found.usage
        assert profiles.profile_for(found.offer, found.usage) is found


def test_what_does_not_exist_is_refused() -> None:
    """REFUSED. An offer does not have every usage."""
    with assert_refused(Code.PROFILE_UNKNOWN, profile="ORG/SMIME"):
        profiles.profile_for(Offer.ORG, Usage.SMIME)


def test_profiles_are_values() -> None:
    """Two profiles that say the same are the same, whoever made them."""
    found = profiles.profile("ORG/AUTH_CLI")
    assert replace(found) == found


def test_the_hierarchy_has_the_names_of_the_deck() -> None:
    """The deck's e-mail prints ORGANISATION in the singular and the name last part first."""
    found = authorities.spec("ACI-EL-ORG-TEST")
    assert names.display(found.name) == (
        "CN=TEST AC IGC-SANTE ELEMENTAIRE ORGANISATION, OU=IGC-SANTE TEST, OU=0002 187512751,"
        " O=ASIP-SANTE, C=FR"
    )
    root = authorities.spec(found.parent or "")
    assert root.is_root
    assert names.values(root.name, names.COMMON_NAME) == ("TEST AC RACINE IGC-SANTE ELEMENTAIRE",)


def test_the_hierarchy_is_whole() -> None:
    """Three ranges, RSA-4096, and one for trials; each authority comes after its own signer."""
    seen: set[str] = set()
    for spec in authorities.specs():
        assert spec.algorithm == ALGORITHMS.get(spec.code, "rsa-4096")
        assert spec.signature == ""
        assert spec.years == 20
        assert spec.path_len == (1 if spec.is_root else 0)
        assert spec.is_root == (spec.parent is None)
        assert spec.is_root or spec.parent in seen
        seen.add(spec.code)
    assert seen == {
        *("ACR-EL-TEST", "ACI-EL-ORG-TEST", "ACI-EL-PP-TEST"),
        *("ACR-FO-TEST", "ACI-FO-PP-TEST", "ACR-ST-TEST", "ACI-ST-PP-TEST"),
        *ALGORITHMS,
    }
    production = {spec.code for spec in authorities.specs(Environment.PRODUCTION)}
    assert {f"{code}-TEST" for code in production} == seen - ALGORITHMS.keys()


def test_when_lists_are_cut_into_shards() -> None:
    """The first hundred thousand have the list of everything; expired ones leave the lists."""
    found = authorities.spec("ACI-EL-ORG-TEST")
    assert [found.shard_of(rank) for rank in (0, 99_999, 100_000, 199_999, 200_000)] == [
        *(0, 0, 1, 1, 2)
    ]
    assert not found.keep_expired_on_crl


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"code": "ACI-EL-1"}, "part of a CRL"),
        ({"code": "ACI-EL-delta"}, "part of a CRL"),
        ({"crl_shard_size": 0}, "crl_shard_size"),
        ({"crl_shard_size": 10_000_001}, "crl_shard_size"),
        ({"keep_expired_on_crl": "yes"}, "keep_expired_on_crl"),
        ({"signature": "ecdsa-sha256"}, "does not sign by"),
        ({"signature": "rsa-md5"}, "no signature scheme"),
        ({"algorithm": "ml-kem-768"}, "no key algorithm that signs"),
        ({"code": "ACI-PQ-ORG", "algorithm": "ml-dsa-65"}, "for TEST alone"),
    ],
)
def test_an_authority_whose_lists_cannot_be(wrong: dict[str, Any], why: str) -> None:
    """REFUSED. An operator's mistake is told when the hierarchy is read."""
    with pytest.raises(ValueError, match=why):
        replace(authorities.spec("ACI-EL-ORG-TEST"), **wrong)


def test_short_codes_are_resolved() -> None:
    """Profiles name authorities without their environment."""
    assert authorities.resolve("ACI-EL-ORG") == "ACI-EL-ORG-TEST"
    assert authorities.resolve("ACI-EL-ORG-TEST") == "ACI-EL-ORG-TEST"
    with assert_refused(Code.PROFILE_UNKNOWN, authority="ACI-XX-TEST"):
        authorities.resolve("ACI-XX")


def test_the_preferred_kind_is_an_accepted_one() -> None:
    """REFUSED. An operator's mistake is told when the profile is read."""
    keys = profiles.profile("ORG/AUTH_CLI").keys
    assert keys.kinds == ("rsa-2048", "rsa-3072", "rsa-4096", "p-256", "p-384", *sorted(PURE))
    assert keys.preferred == "rsa-2048"
    with pytest.raises(ValueError, match=r"keys\.preferred"):
        replace(keys, preferred="rsa-1024")


def test_keys_that_only_sign_are_for_what_signs() -> None:
    """REFUSED. An operator's mistake is told when the profile is read."""
    found = profiles.profile("ORG/CONF")
    with pytest.raises(ValueError, match=r"ORG/CONF: keys\.others"):
        replace(found, keys=replace(found.keys, others=frozenset({"ed25519"})))
    with pytest.raises(ValueError, match=r"keys\.others: among"):
        replace(found.keys, others=frozenset({"ed448"}))
