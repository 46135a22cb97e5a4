"""What waits to leave is told in words: no subject of the journal is left as programs write it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import translation

from apps.orders.counter import Person, Sign, text_of, withdrawn
from guichet.backoffice.templatetags.backoffice import called

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("order:101180", "Demande 101180"),
        ("dossier:9073114", "Dossier 9073114"),
        ("product:50001", "Produit 50001"),
        ("incident:2", "Incident 2"),
        ("order:", "order:"),
        ("order:12a", "order:12a"),
        ("account:1", "account:1"),
        ("mail-text:orders/mail/taken.fr", "mail-text:orders/mail/taken.fr"),
    ],
)
def test_what_has_a_number_is_called_by_it(subject: str, words: str) -> None:
    """What has none keeps its name, which the journal can be searched by."""
    assert called(subject) == words


def test_a_subject_is_called_in_the_reader_s_language() -> None:
    with translation.override("en"):
        assert called("order:101180") == "Order 101180"


def test_mails_that_wait_name_their_order(
    staff: Callable[[str], Person], sophie: Person, sign: Sign
) -> None:
    withdrawn(sophie, sign)
    page = text_of(staff("operator").get("/gestion/files/"))
    assert "Demande 101180" in page
    assert "order:" not in page
