"""SUIVRE: search, filters, sorting, pages, and what an empty list says."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.utils import timezone

from apps.orders.counter import CODE, Person, text_of, withdrawn
from guichet.authority import fingerprints
from guichet.authority.models import Certificate
from guichet.domain.orders.states import ProductState
from guichet.orders import queries
from guichet.orders.filters import ProductFilters, Validity
from guichet.orders.models import Order, Product
from guichet.orders.numbers import PRODUCTS, take

Sign = Callable[..., None]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def park(sophie: Person, authorities: object) -> Person:
    """One order and copies of it, with products of every state at NOON."""
    number = sophie.orders()
    model = Order.objects.get(number=number)
    days = {"active": 1000, "expiring": 30, "expired": -10, "revoked": 500}
    for shift, (state, left) in enumerate(days.items(), 1):
        order = Order.objects.get(pk=model.pk)
        order.pk, order.number, order.certificate_id = None, number + shift, shift
        order.signing_request = f"00000000-0000-4000-8000-{shift:012}"
        order.beneficiary, order.state = state, "withdrawn"
        order.search_text = f"{order.number} {state.upper()} ETE"
        order.save(force_insert=True)
        Product.objects.create(
            number=50_000 + shift,
            order=order,
            certificate_id=shift,
            serial_hex=f"AA:BB:{shift:02}",
            not_before=NOON - timedelta(days=1000 - left),
            not_after=NOON + timedelta(days=left),
            revoked_at=NOON - timedelta(days=2) if state == "revoked" else None,
        )
    return sophie


def found(person: Person, **filters: object) -> list[str]:
    page = queries.products_for(person.actor, ProductFilters(**filters), NOON)  # type: ignore[arg-type]
    return sorted(product.order.beneficiary for product in page.object_list)


@pytest.mark.parametrize("state", ProductState)
def test_the_state_filtered_is_the_state_shown(park: Person, state: ProductState) -> None:
    """The database's condition and the domain's function agree."""
    page = queries.products_for(park.actor, ProductFilters(state=state), NOON)
    assert [product.state for product in page.object_list] == [state]
    assert page.object_list[0].order.beneficiary == state.value


def test_filters_of_the_deck(park: Person) -> None:
    """Valid today, this week, this month, in an interval; a revoked product until its day."""
    assert found(park) == ["active", "expired", "expiring", "revoked"]
    assert found(park, validity=Validity.TODAY) == ["active", "expiring"]
    assert found(park, validity=Validity.WEEK) == ["active", "expiring"]
    assert found(park, validity=Validity.MONTH) == ["active", "expired", "expiring", "revoked"]
    after = (NOON + timedelta(days=100)).date()
    assert found(park, validity=Validity.BETWEEN, after=after) == ["active"]
    before = (NOON - timedelta(days=990)).date()
    assert found(park, validity=Validity.BETWEEN, before=before) == ["expired"]
    assert found(park, only_revocable=True) == ["active", "expiring"]


def test_search_finds_words_numbers_and_serials(park: Person) -> None:
    assert found(park, text="été activ") == ["active"]
    assert found(park, text="50 002") == ["expiring"]
    assert found(park, text="aabb03") == ["expired"]
    assert found(park, text="AA:BB:04") == ["revoked"]
    assert found(park, text="zzz") == []
    assert found(park, offer="SERV") == []
    assert found(park, structure_id="10B0288882") == []


@pytest.mark.parametrize(
    "query",
    [
        {"etat": "n'importe quoi", "usage": "X", "tri": "password", "page": "-4"},
        {"apres": "demain", "avant": "2026-13-45", "valide": "jamais"},
        {"q": "\x00'\"%_\\", "page": "999999999999999999999"},
        {"q": "é" * 5000},
    ],
)
def test_odd_filters_are_never_an_error(park: Person, query: dict[str, str]) -> None:
    for path in ("suivre/", "suivre/parc/", "retirer/", "revoquer/"):
        assert park.get(f"/produits/{path}", **query).status_code == 200


def test_pages_keep_the_filters(park: Person) -> None:
    """More than a page: the links carry the query."""
    model = Product.objects.first()
    assert model is not None
    for shift in range(100, 125):
        order = Order.objects.get(pk=model.order_id)
        order.pk, order.number, order.certificate_id = None, 200_000 + shift, shift
        order.signing_request = f"00000000-0000-4000-8000-{shift:012}"
        order.save(force_insert=True)
    first = park.get("/produits/suivre/", q="ete", tri="number")
    assert len(first.context["page"].object_list) == 20
    assert "q=ete&amp;tri=number&amp;page=2" in text_of(first)
    second = park.get("/produits/suivre/", q="ete", tri="number", page="2")
    assert len(second.context["page"].object_list) == 9


def test_empty_lists_say_what_to_do(sophie: Person, nobody: Person) -> None:
    """Nothing yet, nothing found, nothing allowed: three different answers."""
    assert "Aucune demande pour l’instant" in text_of(sophie.get("/produits/suivre/"))
    assert "Aucun produit pour l’instant" in text_of(sophie.get("/produits/suivre/parc/"))
    assert "Rien à retirer" in text_of(sophie.get("/produits/retirer/"))
    assert "Aucun produit à révoquer" in text_of(sophie.get("/produits/revoquer/"))
    assert "Effacer les filtres" in text_of(sophie.get("/produits/suivre/", q="zzz"))
    for path in ("suivre/", "suivre/parc/", "retirer/", "revoquer/", "demander/"):
        page = text_of(nobody.get(f"/produits/{path}"))
        assert "F413" in page, path


def test_home_tells_what_the_card_may_do(sophie: Person, jean: Person, nobody: Person) -> None:
    """The deck's home page: the four verbs, or what is missing."""
    page = text_of(sophie.get("/"))
    assert "Les habilitations actuellement associées à votre carte" in page
    assert "HOPITAL DES 3 DAMES" in page
    assert "AUTH_CLI, CONF, SIGN" in page
    assert "Comme représentant" in text_of(jean.get("/"))
    assert "il vous manque une habilitation" in text_of(nobody.get("/")).lower()
    assert "Page d’accueil de la gestion des produits" in text_of(sophie.get("/produits/"))


def test_a_fingerprint_finds_its_product_to_whoever_sees_it(
    sophie: Person, jeanne: Person, sign: Sign
) -> None:
    """As tools write it; also of what the release before stored without it, once it is filled."""
    number = withdrawn(sophie, sign)
    row = Certificate.objects.get(pk=Product.objects.get(number=number).certificate_id)
    for bits in (hashes.SHA256(), hashes.SHA1()):  # noqa: S303 a name of it, not a signature
        digest = x509.load_der_x509_certificate(bytes(row.der)).fingerprint(bits)
        asked = {"text": f"{bits.name} Fingerprint={digest.hex(':').upper()}"}
        assert (len(found(sophie, **asked)), found(jeanne, **asked)) == (1, [])
    Certificate.objects.filter(pk=row.pk).update(sha256="", sha1="")
    assert found(sophie, text=row.sha256) == []
    assert (fingerprints.fill(), fingerprints.fill()) == (1, 0)
    assert len(found(sophie, text=row.sha256)) == 1


def test_product_numbers_have_their_own_series(sophie: Person, sign: Sign) -> None:
    number = sophie.orders()
    sign()
    data = {"code": CODE, "code_again": CODE, "terms": "on", "policy": "on"}
    sophie.post(f"/produits/retirer/{number}/", data)
    assert Product.objects.get().number == 50_001
    assert take(PRODUCTS) == 50_002
