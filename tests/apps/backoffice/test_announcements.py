"""Announcements: above the pages of whom they concern, closed for a session, told to programs."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from apps.orders.counter import Person, text_of
from guichet.backoffice.announcements import BOARD

BASE = "/gestion/textes/annonces/"
TYPED = {
    "level": "maintenance",
    "audience": "everybody",
    "scope": "all",
    "title_fr": "Arrêt samedi",
    "title_en": "Closed on Saturday",
    "text_fr": "De 8 h à 10 h.",
    "text_en": "From 8 to 10.",
    "ends_at": "",
    "acte": "garder",
}


@pytest.fixture(autouse=True)
def _asked_for() -> Iterator[None]:
    BOARD.keep((), 0.0)
    yield
    BOARD.keep((), 0.0)


def announce(writer: Person, **changes: str) -> Any:
    began = timezone.localtime() - timedelta(minutes=5)
    typed = {**TYPED, "starts_at": began.strftime("%Y-%m-%dT%H:%M"), **changes}
    answer = writer.post(f"{BASE}nouvelle/", typed)
    BOARD.keep((), 0.0)
    return answer


def seen(client: Client, address: str = "/") -> str:
    BOARD.keep((), 0.0)
    return text_of(client.get(address, secure=True))  # type: ignore[arg-type]


def test_from_the_editor_to_everybody(staff: Callable[[str], Person], client: Client) -> None:
    operator = staff("operator")
    assert "Aucune annonce" in text_of(operator.get(BASE))
    assert "Aucune annonce" in seen(client, "/annonces/")
    preview = announce(operator, acte="apercu")
    assert "Closed on Saturday" in text_of(preview)
    assert "Arrêt samedi" not in seen(client)
    yesterday = (timezone.localtime() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert announce(operator, ends_at=yesterday).status_code == 422
    assert announce(operator)["Location"] == BASE
    assert "De 8 h à 10 h." in seen(client)
    assert "Closed on Saturday" in client.get("/annonces.json").content.decode()
    assert "<title>Arrêt samedi</title>" in seen(client, "/annonces.atom")
    told = client.get("/api/v1/orders", secure=True)["Guichet-Announcement"]
    assert told.startswith('maintenance; see="/annonces/#annonce-')
    number = client.get("/annonces.json").json()["announcements"][0]["number"]
    close = f"/annonces/{number}/fermer/"
    assert client.post(close, {"next": "/aide/"}, secure=True)["Location"] == "/aide/"
    assert "Arrêt samedi" not in seen(client)
    assert "Arrêt samedi" in seen(client, "/annonces/")
    changed = {**TYPED, "title_fr": "Arrêt dimanche", "starts_at": yesterday}
    assert operator.post(f"{BASE}{number}/", changed)["Location"] == BASE
    assert "Arrêt dimanche" in seen(client)
    assert operator.post(f"{BASE}{number}/retirer/")["Location"] == BASE
    assert "Arrêt dimanche" not in seen(client)
    assert operator.post(f"{BASE}{number}/", changed).status_code == 409


def test_what_another_page_changed_is_not_lost(staff: Callable[[str], Person]) -> None:
    """REFUSED once, also after a look at it; sent again knowingly, it takes the other's place."""
    first, second = staff("operator"), staff("supervisor")
    announce(first)
    page = BASE + re.findall(rf"{BASE}(\d+)/", text_of(first.get(BASE)))[0] + "/"
    typed = {**TYPED, "starts_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M")}
    sent = {**typed, "title_fr": "Premier", "seen": read(first.get(page))}
    assert second.post(page, {**typed, "title_fr": "Second", "seen": "1"})["Location"] == BASE
    looked_at = first.post(page, {**sent, "acte": "apercu"})
    wrong = first.post(page, {**sent, "title_en": "", "seen": read(looked_at)})
    refused = first.post(page, {**sent, "seen": read(wrong)})
    assert refused.status_code == 409
    told = refused.context["form"].non_field_errors().as_data()  # type: ignore[attr-defined]
    assert [error.code for error in told] == ["announcement-changed"]
    assert "Second" in text_of(first.get(BASE))
    assert first.post(page, {**sent, "seen": read(refused)})["Location"] == BASE
    assert "Second" not in text_of(first.get(BASE))


def read(page: HttpResponse) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "1899-12-31T23:00", "9999-12-31T23:59"])
def test_no_announcement_of_another_age(staff: Callable[[str], Person], moment: str) -> None:
    """REFUSED, whatever time zones make of it."""
    for name in ("starts_at", "ends_at"):
        answer = announce(staff("operator"), **{name: moment})
        assert answer.status_code == 422
        assert answer.context["form"].errors[name]


@pytest.mark.parametrize(
    "case",
    [
        ("logged-in", "all", "/", False, True),
        ("administrators", "products", "/produits/suivre/", False, True),
        ("everybody", "products", "/", False, False),
        ("staff", "all", "/", False, False),
        ("everybody", "api", "/", False, False),
    ],
)
def test_whom_and_where(
    staff: Callable[[str], Person], sophie: Person, client: Client, case: tuple[Any, ...]
) -> None:
    audience, scope, address, by_visitor, by_sophie = case
    announce(staff("operator"), audience=audience, scope=scope)
    assert ("Arrêt samedi" in seen(client, address)) is by_visitor
    assert ("Arrêt samedi" in seen(sophie.browser, address)) is by_sophie
    assert sophie.get(BASE).status_code == 403


@pytest.mark.django_db
def test_a_page_asks_once_in_a_while(client: Client, django_assert_num_queries: Any) -> None:
    seen(client, "/aide/")
    BOARD.keep((), 0.0)
    with django_assert_num_queries(1):
        client.get("/aide/", secure=True)
    with django_assert_num_queries(0):
        client.get("/aide/", secure=True)
