"""What goes wrong at the counter: wrong hands, wrong files, wrong order, twice, too late."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.orders.counter import CODE, HOSPITAL, INFORMATION, LABORATORY, Person, csr_pem, text_of
from guichet.habilitations import operations as habilitations
from guichet.habilitations import queries as rights
from guichet.identities.sessions import BACKEND
from guichet.journal import queries as journal
from guichet.orders import operations
from guichet.orders.models import Order, OrderDraft, Product
from kit import pki

Sign = Callable[..., None]
WITHDRAWAL = {"code": CODE, "code_again": CODE, "terms": "on", "policy": "on"}


def withdrawn(somebody: Person, sign: Sign) -> int:
    """A product of this person, by its number."""
    number = somebody.orders()
    sign()
    location = somebody.post(f"/produits/retirer/{number}/", WITHDRAWAL)["Location"]
    return int(somebody.get(location).context["product"].number)


def test_ids_of_another_structure_are_unknown_everywhere(
    sophie: Person, jeanne: Person, sign: Sign
) -> None:
    """Every address with another structure's id: 404, the page of an id that does not exist."""
    product = withdrawn(sophie, sign)
    number = sophie.orders()
    sign()
    draft = sophie.draft()
    addresses = [
        *(f"{draft}{step}/" for step in ("1", "2", "3", "4", "fin")),
        f"/produits/retirer/{number}/",
        f"/produits/suivre/demandes/{number}/",
        f"/produits/suivre/demandes/{number}/etat/",
        f"/produits/suivre/parc/{product}/",
        f"/produits/suivre/parc/{product}/certificat.pem",
        f"/produits/revoquer/{product}/",
        f"/produits/revoquer/{product}/confirmer/?motif=theft",
        f"/produits/revoquer/{product}/fait/",
    ]
    for address in addresses:
        assert sophie.get(address).status_code in {200, 302}, address
        assert jeanne.get(address).status_code == 404, address
    for address, data in (
        (f"{draft}1/", {"offer": "ORG", "structure_id": HOSPITAL}),
        (f"{draft}abandonner/", {}),
        (f"/produits/retirer/{number}/", WITHDRAWAL),
        (f"/produits/suivre/demandes/{number}/annuler/", {}),
        (f"/produits/revoquer/{product}/confirmer/?motif=theft", {"confirmed": "on"}),
    ):
        assert jeanne.post(address, data).status_code == 404, address
    assert Product.objects.get(number=product).revoked_at is None


def test_unknown_and_enormous_numbers_are_404(sophie: Person) -> None:
    """No number makes a fault."""
    for number in (0, 1, 999999, 2**63, 10**40):
        for place in ("suivre/demandes", "suivre/parc", "retirer", "revoquer"):
            assert sophie.get(f"/produits/{place}/{number}/").status_code == 404
    assert sophie.get(f"/produits/demander/{uuid4()}/1/").status_code == 404
    assert sophie.get("/produits/demander/nimporte/1/").status_code == 404


def test_structures_swapped_in_the_form_are_refused(sophie: Person, jeanne: Person) -> None:
    """Step 1 takes no structure that has not habilitated the card."""
    base = jeanne.draft()
    answer = jeanne.post(base + "1/", {"offer": "ORG", "structure_id": HOSPITAL})
    assert answer.status_code == 422
    assert "Choisissez une structure de la liste" in text_of(answer)
    answer = jeanne.post(base + "1/", {"offer": "SERV", "structure_id": LABORATORY})
    assert answer.status_code == 422


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


@pytest.mark.parametrize("form", ["pkcs8", "traditional", "encrypted", "der"])
def test_a_private_key_is_refused_never_kept_and_journalled(
    sophie: Person, authorities: object, form: str
) -> None:
    """REFUSED. The user is told that the key is burnt, and nothing holds it afterwards."""
    key = pki.fresh_key("rsa-2048")
    lock = BestAvailableEncryption(b"phrase") if form == "encrypted" else NoEncryption()
    encoding = Encoding.DER if form == "der" else Encoding.PEM
    shape = PrivateFormat.TraditionalOpenSSL if form == "traditional" else PrivateFormat.PKCS8
    data = key.private_bytes(encoding, shape, lock)
    base = sophie.to_step_4()
    sent = (
        {"csr_file": SimpleUploadedFile("cle.key", data)}
        if form == "der"
        else {"csr_text": data.decode()}
    )
    answer = sophie.post(base + "4/", sent)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "considérez-la comme brûlée" in page
    body = data.decode("latin-1").splitlines()[1][:40] if form != "der" else ""
    assert not body or body not in page
    assert Order.objects.count() == 0
    assert journal.recent()[0].event == "private-key-received"
    assert not body or body not in everything_stored()


def everything_stored() -> str:
    """The whole database as text."""
    with connection.cursor() as cursor:
        parts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            parts.append(repr(cursor.fetchall()))
    return "".join(parts)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Aucun"),
        ({"csr_text": "   \n"}, ""),
        ({"csr_text": "bonjour"}, ""),
        ({"csr_text": csr_pem()[:200]}, ""),
        ({"csr_text": csr_pem() + csr_pem()}, ""),
        ({"csr_text": "\x00\x00"}, ""),
    ],
)
def test_what_is_no_request_gets_a_clear_page(
    sophie: Person, authorities: object, sent: dict[str, str], words: str
) -> None:
    """REFUSED, with words, on the page of the step; what was pasted is still there."""
    base = sophie.to_step_4()
    answer = sophie.post(base + "4/", sent)
    assert answer.status_code == 422
    assert "À corriger avant de poursuivre" in text_of(answer)
    assert Order.objects.count() == 0


def test_ten_megabytes_are_refused_as_too_large(sophie: Person, authorities: object) -> None:
    """A file of 10 MB is not read whole; as pasted text it is stopped before any view."""
    base = sophie.to_step_4()
    big = SimpleUploadedFile("gros.csr", b"A" * 10_000_000)
    answer = sophie.post(base + "4/", {"csr_file": big})
    assert answer.status_code == 422
    assert "64" in text_of(answer)
    pasted = sophie.post(base + "4/", {"csr_text": "A" * 10_000_000})
    assert pasted.status_code in {400, 413}
    assert Order.objects.count() == 0


def test_all_objections_are_shown_at_once(sophie: Person, authorities: object) -> None:
    """A short key that was seen before, in a request for an authority: everything is said."""
    from cryptography import x509  # noqa: PLC0415

    key = pki.fresh_key("rsa-1024")
    ca = x509.BasicConstraints(ca=True, path_length=None)
    der = pki.csr(key, extensions=[(ca, True)])
    base = sophie.to_step_4()
    answer = sophie.post(base + "4/", {"csr_file": SimpleUploadedFile("x.csr", der)})
    codes = {error.code.value for error in answer.context["form"].non_field_errors().as_data()}
    assert {"key-too-short", "csr-extension-forbidden"} <= codes


def test_a_key_seen_before_is_refused(sophie: Person, authorities: object) -> None:
    """One key, one certificate."""
    key = pki.fresh_key("p-256")
    sophie.orders(csr=csr_pem(key))
    base = sophie.to_step_4()
    answer = sophie.post(base + "4/", {"csr_text": csr_pem(key)})
    assert answer.status_code == 422
    assert Order.objects.count() == 1


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


def test_a_wrong_name_of_server_is_said_on_its_field(sophie: Person) -> None:
    """Step 3: malformed names, and names outside the right, each beside its field."""
    base = sophie.draft()
    sophie.post(base + "1/", {"offer": "SERV", "structure_id": HOSPITAL})
    sophie.post(base + "2/")
    for fqdn in ("", "*.hopital.fr", "fr", "ailleurs.fr", "hopital.fr.mechant.fr"):
        asked = {**INFORMATION, "usage": "SSL_SERV", "service": "", "fqdn": fqdn}
        answer = sophie.post(base + "3/", asked)
        assert answer.status_code == 422, fqdn
        assert answer.context["form"].errors.get("fqdn"), fqdn
    asked = {**INFORMATION, "usage": "SMIME", "service": "", "mail": "a@ailleurs.fr"}
    assert sophie.post(base + "3/", asked).context["form"].errors.get("mail")
    kept = sophie.get(base + "3/").context["form"]
    assert kept["mail"].value() == "a@ailleurs.fr"


def test_a_right_closed_meanwhile_stops_the_order(sophie: Person, authorities: object) -> None:
    """The right is checked again when the order is placed."""
    base = sophie.to_step_4()
    at = timezone.now()
    for right in rights.rights_of(sophie.actor.card_number, at):
        habilitations.close_right(right=right, by="test", at=at)
    answer = sophie.post(base + "4/", {"csr_text": csr_pem()})
    assert answer["Location"] == base + "1/"
    assert Order.objects.count() == 0


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


def test_a_representative_sees_and_revokes_but_does_not_order(
    sophie: Person, jean: Person, sign: Sign
) -> None:
    """Ownership of a representative: no code asked; no order, no withdrawal."""
    product = withdrawn(sophie, sign)
    number = sophie.orders()
    sign()
    assert jean.get(f"/produits/suivre/parc/{product}/").status_code == 200
    assert "ne permet pas de retirer" in text_of(jean.get(f"/produits/retirer/{number}/"))
    assert jean.post(f"/produits/retirer/{number}/", WITHDRAWAL).status_code == 422
    assert "ne permet aucune demande" in text_of(jean.get("/produits/demander/"))
    done = jean.post(
        f"/produits/revoquer/{product}/confirmer/?motif=staff-left", {"confirmed": "on"}
    )
    assert done["Location"] == f"/produits/revoquer/{product}/fait/"


def test_not_withdrawn_in_time(sophie: Person, sign: Sign) -> None:
    """The order ends, its certificate is revoked, its people are told."""
    number = sophie.orders()
    sign()
    assert operations.expire_unwithdrawn(timezone.now()) == 0
    assert operations.expire_unwithdrawn(timezone.now() + timedelta(days=61)) == 1
    page = text_of(sophie.get(f"/produits/suivre/demandes/{number}/"))
    assert "Délai de retrait dépassé" in page
    assert sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL).status_code == 200


def test_visitors_are_sent_to_login(structures: None) -> None:
    """Every address of the four verbs but the revocation by code."""
    visitor = Client()
    for path in ("", "demander/", "retirer/", "suivre/", "suivre/parc/", "suivre/parc/50000/"):
        answer = visitor.get(f"/produits/{path}", secure=True)
        assert answer.status_code == 302, path
        assert "/connexion/" in answer["Location"]
    assert "Avec le code de révocation" in text_of(visitor.get("/produits/revoquer/", secure=True))


def test_drafts_can_be_taken_up_and_thrown_away(sophie: Person) -> None:
    """An unfinished draft is offered before a new one."""
    base = sophie.draft()
    sophie.post(base + "1/", {"offer": "ORG", "structure_id": HOSPITAL})
    page = text_of(sophie.get("/produits/demander/"))
    assert "Reprendre" in page
    assert base + "2/" in page
    sophie.post(base + "abandonner/")
    assert OrderDraft.objects.count() == 0
