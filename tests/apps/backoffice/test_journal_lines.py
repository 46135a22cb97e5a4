"""The journal is read in words by the staff, its codes beside them, and leads to its subjects."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import translation

from apps.orders.counter import Person, Sign, text_of, withdrawn
from guichet.backoffice.event_words import EVENTS
from guichet.backoffice.journal_lines import named
from guichet.journal.events import Event

pytestmark = pytest.mark.django_db
Staff = Callable[[str], Person]


def test_every_event_has_its_words() -> None:
    """In both languages, and no two events are told alike."""
    assert {event.value for event in Event} == {str(event) for event in EVENTS}
    told = {}
    for language in ("fr", "en"):
        with translation.override(language):
            told[language] = [str(words) for words in EVENTS.values()]
        assert len(set(told[language])) == len(EVENTS)
    assert not set(told["fr"]) & set(told["en"])


@pytest.mark.parametrize(
    ("ref", "words", "href"),
    [
        ("order:101180", "Demande 101180", "/gestion/fiches/demandes/101180/"),
        ("product:7", "Produit 7", "/gestion/fiches/produits/7/"),
        ("structure:10B0135356", "Structure 10B0135356", "/gestion/fiches/structures/10B0135356/"),
        ("certificate:1D:5D", "Certificat 1D:5D", "/gestion/fiches/certificats/1D5D/"),
        ("signing:12", "Demande de signature 12", ""),
        ("clerk", "Le greffier", ""),
        ("mail-text:orders/mail/taken.fr", "mail-text:orders/mail/taken.fr", ""),
        ("order:", "order:", ""),
    ],
)
def test_subjects_are_named_and_lead_to_their_page(
    ref: str, words: str, href: str, staff: Staff
) -> None:
    found = named(ref, staff("auditor").actor)
    assert (found.ref, found.words, found.href) == (ref, words, href)


def test_no_link_leads_where_its_reader_may_not_go(sophie: Person) -> None:
    found = named("order:101180", sophie.actor)
    assert (found.words, found.href) == ("Demande 101180", "")


def test_the_sheet_tells_the_journal_in_words(staff: Staff, sophie: Person, sign: Sign) -> None:
    number = withdrawn(sophie, sign)
    auditor = staff("auditor")
    answer = auditor.get(f"/gestion/fiches/produits/{number}/")
    assert "Demande envoyée <small><code>order-placed</code></small>" in text_of(answer)
    links = set(re.findall(r'<td[^>]*><a href="(/gestion/fiches/[^"]+)"', answer.text))
    assert {link.split("/")[3] for link in links} >= {"demandes"}
    for href in links:
        assert auditor.get(href).status_code == 200
