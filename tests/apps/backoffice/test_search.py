"""One field: identifiers go straight there, words find, each sees what is theirs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.orders.counter import HOSPITAL, Person, Sign, text_of, withdrawn
from guichet.authority.models import Certificate
from guichet.backoffice import operations
from guichet.journal import queries as journal
from guichet.journal.events import Event
from guichet.orders.models import Product

Staff = Callable[[str], Person]
SEARCH = "/gestion/recherche/"


def spaced(digits: str, mark: str) -> str:
    """Pairs of digits as browsers and tools write a fingerprint."""
    return mark.join(digits[n : n + 2] for n in range(0, len(digits), 2)).upper()


def _looked_up(person: Person) -> list[Any]:
    found = journal.entries_about(person.actor.ref)
    return [entry for entry in found if entry.event == Event.PEOPLE_LOOKED_UP.value]


def _kinds(answer: Any) -> set[str]:
    return {group.title for group in answer.context["found"].groups}


def test_identifiers_lead_straight_there(staff: Staff, sophie: Person, sign: Sign) -> None:
    """By number, serial, fingerprint, card, structure: the page of the one thing that has it."""
    number = withdrawn(sophie, sign)
    operator = staff("operator")
    product = Product.objects.get(number=number)
    certificate = Certificate.objects.get(pk=product.certificate_id)
    serial = product.serial_hex.replace(":", "")
    for text, target in (
        (str(product.order.number), f"demandes/{product.order.number}"),
        (f" {product.serial_hex.lower()} ", f"certificats/{serial}"),
        (certificate.spki_sha256, f"certificats/{serial}"),
        (certificate.sha256.upper(), f"certificats/{serial}"),
        (f"\u200e{spaced(certificate.sha1, ' ')}", f"certificats/{serial}"),
        (sophie.actor.card_number, f"personnes/{sophie.account.public_id}"),
        (HOSPITAL, f"structures/{HOSPITAL}"),
    ):
        answer = operator.get(SEARCH, q=text)
        targets = [hit.href for hit in answer.context["found"].named] if answer.context else []
        assert f"/gestion/fiches/{target}/" in (answer.headers.get("Location"), *targets), text
        assert operator.get(f"/gestion/fiches/{target}/").status_code == 200


def test_words_find_by_kind_what_each_may_see(staff: Staff, sophie: Person, sign: Sign) -> None:
    """People are found by those who may see people; looking them up is told once an hour."""
    withdrawn(sophie, sign)
    operator, instructor = staff("operator"), staff("instructor")
    for text, kinds in (
        ("hopital dames", {"Structures"}),
        ("monserviceclient", {"Produits", "Demandes"}),
        ("sophie", {"Personnes"}),
    ):
        assert _kinds(operator.get(SEARCH, q=text)) >= kinds, text
        assert _kinds(instructor.get(SEARCH, q=text)) >= kinds - {"Personnes"}, text
        assert "Personnes" not in _kinds(instructor.get(SEARCH, q=text))
    person = f"/gestion/fiches/personnes/{sophie.account.public_id}/"
    assert instructor.get(person).status_code == 403
    assert len(_looked_up(operator)) == 1
    assert _looked_up(instructor) == []
    later = timezone.now() + timedelta(hours=2)
    operations.note_look_up(by=operator.actor, kind="search", at=later)
    assert len(_looked_up(operator)) == 2


@pytest.mark.parametrize(
    "text", ["", "  ", "%", "_a", "é", "9" * 40, "A" * 3000, "\x00abc", "f" * 63]
)
def test_no_text_makes_a_fault(text: str, staff: Staff) -> None:
    """What finds nothing says so, or asks for more."""
    answer = staff("operator").get(SEARCH, q=text)
    assert answer.status_code == 200
    if text.strip():
        assert "Rien ne porte ce nom" in text_of(answer)


@pytest.mark.parametrize(
    "sheet", ["demandes/9", "produits/x", "certificats/zz", "structures/1", "personnes/1", "rien/1"]
)
def test_a_sheet_of_nothing_is_not_found(sheet: str, staff: Staff) -> None:
    """No name makes a fault."""
    assert staff("operator").get(f"/gestion/fiches/{sheet}/").status_code == 404


def test_an_auditor_reads_the_journal_there(staff: Staff, sophie: Person, sign: Sign) -> None:
    """By subject, and on the sheet of what it tells of."""
    number = withdrawn(sophie, sign)
    auditor, operator = staff("auditor"), staff("operator")
    sheet, subject = f"/gestion/fiches/produits/{number}/", f"product:{number}"
    assert "order-placed" in text_of(auditor.get(sheet))
    assert auditor.get(SEARCH, q=subject).headers["Location"].endswith(f"{subject}/")
    assert "order-placed" not in text_of(operator.get(sheet))
    assert operator.get(f"/gestion/fiches/journal/{subject}/").status_code == 403
