"""An authority with short keys, two structures, and people with rights for them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from apps.orders.counter import EPOCH, HOSPITAL, LABORATORY, Person, ShortKeys
from apps.orders.incidents import Operators
from guichet.authority import hierarchy
from guichet.authority.signer import Signer
from guichet.domain.catalogue.authorities import specs
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations import operations as habilitations
from guichet.identities import operations as identities
from guichet.identities.actors import Actor
from guichet.identities.models import Account, Card
from guichet.identities.queries import actor_of
from guichet.orders import operations
from kit.entering import browser_with, lasting_session_of
from kit.kept_rows import KEPT

PKI_BASE = "http://127.0.0.1:8080"


@pytest.fixture
def structures(authorities: Signer) -> None:
    """The deck's hospital, and another structure."""
    KEPT.make("structures", _register_structures)


def _register_structures() -> None:
    for national_id, name in ((HOSPITAL, "HOPITAL DES 3 DAMES"), (LABORATORY, "LABORATOIRE ÉTÉ")):
        facts = habilitations.StructureFacts(
            national_id=national_id,
            legal_name=name,
            finess=national_id[1:],
            department_name="Paris",
            department_number="75",
        )
        habilitations.register_structure(facts=facts, by="test", at=EPOCH)


def grant(card: str, structure: str, offer: Offer, *usages: Usage, domain: str = "") -> None:
    """Open a right since EPOCH."""
    asked = habilitations.RightAsked(
        card_number=card,
        structure_id=structure,
        offer=offer,
        usages=frozenset(usages),
        domains=(domain,) if domain else (),
        mail_domains=(domain,) if domain else (),
        starts_at=EPOCH,
    )
    habilitations.grant_right(asked=asked, by="test", at=EPOCH)


@pytest.fixture
def person(db: None) -> Callable[..., Person]:
    """Somebody with a card, logged in."""

    def enter(card: str, name: str, national_id: str, role: str = "administrator") -> Person:
        asked = identities.AccountAsked(
            display_name=name, email="sophie@hopital.fr", national_id=national_id, roles=(role,)
        )

        def register() -> tuple[Actor, str]:
            pk = identities.register_account(asked=asked, by="test", at=EPOCH)
            identities.register_card(
                number=card, account_id=pk, holder_name=name, by="test", at=EPOCH
            )
            account, held = Account.objects.get(pk=pk), Card.objects.get(number=card)
            return actor_of(account, held, "ecps"), lasting_session_of(account)

        actor, session = KEPT.make(f"{asked} {card}", register)
        return Person(actor, browser_with(session))

    return enter


@pytest.fixture
def sophie(structures: None, person: Callable[..., Person]) -> Person:
    """Administrator of the hospital, for every offer."""
    card = "2800143590"
    KEPT.make("rights of Sophie", lambda: _grant_all(card))
    return person(card, "SOPHIE DIRECTRICE", "899700366240")


def _grant_all(card: str) -> None:
    grant(card, HOSPITAL, Offer.ORG, Usage.AUTH_CLI, Usage.SIGN, Usage.CONF)
    serv = (Usage.SSL_SERV, Usage.SMIME, Usage.SIGN, Usage.CONF)
    grant(card, HOSPITAL, Offer.SERV, *serv, domain="hopital.fr")
    grant(card, HOSPITAL, Offer.PRO, Usage.AUTH, Usage.SIGN, Usage.CONF, domain="hopital.fr")


@pytest.fixture
def jeanne(structures: None, person: Callable[..., Person]) -> Person:
    """Administrator of the other structure."""
    card = "0203040506"
    KEPT.make("right of Jeanne", lambda: grant(card, LABORATORY, Offer.ORG, Usage.AUTH_CLI))
    return person("0203040506", "JEANNE CHARLES", "899700203047")


@pytest.fixture
def jean(structures: None, person: Callable[..., Person]) -> Person:
    """Representative of the hospital: sees and revokes, orders nothing."""
    found = person("0102030405", "JEAN DUPONT", "899700102033", "representative")
    habilitations.appoint_representative(
        account_id=found.account.pk, structure_id=HOSPITAL, by="test", at=EPOCH
    )
    return found


@pytest.fixture
def nobody(structures: None, person: Callable[..., Person]) -> Person:
    """A card without any right."""
    return person("2800999999", "PAUL RIEN", "899700999999")


@pytest.fixture
def operators(person: Callable[..., Person]) -> Operators:
    """Two operators, since one alone revokes nothing."""
    return Operators(
        person("2800401022", "OSCAR PETIT", "899700401021", "operator"),
        person("2800402035", "OLGA GRAND", "899700402037", "operator"),
    )


@pytest.fixture
def authorities(db: None) -> Signer:
    """The hierarchy, and the signer that holds its keys."""
    keystore = ShortKeys()
    for spec in specs():
        keystore.generate(spec.code, spec.algorithm)
    began = timezone.now() - timedelta(days=400)
    KEPT.make("short hierarchy", lambda: hierarchy.create(keystore, pki_base=PKI_BASE, at=began))
    return Signer(keystore, PKI_BASE)


@pytest.fixture
def sign(authorities: Signer) -> Callable[..., None]:
    """Sign what waits, and collect it."""

    def run(at: datetime | None = None) -> None:
        now = at or timezone.now()
        authorities.run_once(now)
        operations.collect_issued(now)

    return run


@pytest.fixture(autouse=True)
def _no_cache() -> Iterator[None]:
    cache.clear()
    return
