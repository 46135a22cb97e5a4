"""People without a card: their browsers, their mailboxes, what they type."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from guichet.identities import operations
from guichet.identities.actors import Actor
from guichet.identities.models import Account
from guichet.journal import queries as journal
from guichet.notifications import queries as notifications
from guichet.notifications.queries import WrittenMail

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
EMAIL = "julien.pilou@laboratoire.test"
PASSWORD = "agrafe pluie tabouret"
OTHER_PASSWORD = "lanterne galet orange"
SIGN_UP = {
    "given_names": "Julien",
    "surname": "Pilou",
    "email": EMAIL,
    "password": PASSWORD,
    "password_again": PASSWORD,
}
LINK = re.compile(r"https://[^\s/]+(/connexion/\S+\?lien=\S+)")
VARYING = re.compile(r'value="[A-Za-z0-9]{64}"|<code>[^<]*</code>')


class Visitor:
    """Somebody's browser on the portal, from one place of the network."""

    def __init__(self, place: str = "192.0.2.1", **options: Any) -> None:
        self.client = Client(REMOTE_ADDR=place, HTTP_HOST="localhost", **options)

    def get(self, address: str, **query: Any) -> HttpResponse:
        return self.client.get(address, query, secure=True)  # type: ignore[return-value]

    def post(self, address: str, **data: Any) -> HttpResponse:
        return self.client.post(address, data, secure=True)  # type: ignore[return-value]

    def follow(self, answer: HttpResponse) -> HttpResponse:
        return self.get(answer["Location"])

    @property
    def actor(self) -> Actor | None:
        """Who this browser is, asked of the server."""
        answer = self.client.get("/aide/", secure=True)
        return answer.wsgi_request.actor  # type: ignore[no-any-return]

    def signs_up(self, **changes: str) -> HttpResponse:
        answer = self.post("/connexion/inscription/", **{**SIGN_UP, **changes})
        assert answer.status_code == 302, text_of(answer)
        return self.follow(answer)

    def logs_in(self, email: str = EMAIL, password: str = PASSWORD) -> HttpResponse:
        return self.post("/connexion/mot-de-passe/", email=email, password=password)


def local_account(email: str = EMAIL, *roles: str, password: str = PASSWORD) -> Account:
    """A confirmed local account."""
    asked = operations.SignUpAsked(
        email=email, password=password, given_names="Julien", surname="Pilou"
    )
    operations.sign_up(asked=asked, nonce="n", at=EPOCH)
    account = Account.objects.get(login_email=email.casefold())
    account.email_verified_at, account.roles = EPOCH, list(roles)
    account.save()
    return account


def text_of(answer: HttpResponse) -> str:
    """The page as text, typographic spaces made plain."""
    return (
        answer.content.decode().replace("<wbr>", "").replace("\u202f", " ").replace("&#x27;", "'")
    )


def same_for_all(answer: HttpResponse) -> tuple[int, str, str]:
    """An answer without what differs from one request to the next."""
    return answer.status_code, answer.get("Location", ""), VARYING.sub("", text_of(answer))


def mails_to(address: str) -> list[WrittenMail]:
    """What was written to an address, the newest first."""
    return [mail for mail in notifications.page(None).object_list if address in mail.to]


def link_in(mail: WrittenMail) -> str:
    """The path and query of the link that a mail holds."""
    found = LINK.search(mail.text)
    assert found, mail.text
    address = urlsplit(found[1])
    return f"{address.path}?{address.query}"


def token_of(link: str) -> str:
    return link.partition("lien=")[2]


def events_of(account: Account) -> list[str]:
    return [entry.event for entry in journal.entries_about(str(account))]


def now() -> datetime:
    return timezone.now()
