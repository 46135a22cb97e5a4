"""Wrong moments at the counter: jumped, twice, too late, given up."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from apps.orders.counter import (
    CODE,
    HOSPITAL,
    INFORMATION,
    WITHDRAWAL,
    Person,
    Sign,
    csr_pem,
    everything_stored,
    text_of,
    withdrawn,
)
from guichet.identities.sessions import BACKEND
from guichet.journal import queries as journal
from guichet.orders import operations
from guichet.orders.models import Order, OrderDraft, Product
from guichet.orders.views import revoking


def test_a_step_cannot_be_jumped(sophie: Person) -> None:
    """An address further than the draft leads back to what is missing."""
    base = sophie.draft()
    assert sophie.get(base + "4/")["Location"] == base + "1/"
    assert sophie.post(base + "4/", {"csr_text": csr_pem()})["Location"] == base + "1/"
    assert sophie.get(base + "fin/")["Location"] == base + "1/"


def test_pressed_twice_gives_one_order(sophie: Person, authorities: object) -> None:
    """The same last step sent twice: the same order; the back button leads to the final page."""
    base = sophie.to_step_4()
    csr = csr_pem()
    first = sophie.post(base + "4/", {"csr_text": csr})
    second = sophie.post(base + "4/", {"csr_text": csr})
    assert first["Location"] == second["Location"] == base + "fin/"
    assert Order.objects.count() == 1
    for step in "1234":
        assert sophie.get(f"{base}{step}/")["Location"] == base + "fin/"


def test_a_page_orders_what_it_showed(sophie: Person, authorities: object) -> None:
    """REFUSED: another page changed the draft. This one is shown again, as the draft is now."""
    base = sophie.to_step_4()
    sent = {"csr_text": csr_pem(), "seen": seen(sophie.get(base + "4/"))}
    sophie.post(base + "3/", {**INFORMATION, "service": "Un autre service"})
    answer = sophie.post(base + "4/", sent)
    assert answer.status_code == 409
    told = answer.context["form"].non_field_errors().as_data()  # type: ignore[attr-defined]
    assert [error.code for error in told] == ["draft-changed"]
    assert not Order.objects.exists()
    again = sophie.post(base + "4/", {**sent, "seen": seen(answer)})
    assert again["Location"] == base + "fin/"
    assert Order.objects.get().service == "Un autre service"


def seen(page: HttpResponse) -> str:
    """What step 4 sends back of what it shows."""
    found = re.search(r'name="seen" value="(\w+)"', page.content.decode())
    assert found
    return found[1]


def test_every_other_button_pressed_twice(sophie: Person, sign: Sign) -> None:
    """Withdrawal, cancellation, revocation and new draft: done once, and no error."""
    assert sophie.draft() == sophie.draft()
    number = sophie.orders()
    sign()
    places = [
        sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)["Location"].split("?")[0]
        for _turn in range(2)
    ]
    assert places[0] == places[1]
    product = Product.objects.get().number
    address = f"/produits/revoquer/{product}/confirmer/?motif=superseded"
    done = [sophie.post(address, {"confirmed": "on"})["Location"] for _turn in range(2)]
    assert done[0] == done[1]
    given_up = sophie.orders()
    sign()
    for _turn in range(2):
        answer = sophie.post(f"/produits/suivre/demandes/{given_up}/annuler/")
        assert answer["Location"] == f"/produits/suivre/demandes/{given_up}/"


def test_cancelling_an_available_order_revokes_its_certificate(sophie: Person, sign: Sign) -> None:
    """A certificate that nobody will withdraw must not stay good."""
    number = sophie.orders()
    sign()
    sophie.post(f"/produits/suivre/demandes/{number}/annuler/")
    events = [entry.event for entry in journal.recent()]
    assert "certificate-revoked" in events
    assert "order-cancelled" in events


def test_expired_session_in_step_3_loses_nothing_typed(sophie: Person) -> None:
    """The form sent too late waits in the new session and comes back after login."""
    base = sophie.draft()
    sophie.post(base + "1/", {"offer": "ORG", "structure_id": HOSPITAL})
    sophie.post(base + "2/")
    sophie.browser.cookies.clear()
    answer = sophie.post(base + "3/", {**INFORMATION, "service": "Service tapé trop tard"})
    assert answer.status_code == 302
    assert "/connexion/" in answer["Location"]
    sophie.browser.force_login(sophie.account, backend=BACKEND)
    form = sophie.get(base + "3/").context["form"]
    assert form["service"].value() == "Service tapé trop tard"
    assert form["informed_email"].value() == INFORMATION["informed_email"]
    assert form["usage"].value() == "AUTH_CLI"


def test_expired_session_in_step_4_keeps_the_request(sophie: Person, authorities: object) -> None:
    """A request file sent too late comes back as text; a private key never."""
    base = sophie.to_step_4()
    csr = csr_pem()
    sophie.browser.cookies.clear()
    sophie.post(base + "4/", {"csr_file": SimpleUploadedFile("a.csr", csr.encode())})
    sophie.browser.force_login(sophie.account, backend=BACKEND)
    assert sophie.get(base + "4/").context["form"]["csr_text"].value().strip() == csr.strip()


def test_wrong_withdrawals(sophie: Person, sign: Sign) -> None:
    """Codes that differ or are too simple, terms not accepted: said, and nothing is withdrawn."""
    number = sophie.orders()
    address = f"/produits/retirer/{number}/"
    assert "en cours de création" in text_of(sophie.get(address))
    sign()
    for change in (
        {"code_again": "autre chose"},
        {"code": "court", "code_again": "court"},
        {"code": "aaaaaaaaa", "code_again": "aaaaaaaaa"},
        {"terms": ""},
        {"policy": ""},
    ):
        answer = sophie.post(address, WITHDRAWAL | change)
        assert answer.status_code == 422, change
    assert Product.objects.count() == 0


def test_revocation_codes_are_hashed_counted_and_locked(sophie: Person, sign: Sign) -> None:
    """Five wrong codes: the right one is refused too, for fifteen minutes, in the same words."""
    product = withdrawn(sophie, sign)
    assert CODE not in everything_stored()
    visitor = Client()
    wrong = {"which": str(product), "code": "pas le bon", "motif": "theft", "confirmed": "on"}
    pages = [visitor.post("/produits/revoquer/code/", wrong, secure=True) for _turn in range(5)]
    right = wrong | {"code": CODE}
    pages.append(visitor.post("/produits/revoquer/code/", right, secure=True))
    pages.append(visitor.post("/produits/revoquer/code/", right | {"which": "1"}, secure=True))
    assert {page.status_code for page in pages} == {422}
    errors = {str(page.context["form"].errors["code"]) for page in pages}
    assert len(errors) == 1
    events = [entry.event for entry in journal.entries_about(f"product:{product}")]
    assert events.count("revocation-code-locked") == 1
    assert events.count("revocation-code-wrong") == 5
    Product.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    serial = Product.objects.get().serial_hex
    done = visitor.post("/produits/revoquer/code/", right | {"which": serial.lower()}, secure=True)
    assert done.status_code == 200
    assert serial in text_of(done)
    receipt = text_of(sophie.get(f"/produits/revoquer/{product}/fait/"))
    assert "le porteur du code de révocation" in receipt


@pytest.mark.django_db
def test_one_place_cannot_try_every_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """REFUSED beyond the limit, whatever the number; another place goes on."""
    monkeypatch.setattr(revoking, "CODES_BY_PLACE", replace(revoking.CODES_BY_PLACE, most=2))
    tried = {"code": "pas le bon", "motif": "theft", "confirmed": "on"}

    def post(number: int, place: str) -> int:
        where = {"REMOTE_ADDR": place}
        typed = tried | {"which": str(number)}
        return Client().post("/produits/revoquer/code/", typed, secure=True, **where).status_code

    assert [post(number, "192.0.2.1") for number in (1, 2, 3)] == [422, 422, 429]
    assert post(3, "192.0.2.2") == 422


def test_not_withdrawn_in_time(sophie: Person, sign: Sign) -> None:
    """The order ends, its certificate is revoked, its people are told."""
    number = sophie.orders()
    sign()
    assert operations.expire_unwithdrawn(timezone.now()) == 0
    assert operations.expire_unwithdrawn(timezone.now() + timedelta(days=61)) == 1
    page = text_of(sophie.get(f"/produits/suivre/demandes/{number}/"))
    assert "Délai de retrait dépassé" in page
    assert sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL).status_code == 200


def test_drafts_can_be_taken_up_and_thrown_away(sophie: Person) -> None:
    """An unfinished draft is offered before a new one."""
    base = sophie.draft()
    sophie.post(base + "1/", {"offer": "ORG", "structure_id": HOSPITAL})
    page = text_of(sophie.get("/produits/demander/"))
    assert "Reprendre" in page
    assert base + "2/" in page
    sophie.post(base + "abandonner/")
    assert OrderDraft.objects.count() == 0
