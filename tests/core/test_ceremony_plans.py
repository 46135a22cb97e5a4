"""Plans of ceremonies, and the twins: all that is wrong is told at once, before an act."""

import pytest

from guichet.domain.catalogue import authorities, profiles, twins
from guichet.domain.catalogue.twins import Environment
from guichet.domain.ceremonies import reading
from guichet.domain.ceremonies.plan import Do, PlanError
from guichet.x509 import names

CODES = [spec.code for spec in authorities.specs()]
PLAN = """\
title = "Création de la hiérarchie de test"
environment = "test"
place = "Paris, salle forte"
day = 2026-11-24
keystore = "file:keys"
witnesses = ["Jeanne Martin"]

[secret]
custody = "new"
threshold = 2

[[officer]]
name = "Anne Premier"
role = "Maître de cérémonie"
share = "screen"

[[officer]]
name = "Boris Second"
role = "Officier"
share = "card"
certificate = "boris.pem"

[[act]]
do = "create"
authority = "*"
"""


def test_a_plan_is_read_and_names_its_ceremony() -> None:
    plan = reading.read(PLAN.encode(), CODES)
    assert [act.authority for act in plan.acts] == CODES
    assert {act.do for act in plan.acts} == {Do.CREATE}
    assert [officer.name for officer in plan.holders] == ["Anne Premier", "Boris Second"]
    assert plan.id == reading.read(PLAN.encode(), CODES).id
    assert plan.id != reading.read(PLAN.replace("Paris", "Lyon").encode(), CODES).id


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"test"', '"prod"', "environment is one of test, production"),
        ("2026-11-24", '"demain"', "day is a date"),
        ("Paris, salle forte", "", "place wants words"),
        ("threshold = 2", "threshold = 3", "threshold 3 of 2 officers"),
        ("threshold = 2", 'threshold = "2"', "threshold is a number"),
        ('certificate = "boris.pem"', "", "a share for a card wants its certificate"),
        ("Boris Second", "Anne Premier", "two officers have the same name"),
        ('authority = "*"', 'authority = "ACR-XX"', "no authority of test is called 'ACR-XX'"),
        ('do = "create"', 'do = "install"', "install wants file"),
        ('"file:keys"', '"pkcs11:token=t"', 'custody = "divide"'),
        ('"file:keys"', '"pkcs11:token=t?pin-value=1"', "a PIN is never written"),
        ('custody = "new"', 'custody = "file"', "file gives no share"),
        ("witnesses", "witneses", "nothing here is called 'witneses'"),
        ('["Jeanne Martin"]', '"Jeanne"', "witnesses: a list of names"),
        ("[[officer]]", "[[officer]", "not TOML"),
        ("[[act]]", "[act]", "act: written as a table"),
    ],
)
def test_what_is_wrong_is_told(old: str, new: str, words: str) -> None:
    assert old in PLAN
    with pytest.raises(PlanError) as caught:
        reading.read(PLAN.replace(old, new).encode(), CODES)
    assert words in "\n".join(caught.value.lines)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(PlanError) as caught:
        reading.read(b"", CODES)
    told = str(caught.value)
    assert told == "\n".join(caught.value.lines)
    for name in ("title", "environment", "place", "day", "keystore", "custody", "[[officer]]"):
        assert name in told


def test_the_production_twin_says_test_nowhere() -> None:
    """Same tree, same keys to make; names as the sector's public template document gives them."""
    tests = [spec for spec in authorities.specs(Environment.TEST) if "ml-dsa" not in spec.algorithm]
    made = authorities.specs(Environment.PRODUCTION)
    assert [spec.code for spec in made] == [spec.code.removesuffix("-TEST") for spec in tests]
    assert [spec.algorithm for spec in made] == [spec.algorithm for spec in tests]
    assert "TEST" not in repr(made)
    codes = [spec.code for spec in made]
    assert all(
        spec.parent is None or spec.parent in codes[: codes.index(spec.code)] for spec in made
    )
    organisation = next(spec for spec in made if spec.code == "ACI-EL-ORG")
    assert [rdn[0][1] for rdn in organisation.name] == [
        "FR",
        "ASIP-SANTE",
        "0002 187512751",
        "IGC-SANTE",
        "AC IGC-SANTE ELEMENTAIRE ORGANISATION",
    ]
    assert names.to_der(organisation.name) != names.to_der(authorities.spec("ACI-EL-ORG-TEST").name)


@pytest.mark.parametrize(
    ("code", "environment"),
    [
        ("ACR-EL-TEST", Environment.TEST),
        ("ACR-EL-TEST-G2", Environment.TEST),
        ("ACR-EL", Environment.PRODUCTION),
        ("ACR-EL-G12", Environment.PRODUCTION),
    ],
)
def test_a_label_tells_its_environment(code: str, environment: Environment) -> None:
    assert twins.environment_of(code) is environment
    with pytest.raises(ValueError, match="test or production"):
        Environment.named("prod")


def test_no_test_mark_leaves_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """In production only what says its own policies is served, under the sector's own marks."""
    monkeypatch.setattr(authorities, "ENVIRONMENT", Environment.PRODUCTION)
    served = profiles._profiles.__wrapped__()
    assert {"OCSP", "ORG/SIGN", "SERV/SSL_SERV", "PRO/AUTH", "PS/SIGN"} <= set(served)
    assert {"CARD-AUTH", "ORG/CONF"}.isdisjoint(served)
    for found in served.values():
        assert all(oid.startswith("1.2.250.1.213.1.7.1.") for oid in found.policy_oids)
        assert dict(found.private_extensions) in ({}, {"1.2.250.1.71.1.2.5": "040103"})
