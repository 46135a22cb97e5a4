"""The demo's mailbox pages: everything readable in the demo, nothing elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client

from guichet.identities import operations as identities
from guichet.identities.models import Account
from guichet.identities.sessions import BACKEND
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
    assert "Votre demande n° 1" in read
    assert "sophie@hopital.test" in read
    assert "<b>gras" not in read


def test_english_pages_are_english(client: Client, mail: Callable[..., Mail]) -> None:
    key = enqueue(mail=mail(), at=AT)
    read = client.get(f"/courriers/{key}/", secure=True).content.decode()
    assert "24 novembre 2026 à 10\u00a0h\u00a000" in read
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Recipients" in client.get("/courriers/", secure=True).content.decode()
    read = client.get(f"/courriers/{key}/", secure=True).content.decode()
    assert "24 November 2026, 10:00" in read


def test_a_subject_is_in_the_language_of_its_mail(
    client: Client, mail: Callable[..., Mail]
) -> None:
    """WCAG 3.1.2: read aloud as French on an English page."""
    key = enqueue(mail=mail(), at=AT)
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    listed = client.get("/courriers/", secure=True).content.decode()
    read = client.get(f"/courriers/{key}/", secure=True).content.decode()
    assert f'href="/courriers/{key}/" lang="fr"' in listed
    assert '<h1 lang="fr">' in read
    assert '<div class="prose" lang="fr">' in read


@pytest.mark.parametrize("query", ["?page=0", "?page=99", "?page=x", "?page=%00"])
def test_odd_page_numbers_give_a_page(
    client: Client, mail: Callable[..., Mail], query: str
) -> None:
    enqueue(mail=mail(), at=AT)
    assert client.get(f"/courriers/{query}", secure=True).status_code == 200


def test_an_unknown_mail_is_not_found(client: Client) -> None:
    assert client.get(f"/courriers/{uuid4()}/", secure=True).status_code == 404


@pytest.mark.parametrize(
    "origin",
    [{"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": ""}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}],
    ids=["the network", "a proxy's socket", "a proxy"],
)
def test_others_than_this_machine_log_in_first(
    client: Client, mail: Callable[..., Mail], origin: dict[str, str]
) -> None:
    """A demo that listens to the network does not show everybody's e-mails to passers-by."""
    key = enqueue(mail=mail(), at=AT)
    for path in ("/courriers/", f"/courriers/{key}/"):
        answer = client.get(path, secure=True, **origin)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/connexion/?next=%2Fcourriers%2F")
    asked = identities.AccountAsked(
        display_name="PAUL RIEN", email="paul@rien.fr", national_id=None, roles=()
    )
    pk = identities.register_account(asked=asked, by="test", at=AT)
    client.force_login(Account.objects.get(pk=pk), backend=BACKEND)
    assert client.get(f"/courriers/{key}/", secure=True, **origin).status_code == 200


def test_nothing_is_served_outside_the_demo(
    client: Client, mail: Callable[..., Mail], settings: Any
) -> None:
    """Everybody's e-mails: a real portal must never show them."""
    key = enqueue(mail=mail(), at=AT)
    settings.GUICHET = replace(django_settings.GUICHET, demo=False)
    for path in ("/courriers/", f"/courriers/{key}/"):
        assert client.get(path, secure=True).status_code == 404
