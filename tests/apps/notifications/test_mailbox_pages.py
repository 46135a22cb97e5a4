"""The demo's mailbox pages: everything readable in the demo, nothing elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client

from guichet.notifications.mails import Mail
from guichet.notifications.operations import enqueue

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_an_empty_mailbox_says_so(client: Client) -> None:
    page = client.get("/courriers/", secure=True)
    assert page.status_code == 200
    assert "Aucun courrier" in page.content.decode()


def test_a_mail_is_listed_and_read(client: Client, mail: Callable[..., Mail]) -> None:
    key = enqueue(mail=mail(context={"number": 1, "service": "<b>gras</b>"}), at=AT)
    listed = client.get("/courriers/", secure=True).content.decode()
    assert f"/courriers/{key}/" in listed
    read = client.get(f"/courriers/{key}/", secure=True).content.decode()
    assert "Votre demande n° 1" in read
    assert "sophie@hopital.test" in read
    assert "<b>gras" not in read


def test_english_pages_are_english(client: Client, mail: Callable[..., Mail]) -> None:
    enqueue(mail=mail(), at=AT)
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Recipients" in client.get("/courriers/", secure=True).content.decode()


@pytest.mark.parametrize("query", ["?page=0", "?page=99", "?page=x", "?page=%00"])
def test_odd_page_numbers_give_a_page(
    client: Client, mail: Callable[..., Mail], query: str
) -> None:
    enqueue(mail=mail(), at=AT)
    assert client.get(f"/courriers/{query}", secure=True).status_code == 200


def test_an_unknown_mail_is_not_found(client: Client) -> None:
    assert client.get(f"/courriers/{uuid4()}/", secure=True).status_code == 404


def test_nothing_is_served_outside_the_demo(
    client: Client, mail: Callable[..., Mail], settings: Any
) -> None:
    """Everybody's e-mails: a real portal must never show them."""
    key = enqueue(mail=mail(), at=AT)
    settings.GUICHET = replace(django_settings.GUICHET, demo=False)
    for path in ("/courriers/", f"/courriers/{key}/"):
        assert client.get(path, secure=True).status_code == 404
