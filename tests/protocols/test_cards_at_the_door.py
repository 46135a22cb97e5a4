"""Login by card over real TLS: the demo's good card, and those that are refused at the door."""

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from kit.stack import Stack
from protocols.products import Product, curl

BINDING = "ab" * 32
REFUSED = [
    ("perimee", "card-expired", "Carte expirée"),
    ("revoquee", "card-revoked", "Carte révoquée"),
    ("inconnue", "card-unknown", "Carte inconnue du guichet"),
]
Entry = tuple[str, str, str, str]
Journal = Callable[[], list[Entry]]


@pytest.fixture
def journal(stack: Stack) -> Journal:
    """What was told since the test began: event, subject, actor, facts."""
    database = f"file:{stack.state / 'guichet.db'}?mode=ro"

    def rows(after: int) -> list[tuple[int, str, str, str, str]]:
        opened = sqlite3.connect(database, uri=True)
        try:
            return opened.execute(
                "SELECT seq, event, subject, actor, facts FROM journal_entry WHERE seq > ?"
                " ORDER BY seq",
                [after],
            ).fetchall()
        finally:
            opened.close()

    began = max((row[0] for row in rows(0)), default=0)
    return lambda: [(row[1], row[2], row[3], row[4]) for row in rows(began)]


def card(stack: Stack, name: str) -> tuple[str | Path, ...]:
    """curl's options for a card of the demo."""
    folder = stack.state / "demo" / "cards"
    return ("--cert", folder / f"{name}.crt", "--key", folder / f"{name}.key")


def number_of(stack: Stack, name: str) -> str:
    """As identities.json tells it."""
    told = json.loads((stack.state / "demo" / "identities.json").read_text())
    (found,) = (c["card_number"] for c in told["refused_cards"] if c["file"] == name)
    return str(found)


def plain(page: str) -> str:
    return page.replace("\u202f", " ").replace("&#x27;", "'")


@pytest.mark.parametrize(("name", "code", "title"), REFUSED)
def test_a_refused_card_gets_a_page(
    stack: Stack, journal: Journal, name: str, code: str, title: str
) -> None:
    """403: a page that says why and what to do, no ticket; and the journal knows the card."""
    address = f"{stack.card_url}/carte/connexion?demande={BINDING}"
    status, page = curl(
        stack, *card(stack, name), "-H", "Accept: text/html", "-H", "Accept-Language: fr", address
    )
    assert status == 403
    assert title in plain(page)
    assert re.search(r'<html lang="fr"', page)
    assert "code=" not in page
    (entry,) = [found for found in journal() if found[0] == "card-refused"]
    assert entry[1:3] == (f"card:{number_of(stack, name)}", "anonymous")
    assert f'"why": "{code}"' in entry[3]
    assert re.search(r'"sha256": "[0-9a-f]{64}"', entry[3])


@pytest.mark.parametrize(("name", "code", "title"), REFUSED)
def test_a_refused_card_gets_a_problem_from_the_api(
    stack: Stack, name: str, code: str, title: str
) -> None:
    """403, by the same code, for scripts."""
    status, body = curl(stack, *card(stack, name), f"{stack.card_url}/api/v1/structures")
    assert status == 403
    assert f'"code": "{code}"' in body


def test_a_software_certificate_is_not_a_card(
    stack: Stack, client_product: Product, journal: Journal
) -> None:
    """401, told apart from a stranger's: it is ours, and no machine account's."""
    identity = ("--cert", client_product.certificate, "--key", client_product.key)
    status, body = curl(stack, *identity, f"{stack.card_url}/api/v1/structures")
    assert status == 401
    assert '"code": "client-certificate-unbound"' in body
    assert [found[1] for found in journal() if found[0] == "card-refused"] == ["card:unreadable"]


class Browser:
    """curl with cookies, which follows no redirection by itself."""

    def __init__(self, stack: Stack, jar: Path) -> None:
        self._stack, self._jar = stack, jar

    def goes_to(self, address: str, *options: str | Path) -> tuple[int, str]:
        """Status, and where it is sent."""
        status, headers = curl(
            self._stack, "-D", "-", "-o", "/dev/null", "-b", self._jar, "-c", self._jar,
            *options, address,
        )  # fmt: skip
        found = re.search(r"^location: (\S+)", headers, re.MULTILINE | re.IGNORECASE)
        return status, found[1] if found else ""


def test_a_good_card_opens_a_session_once(stack: Stack, journal: Journal, tmp_path: Path) -> None:
    """The portal asks for no certificate; the card port gives a code that works here, once."""
    browser = Browser(stack, tmp_path / "jar")
    status, door = browser.goes_to(f"{stack.portal_url}/connexion/carte/")
    assert (status, door.startswith(f"{stack.card_url}/carte/connexion?demande=")) == (302, True)
    status, back = browser.goes_to(door, *card(stack, "sophie"))
    assert (status, urlsplit(back).path) == (302, "/connexion/carte/retour")
    assert len(parse_qs(urlsplit(back).query)["code"][0]) > 40
    stranger = Browser(stack, tmp_path / "stranger")
    stranger.goes_to(f"{stack.portal_url}/connexion/carte/")
    status, home = browser.goes_to(back)
    assert status == 302
    assert browser.goes_to(f"{stack.portal_url}{home}")[0] == 200
    status, _ = browser.goes_to(f"{stack.portal_url}/produits/suivre/")
    assert status == 200
    assert stranger.goes_to(back)[0] == 403
    assert browser.goes_to(back)[0] == 403
    told = [(event, facts) for event, _, _, facts in journal()]
    assert ("logged-in", '{"by": "card"}') in told
    assert [event for event, _ in told].count("login-refused") == 2


def test_a_code_is_worth_nothing_in_another_session(stack: Stack, tmp_path: Path) -> None:
    """403: somebody read it over the shoulder; trying burns it."""
    browser, stranger = Browser(stack, tmp_path / "jar"), Browser(stack, tmp_path / "stranger")
    _, door = browser.goes_to(f"{stack.portal_url}/connexion/carte/")
    _, back = browser.goes_to(door, *card(stack, "sophie"))
    stranger.goes_to(f"{stack.portal_url}/connexion/carte/")
    assert stranger.goes_to(back)[0] == 403
    assert browser.goes_to(back)[0] == 403


@pytest.mark.parametrize("binding", ["", "ab", "zz" * 32, "AB" * 32, "ab" * 33])
def test_a_login_that_the_portal_did_not_begin(stack: Stack, binding: str) -> None:
    """400, even with a good card."""
    address = f"{stack.card_url}/carte/connexion?demande={binding}"
    assert curl(stack, *card(stack, "sophie"), address)[0] == 400
