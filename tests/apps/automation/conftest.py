"""A card in hand, a structure with rights, a small authority: what the API needs to work."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.automation.acme_client import Acme
from apps.automation.acme_orders import opened, prove
from apps.automation.callers import (
    EPOCH,
    JEANNE,
    SOPHIE,
    STRUCTURES,
    Api,
    csr_pem,
    grant,
)
from guichet.authority import hierarchy
from guichet.authority.signer import Signer
from guichet.automation import authentication, rates
from guichet.automation.acme.validation import caa
from guichet.domain.catalogue import authorities
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations import operations as habilitations
from guichet.identities.actors import Actor
from guichet.keystore import Keystore, open_keystore
from guichet.orders import operations as orders
from kit.kept_rows import KEPT


@pytest.fixture(autouse=True)
def _no_call_counted() -> Iterator[None]:
    """What a process holds of a pace outlives the database of a test."""
    rates.forget()
    yield
    rates.forget()


@pytest.fixture
def structures(sign_everything: Callable[[], None]) -> None:
    """Two structures; SOPHIE's card may order everything of ORG and SERV for the first."""
    KEPT.make("structures and rights", _register_structures)


def _register_structures() -> None:
    for national_id, name in STRUCTURES.items():
        facts = habilitations.StructureFacts(
            national_id=national_id,
            legal_name=name,
            siret="99999003900011",
            finess=national_id[1:],
            department_name="Paris",
            department_number="75",
            naf_code="8610Z",
            naf_label="Activités hospitalières",
            address="PARIS",
        )
        habilitations.register_structure(facts=facts, by="test", at=EPOCH)
    grant(SOPHIE, "10B0135356", Offer.ORG, {Usage.AUTH_CLI, Usage.SIGN})
    grant(SOPHIE, "10B0135356", Offer.SERV, {Usage.SSL_SERV}, domains=("hopital.fr",))
    grant(JEANNE, "10B0288882", Offer.ORG, {Usage.AUTH_CLI})


@pytest.fixture
def as_card(
    structures: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Actor], Api]:
    """The API as the holder of a card; how cards are recognised is proved in identities."""
    settings.ROOT_URLCONF = "guichet.conf.card_urls"

    def enter(holder: Actor) -> Api:
        monkeypatch.setattr(authentication, "actor_of_peer", lambda request: holder)
        return Api(Client(**{"guichet.listener": "card"}))

    return enter


@pytest.fixture
def api(as_card: Callable[[Actor], Api]) -> Api:
    """The API as SOPHIE."""
    return as_card(SOPHIE)


@pytest.fixture
def order_body() -> Callable[..., dict[str, Any]]:
    """The body of a good order; name only what differs."""

    def make(**changes: Any) -> dict[str, Any]:
        body = {
            "offer": "ORG",
            "usage": "AUTH_CLI",
            "structure": "10B0135356",
            "service": "Monserviceclient",
            "actor_email": "sophie@hopital.fr",
            "csr": csr_pem(),
        }
        return {name: value for name, value in (body | changes).items() if value is not None}

    return make


@pytest.fixture(scope="session")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    """Keys of the authorities, made once."""
    folder = tmp_path_factory.mktemp("keys")
    return open_keystore(f"file:{folder}", b"correct horse battery staple")


@pytest.fixture
def sign_everything(
    db: None, keystore: Keystore, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """A short-keyed ORGANISATION authority; call it to sign what waits and collect it."""
    wanted, every = {"ACR-EL-TEST", "ACI-EL-ORG-TEST"}, authorities.specs
    short = tuple(replace(spec, algorithm="rsa-2048") for spec in every() if spec.code in wanted)
    monkeypatch.setattr(authorities, "specs", lambda *given: every(*given) if given else short)
    base = "http://127.0.0.1:8080"
    began = timezone.now() - timedelta(days=400)
    KEPT.make("small hierarchy", lambda: hierarchy.create(keystore, pki_base=base, at=began))
    signer = Signer(keystore, base)

    def sign() -> None:
        signer.run_once(timezone.now())
        orders.collect_issued(timezone.now())

    return sign


@pytest.fixture
def no_caa(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name has CAA records; what they forbid is proved in test_acme_validation."""
    monkeypatch.setattr(caa, "require", lambda name, account, method: None)


@pytest.fixture
def proved(structures: None) -> None:
    """The hospital proved hopital.fr to the counter."""
    prove("hopital.fr")


@pytest.fixture
def acme(structures: None) -> Acme:
    """An open ACME account of a machine of the hospital."""
    return opened()
