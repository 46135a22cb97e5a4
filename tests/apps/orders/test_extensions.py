"""The page of a product says what its certificate says in words, and exactly."""

import re

import pytest

from apps.orders.counter import Person, Sign, text_of, withdrawn
from guichet.domain.catalogue import profiles
from guichet.orders.extensions import explained
from guichet.orders.texts import EXTENSION_VALUES
from guichet.x509 import decode
from kit.pki import Pki


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki()


@pytest.mark.parametrize("code", [profile.code for profile in profiles.every()])
def test_what_profiles_write_has_words(pki: Pki, code: str) -> None:
    """No bare code is left: usages, policy, kind of certificate."""
    for extension in explained(decode.describe(pki.leaf(code).der)):
        assert str(extension.label) != extension.name
        if extension.name in EXTENSION_VALUES:
            for line in extension.lines:
                assert line.exact, (extension.name, line.words)
                assert str(line.words) != line.exact


def test_the_page_of_a_product_has_words(sophie: Person, sign: Sign) -> None:
    number = withdrawn(sophie, sign)
    page = re.sub(r"<[^>]+>|\s+", " ", text_of(sophie.get(f"/produits/suivre/parc/{number}/")))
    page = re.sub(r"\s+", " ", page)
    assert "Signature numérique (authentification) digitalSignature" in page
    assert "Certificat logiciel de test 83" in page
    assert "Politique des certificats de test 1.2.250.1.213.1.7.2.1.1.1.1" in page
    assert "Authentification d’un client (TLS) clientAuth" in page
    assert "Certificat de l’autorité http://" in page


def test_the_period_of_a_private_key_is_a_date(pki: Pki) -> None:
    [period] = [
        extension
        for extension in explained(decode.describe(pki.leaf("ORG/SIGN").der))
        if extension.name == "privateKeyUsagePeriod"
    ]
    assert [str(line.label) for line in period.lines] == ["À partir du", "Jusqu’au"]
    assert all(line.at is not None for line in period.lines)


def test_what_has_no_words_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch, pki: Pki) -> None:
    described = decode.describe(pki.leaf().der)
    monkeypatch.setitem(EXTENSION_VALUES, "certificateKind", {})  # type: ignore[index]
    [kind] = [e for e in explained(described) if e.name == "certificateKind"]
    assert [(line.words, line.exact) for line in kind.lines] == [("83", "")]
