"""TEST and PRODUCTION never take each other's certificates, whoever is asked."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from guichet.automation import certificates
from guichet.bench.diagnosis import diagnose
from guichet.domain.catalogue import authorities, twins
from guichet.domain.catalogue.authorities import AuthoritySpec
from guichet.domain.catalogue.twins import Environment
from guichet.domain.refusals import Code, Refusal
from guichet.identities import cards
from guichet.identities.peer import PeerTls
from guichet.identities.trust import TrustFault, trust_folder
from guichet.web.refusal_texts import explain
from kit.pki import NOW, Leaf, Pki
from kit.refusals import assert_refused


@dataclass
class TwinPki(Pki):
    """The hierarchy of either environment."""

    environment: Environment = Environment.TEST

    def _spec(self, code: str) -> AuthoritySpec:
        found = {spec.code: spec for spec in authorities.specs(self.environment)}
        return found[code]

    def issued(self, profile: str, short: str) -> Leaf:
        """A certificate by the authority of this short code."""
        return self.leaf(profile, authority=self.full(short))

    def full(self, short: str) -> str:
        """The code of an authority here."""
        return twins.full_code(self.environment, short)


@pytest.fixture(params=list(Environment), ids=str)
def here(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> TwinPki:
    """An instance of one environment, its authorities published."""
    environment: Environment = request.param
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path, environment=environment.value)
    pki = TwinPki(environment=environment)
    publish(pki, tmp_path, pki)
    return pki


def publish(pki: TwinPki, state: Path, as_those_of: TwinPki) -> None:
    """Lay authorities out as those of an environment."""
    for short in ("ACR-EL", "ACI-EL-ORG", "ACR-FO", "ACI-FO-PP"):
        (state / "published" / "ac").mkdir(parents=True, exist_ok=True)
        (state / "published" / "crl").mkdir(parents=True, exist_ok=True)
        name, code = as_those_of.full(short), pki.full(short)
        (state / "published" / "ac" / f"{name}.cer").write_bytes(pki.authority(code).der)
        (state / "published" / "crl" / f"{name}.crl").write_bytes(pki.crl(code))


def test_a_relying_party_refuses_the_certificates_of_the_other_environment(
    here: TwinPki, settings: Any
) -> None:
    """By the card door, the API and EST, and the bench: its own holds, the other's never does."""
    certificates.require_good(here.issued("ORG/AUTH_CLI", "ACI-EL-ORG").chain, NOW)
    other = TwinPki(environment=here.environment.twin)
    software = other.issued("ORG/AUTH_CLI", "ACI-EL-ORG").chain
    card = other.issued("CARD-AUTH", "ACI-FO-PP").chain
    with pytest.raises(Refusal) as caught:
        certificates.require_good(software, NOW)
    assert explain(caught.value.all[0]).detail == (
        f"Certificat de {other.environment.word} présenté à un service de {here.environment.word}."
    )
    with assert_refused(Code.CERTIFICATE_OF_TWIN):
        cards.recognise(card, NOW)
    trust = trust_folder(settings.GUICHET.published)
    found = diagnose(PeerTls(software, "TLSv1.3", ""), trust, NOW)
    assert [objection.code for objection in found.objections] == [Code.BENCH_OF_TWIN]


def test_a_root_of_the_other_environment_laid_as_ours_opens_nothing(
    here: TwinPki, settings: Any
) -> None:
    other = TwinPki(environment=here.environment.twin)
    publish(other, settings.GUICHET.state, here)
    trust = trust_folder(settings.GUICHET.published)
    with pytest.raises(TrustFault) as caught:
        trust.verify(other.issued("ORG/AUTH_CLI", "ACI-EL-ORG").chain, ["ACR-EL"], NOW)
    assert caught.value.of_twin
