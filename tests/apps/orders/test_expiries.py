"""What expires: the picture, the list, the calendar file and the links that follow it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from apps.orders.counter import HOSPITAL, LABORATORY, Person, Sign, csr_pem, text_of, withdrawn
from apps.orders.ends import DAY, ends_in, renew
from guichet.habilitations.models import Right
from guichet.orders import expiries
from guichet.orders.expiries import ExpiryFilters
from guichet.orders.models import CalendarLink, Order, Product

PAGE = "/produits/suivre/echeances/"
LINKS = f"{PAGE}abonnements/"


@pytest.fixture
def park(sophie: Person, sign: Sign) -> list[int]:
    """Three products of the hospital: in 20 days, in 100, in 500."""
    return [ends_in(withdrawn(sophie, sign), days) for days in (20, 100, 500)]


def copies(model: int, count: int, **changes: Any) -> None:
    """Many products like one, of orders like its own, ending a day after another."""
    product = Product.objects.select_related("order").get(number=model)
    fields = {f.attname: getattr(product.order, f.attname) for f in Order._meta.concrete_fields}
    orders = [
        Order(
            **{
                **fields,
                "id": None,
                "number": 900_000 + n,
                "certificate_id": 900_000 + n,
                "signing_request": f"00000000-0000-4000-8000-{n:012}",
                **changes,
            }
        )
        for n in range(count)
    ]
    Order.objects.bulk_create(orders)
    fields = {f.attname: getattr(product, f.attname) for f in Product._meta.concrete_fields}
    Product.objects.bulk_create(
        Product(
            **{
                **fields,
                "id": None,
                "order_id": order.pk,
                "number": order.number,
                "certificate_id": order.number,
                "not_after": product.not_after + timedelta(days=n % 300),
                **changes,
            }
        )
        for n, order in enumerate(Order.objects.filter(number__gte=900_000).order_by("number"))
    )


def names(calendar: bytes) -> list[str]:
    return [str(event["uid"]).split("@")[0] for event in Calendar.from_ical(calendar).events]


def test_the_page_counts_by_month_and_says_what_is_renewed(sophie: Person, park: list[int]) -> None:
    """Twelve months; a successor asked for counts as renewed; the list leads to the renewal."""
    page = sophie.get(PAGE)
    assert f"/produits/suivre/parc/{park[0]}/renouveler/" in text_of(page)
    order = renew(sophie, park[0], csr_pem())
    page = sophie.get(PAGE)
    months = page.context["found"].months
    assert len(months) == 12
    assert sum(m.total for m in months) == 2
    assert sum(m.to_renew for m in months) == 1
    assert [p.number for p in page.context["page"].object_list] == park[:2]
    text = text_of(page)
    assert "<svg" in text
    assert f"/produits/suivre/demandes/{order}/" in text
    assert "Pas encore ouvert" in text
    first = next(m.first for m in months if m.total)
    one = sophie.get(PAGE, mois=f"{first:%Y-%m}", structure=HOSPITAL, offre="ORG")
    assert [p.number for p in one.context["page"].object_list] == park[:1]


@pytest.mark.parametrize(
    "query",
    [
        {"mois": "2026-13", "structure": "x", "offre": "y", "page": "z"},
        {"mois": "\x00", "structure": "'" * 500, "page": "-1"},
        {"offre": "SERV"},
    ],
)
def test_odd_filters_and_nothing_to_show(
    sophie: Person, park: list[int], query: dict[str, str]
) -> None:
    """Never an error; a page without anything says what will happen."""
    page = sophie.get(PAGE, **query)
    assert page.status_code == 200
    assert ("Rien n’expire" in text_of(page)) == ("SERV" in query.values())


def test_others_ends_are_not_seen(
    sophie: Person, jeanne: Person, nobody: Person, park: list[int]
) -> None:
    """Neither on the page, nor in the file, nor by a link to another's structure."""
    assert jeanne.get(PAGE).context["found"].total == 0
    assert names(jeanne.get("/produits/suivre/echeances.ics").content) == []
    asked = jeanne.get("/produits/suivre/echeances.ics", structure=HOSPITAL)
    assert names(asked.content) == []
    assert jeanne.post(LINKS, {"structure": HOSPITAL}).status_code == 404
    sophie.post(LINKS)
    key = CalendarLink.objects.get().key
    assert jeanne.post(f"{LINKS}{key}/").status_code == 404
    assert CalendarLink.objects.get().ended_at is None
    assert "F413" in text_of(nobody.get(PAGE))


def test_many_products_cost_no_more_queries(
    sophie: Person, park: list[int], django_assert_num_queries: Any
) -> None:
    """A thousand products, two structures: counted by the database, listed by pages."""
    at = timezone.now()

    def ask() -> expiries.Expiries:
        return expiries.expiries(sophie.actor, ExpiryFilters(), at)

    with django_assert_num_queries(9):
        ask()
    copies(park[0], 1000)
    with django_assert_num_queries(9):
        found = ask()
    assert found.total == 1002
    assert len(found.page.object_list) == expiries.PAGE_SIZE
    assert [row.total for row in found.structures] == [1002]


def test_the_calendar_has_every_end_and_its_alarms(sophie: Person, park: list[int]) -> None:
    """Until somebody holds the successor; one product has its own file."""
    answer = sophie.get("/produits/suivre/echeances.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert names(answer.content) == [f"product-{number}" for number in park]
    event = Calendar.from_ical(answer.content).events[0]
    ends = timezone.localtime(Product.objects.get(number=park[0]).not_after).date()
    assert event["dtstart"].dt == ends
    assert f"/parc/{park[0]}/renouveler/" in event["url"]
    triggers = [alarm["trigger"].dt for alarm in event.alarms.times and event.walk("VALARM")]
    assert triggers == [timedelta(days=-days) for days in (90, 60, 30, 15, 7, 1)]
    one = sophie.get(f"/produits/suivre/parc/{park[1]}/echeance.ics")
    assert names(one.content) == [f"product-{park[1]}"]


def test_a_link_is_shown_once_followed_without_login_and_ended(
    sophie: Person, park: list[int]
) -> None:
    """What is kept of it is a digest; it shows what its maker may see now."""
    sophie.post(LINKS, {"structure": HOSPITAL})
    shown = sophie.get(PAGE)
    address = shown.context["made"]
    assert address in text_of(shown)
    assert sophie.get(PAGE).context["made"] is None
    assert address.split("/")[-2] not in repr(list(CalendarLink.objects.values()))
    path, program = "/" + address.split("/", 3)[3], Client()

    def read() -> Any:
        return program.get(path, secure=True)

    assert names(read().content) == [f"product-{number}" for number in park]
    Right.objects.filter(structure__national_id=HOSPITAL).update(suspended_at=timezone.now())
    assert names(read().content) == []
    Right.objects.update(suspended_at=None)
    key = CalendarLink.objects.get().key
    for _turn in range(2):
        assert sophie.post(f"{LINKS}{key}/").status_code == 302
    assert read().status_code == 404
    assert (
        program.get(path.replace("/calendriers/", "/calendriers/x"), secure=True).status_code == 404
    )


def test_old_links_end_when_there_are_many(sophie: Person) -> None:
    """Ten for one person."""
    for _turn in range(12):
        sophie.post(LINKS)
    assert CalendarLink.objects.filter(ended_at=None).count() == 10
    assert LABORATORY not in text_of(sophie.get(PAGE))


def test_ends_move_out_once_replaced(sophie: Person, park: list[int], sign: Sign) -> None:
    """A revoked one, one that is over: neither page nor calendar speaks of it."""
    Product.objects.filter(number=park[0]).update(not_after=F("not_after") - 30 * DAY)
    Product.objects.filter(number=park[1]).update(revoked_at=timezone.now())
    assert names(sophie.get("/produits/suivre/echeances.ics").content) == [f"product-{park[2]}"]
    assert sophie.get(PAGE).context["found"].total == 0
