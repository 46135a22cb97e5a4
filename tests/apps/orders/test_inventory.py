"""The inventory: tags, owners, saved views, exports, and how many queries a page takes."""

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.orders.counter import Person, text_of
from guichet.journal import queries as journal
from guichet.orders import paging, searching
from guichet.orders.models import Order, Product, SavedView, Tag

PARK = "/produits/suivre/parc/"
QUERIES = 12
OWNER = {"owner_name": "Équipe réseau", "owner_email": "reseau@hopital.fr"}


@pytest.fixture
def park(sophie: Person, authorities: object) -> list[int]:
    """Four products of the hospital; the numbers of them all."""
    model = Order.objects.get(number=sophie.orders())
    return [copy(model, shift).number for shift in range(1, 5)]


def copy(model: Order, shift: int, service: str = "") -> Product:
    order = Order.objects.get(pk=model.pk)
    order.pk, order.number, order.certificate_id = None, model.number + shift, shift
    order.signing_request = f"00000000-0000-4000-8000-{shift:012}"
    order.beneficiary = order.service = service or f"Service {shift}"
    order.search_text = f"{order.number} {order.beneficiary.upper()}"
    order.save(force_insert=True)
    now = timezone.now()
    return Product.objects.create(
        number=50_000 + shift,
        order=order,
        certificate_id=shift,
        serial_hex=f"AA:{shift:02}",
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=400),
    )


def listed(somebody: Person, **asked: str) -> list[int]:
    page = somebody.get(PARK, **asked).context["page"]
    return [product.number for product in page.object_list]


def test_tags_and_owners_by_several(sophie: Person, park: list[int]) -> None:
    """Ticked products are tagged, given an owner, searched by both; the journal tells of each."""
    some = {"produit": [str(park[0]), str(park[1])]}
    answer = sophie.post(PARK + "?tri=not_after", {**some, "acte": "tag", "tag": "  Cardiologie,"})
    assert answer["Location"] == "?modifies=2&tri=not_after"
    sophie.post(PARK, {"produit": [str(park[1])], "acte": "tag", "tag": "CARDIOLOGIE"})
    assert Tag.objects.get().name == "Cardiologie"
    assert listed(sophie, etiquette="Cardiologie") == [park[1], park[0]]
    sophie.post(PARK, {**some, "acte": "owner", **OWNER})
    assert listed(sophie, responsable="sans") == [park[3], park[2]]
    assert listed(sophie, q="equipe reseau", responsable="avec") == [park[1], park[0]]
    events = [entry.event for entry in journal.entries_about(f"product:{park[0]}")]
    assert events == ["product-tagged", "product-owner-set"]
    sophie.post(PARK, {**some, "acte": "untag", "tag": "cardiologie"})
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"acte": "tag", "tag": "x"}, "Aucun produit choisi"),
        ({"acte": "tag", "tag": " ", "produit": "50001"}, "obligatoire"),
        ({"acte": "owner", "owner_name": "Seul", "produit": "50001"}, "obligatoire"),
        ({"acte": "owner", **OWNER, "owner_email": "x@", "produit": "50001"}, "adresse"),
        ({"acte": "tag", "tag": "\u202e", "produit": "50001"}, "caractère"),
        ({"acte": "tag", "tag": "x", "produit": "9" * 5_000}, "Aucun produit de ce numéro"),
    ],
)
def test_what_is_wrong_comes_back(
    sophie: Person, park: list[int], typed: dict[str, str], said: str
) -> None:
    """REFUSED. Ticks and texts stay; nothing is half done."""
    answer = sophie.post(PARK, typed)
    assert answer.status_code == 422
    assert answer.context["bulk"].errors
    assert answer.context["ticked"] == ({typed["produit"]} if "produit" in typed else set())
    assert not Tag.objects.exists()
    assert not Product.objects.exclude(owner_email="").exists()


def test_labels_on_the_page_of_a_product(
    sophie: Person, jean: Person, jeanne: Person, park: list[int]
) -> None:
    """Its representative may; another structure sees neither page, tag nor filter."""
    address = f"{PARK}{park[0]}/etiquettes/"
    assert sophie.post(address, {"acte": "tag", "tag": "Production"})["Location"]
    assert sophie.post(address, {"acte": "tag", "tag": ""}).status_code == 422
    assert jean.post(address, {"acte": "owner", **OWNER}).status_code == 302
    page = text_of(jean.get(address))
    assert "Production" in page
    assert "reseau@hopital.fr" in page
    assert jeanne.get(address).status_code == 404
    assert jeanne.post(address, {"acte": "tag", "tag": "x"}).status_code == 404
    assert "Production" not in text_of(jeanne.get(PARK))
    stolen = {"produit": [str(park[0])], "acte": "untag", "tag": "Production"}
    assert jeanne.post(PARK, stolen).status_code == 422
    assert Tag.objects.get().products.count() == 1


def test_views_are_ones_own(sophie: Person, jean: Person, park: list[int]) -> None:
    """Saved, opened first, renamed, forgotten; a stranger's is unknown."""
    views = f"{PARK}vues/"
    answer = sophie.post(f"{views}?usage=SIGN&tri=not_after&x=1", {"name": "À signer"})
    assert answer["Location"] == f"{PARK}?usage=SIGN&tri=not_after"
    sophie.post(f"{views}?usage=AUTH_CLI", {"name": "Autre"})
    kept = SavedView.objects.get(name="À signer")
    sophie.post(f"{views}{kept.key}/ouvrir/", {"premiere": "oui"})
    assert sophie.get(PARK)["Location"] == "?usage=SIGN&tri=not_after"
    assert listed(sophie, tout="1") == park[::-1]
    assert sophie.post(f"{views}{kept.key}/renommer/", {"name": "Autre"}).status_code == 409
    assert sophie.post(f"{views}{kept.key}/renommer/", {"name": "Signatures"}).status_code == 302
    for act in ("renommer", "ouvrir", "supprimer"):
        assert jean.post(f"{views}{kept.key}/{act}/", {"name": "x"}).status_code == 404
        assert sophie.post(f"{views}{uuid4()}/{act}/", {"name": "x"}).status_code == 404
    assert "Signatures" not in text_of(jean.get(views))
    assert "Signatures" in text_of(sophie.get(views))
    sophie.post(f"{views}{kept.key}/supprimer/")
    assert [view.name for view in SavedView.objects.all()] == ["Autre"]


def test_exports_hold_what_is_listed_and_no_formula(sophie: Person, park: list[int]) -> None:
    """CSV, XLSX and ODS of the filtered list; each is told to the journal."""
    copy(Order.objects.order_by("pk")[0], 40, '=HYPERLINK("http://x")')
    asked = {"q": "hyperlink"}
    text = exported(sophie, "csv", asked).decode("utf-8-sig")
    assert text.count("\r\n") == 3
    assert '"\'=HYPERLINK(""http://x"")"' in text
    for ending, part in (("xlsx", "xl/worksheets/sheet1.xml"), ("ods", "content.xml")):
        tree = ET.fromstring(  # noqa: S314 our own file
            ZipFile(io.BytesIO(exported(sophie, ending, asked))).read(part)
        )
        assert not [e for e in tree.iter() if e.tag.endswith("}f") or "formula" in str(e.attrib)]
    assert sophie.get(f"{PARK}export.pdf").status_code == 404
    told = journal.entries_about(sophie.actor.ref)
    assert [e.facts["form"] for e in told if e.event == "products-exported"] == [
        "csv",
        "xlsx",
        "ods",
    ]


def exported(somebody: Person, ending: str, asked: dict[str, str]) -> bytes:
    answer: Any = somebody.get(f"{PARK}export.{ending}", **asked)
    assert answer.status_code == 200
    assert f'.{ending}"' in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


@pytest.mark.both_databases
def test_a_common_word_is_looked_for_in_the_rows_of_a_rare_one(
    sophie: Person, park: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's index is asked for the rarest word alone; what is found is the same."""
    rows = {"SERVICE": 1_000_000, "50003": 1, "50": 0}
    monkeypatch.setattr(searching, "_believed", lambda _table, word: rows[word])
    with CaptureQueriesContext(connection) as captured:
        assert listed(sophie, q="service 50003 50") == [park[2]]
    read = "".join(query["sql"] for query in captured)
    by_row = [word for word in rows if f"'{word}') > 0" in read]
    assert by_row == (["SERVICE", "50"] if connection.vendor == "postgresql" else [])


@pytest.mark.both_databases
def test_a_server_believes_by_its_statistics(sophie: Person, park: list[int]) -> None:
    """Words that are alike are all looked up, whatever they hold."""
    if connection.vendor == "postgresql":
        wanted = ("SERVICE", "100 %_")
        assert searching._rarest("orders_product", wanted) == list(wanted)
    assert listed(sophie, q="service 50003") == [park[2]]


@pytest.mark.both_databases
def test_words_are_found_after_every_change(sophie: Person, park: list[int]) -> None:
    """Rare words, pieces of words, wildcards taken as they are; the index follows the rows."""
    rare = copy(Order.objects.order_by("pk")[0], 40, "zygomatique 100%")
    assert listed(sophie, q="gomati") == [rare.number]
    assert listed(sophie, q="100%") == [rare.number]
    assert listed(sophie, q="AA:40") == [rare.number]
    assert listed(sophie, q="50 040") == [rare.number]
    assert listed(sophie, q="_ygomatique") == []
    Product.objects.filter(pk=rare.pk).update(search_text="REBAPTISE")
    assert listed(sophie, q="gomati") == []
    assert listed(sophie, q="baptis") == [rare.number]
    long = "ANTICONSTITUTIONNELLEMENT"
    Product.objects.filter(pk=rare.pk).update(search_text=f"{long} REBAPTISE")
    assert listed(sophie, q=long) == listed(sophie, q=f"{long[5:]} baptis") == [rare.number]
    assert listed(sophie, q=f"{long}S") == listed(sophie, q=f"{long[:20]}X baptis") == []
    rare.delete()
    assert listed(sophie, q="baptis") == []


def test_long_lists_are_counted_no_further_than_read(
    sophie: Person, park: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit the page says so, and the export still holds everything."""
    monkeypatch.setattr(paging, "FOUND_AT_MOST", 3)
    monkeypatch.setattr(paging, "HOLDING_AT_MOST", 2)
    for most, asked in ((3, {"usage": "AUTH_CLI"}), (2, {"usage": "AUTH_CLI", "q": "service"})):
        page = sophie.get(PARK, **asked)
        assert f"plus de {most}" in text_of(page)
        assert page.context["page"].paginator.count == most
    assert exported(sophie, "csv", {"usage": "AUTH_CLI"}).count(b"\r\n") == 6


def test_queries_of_a_page_do_not_grow(
    sophie: Person, park: list[int], django_assert_num_queries: Any
) -> None:
    """One product or four, narrowed or not: the same queries, and one for words on SQLite."""
    sophie.post(PARK, {"produit": list(map(str, park)), "acte": "tag", "tag": "x"})
    words = 1 if connection.vendor == "sqlite" else 0
    for asked in ({"q": "50001"}, {"q": "service"}, {"etiquette": "x"}, {"responsable": "sans"}):
        with django_assert_num_queries(QUERIES + (words if "q" in asked else 0)):
            sophie.get(PARK, **asked)
