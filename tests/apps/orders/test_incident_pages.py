"""The pages of operators in an incident, and who may not see them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.orders.counter import HOSPITAL, Person, Sign, text_of
from apps.orders.incidents import Operators, placed, taken
from guichet.authority.models import Certificate
from guichet.domain.orders.criteria import Criteria
from guichet.journal.models import Entry
from guichet.orders.models import Incident
from guichet.orders.operations import incident_preparing as preparing

BASE = "/gestion/incidents/"


@pytest.fixture
def product(sophie: Person, sign: Sign) -> int:
    """One product of the hospital, and an order that waits."""
    number = placed(sophie)
    placed(sophie)
    sign()
    return taken(sophie, number)


def test_from_the_form_to_the_approval(product: int, operators: Operators) -> None:
    """What an operator presses, then another; the CSV and the report on the way."""
    first, second = operators.first, operators.second
    assert "Aucun incident" in text_of(first.get(BASE))
    page = text_of(first.get(f"{BASE}nouveau/", structure_id=HOSPITAL))
    assert "2 certificats seraient visés" in page
    address = f"{BASE}nouveau/?structure_id={HOSPITAL}"
    wrong = first.post(address, {"title": ""})
    assert wrong.status_code == 422
    opened = first.post(address, {"title": "Rapport du 25"})
    where = opened["Location"]
    assert "La recherche avance" in text_of(first.get(where))
    state = first.get(f"{where}etat/").json()["state"]  # type: ignore[attr-defined]
    preparing.search_incidents(timezone.now())
    assert first.get(f"{where}etat/").json()["state"] != state  # type: ignore[attr-defined]
    asked = {"reason": "keyCompromise", "text": "", "due_on": "", "count": "3"}
    assert "Nombre différent" not in text_of(first.get(f"{where}proposer/"))
    assert first.post(f"{where}proposer/", asked).status_code == 422
    assert first.post(f"{where}proposer/", {**asked, "count": "2"})["Location"] == where
    assert first.get(f"{where}decider/").status_code == 403
    assert first.post(f"{where}decider/", {"count": "2"}).status_code == 403
    assert "1 proposition attend votre décision" in text_of(second.get(BASE))
    assert "2 certificats à révoquer" in text_of(second.get(f"{where}decider/"))
    refused = second.post(f"{where}decider/", {"acte": "refuse", "note": ""})
    assert refused.status_code == 422
    assert second.post(f"{where}decider/", {"acte": "approve", "count": "2"})["Location"] == where
    assert "La révocation commence" in text_of(second.get(where))
    lines = b"".join(second.get(f"{where}certificats.csv").streaming_content)  # type: ignore[attr-defined]
    assert lines.decode().count("HOPITAL DES 3 DAMES") == 2
    assert Entry.objects.filter(event="incident-exported").count() == 1
    assert second.get(f"{where}impact.pdf").content.startswith(b"%PDF-")
    report = second.get(f"{where}impact/").context["report"]
    assert (report.certificates, report.unwithdrawn, report.people, report.bare) == (2, 1, 2, 2)


def test_lists_come_in_files(product: int, operators: Operators) -> None:
    """Serial numbers alone are criteria enough; a line that is wrong is named."""
    serial = Certificate.objects.exclude(request=None).order_by("pk")[0].serial_hex
    for content, status in ((serial.encode(), 302), (b"zz", 422), (b"", 422)):
        file = SimpleUploadedFile("list.txt", content)
        data = {"title": "Liste", "serials_file": file}
        assert operators.first.post(f"{BASE}nouveau/", data).status_code == status
    preparing.search_incidents(timezone.now())
    assert Incident.objects.get().found == 1


@pytest.mark.parametrize(
    "query",
    [
        {"issued_from": "2026-02-01", "issued_to": "2026-01-01"},
        {"key_bits": "many"},
        {"authority": "AC-INCONNUE"},
        {"key_exponent": str(2**70)},
    ],
)
def test_criteria_that_are_not_understood(operators: Operators, query: dict[str, str]) -> None:
    """REFUSED on the form: none is passed over, nothing can be opened."""
    answer = operators.first.get(f"{BASE}nouveau/", **query)
    assert answer.status_code == 422
    assert "Ouvrir l’incident et chercher" not in text_of(answer)


def test_what_was_issued_since_is_told(
    product: int, operators: Operators, sophie: Person, sign: Sign
) -> None:
    """The list stays as it was found; whoever decides knows that there are others."""
    case = operators.searched(Criteria(structure_id=HOSPITAL)).proposed()
    placed(sophie)
    sign()
    for address in ("", "decider/"):
        page = text_of(operators.second.get(f"{BASE}{case.number}/{address}"))
        assert "1 certificat émis depuis répond aux mêmes critères" in page


def test_a_date_is_kept_when_a_proposal_is_taken_back(product: int, operators: Operators) -> None:
    """Nothing typed is lost."""
    due = timezone.now() + timedelta(days=3)
    case = operators.searched(Criteria(structure_id=HOSPITAL)).proposed(due_at=due, text="Lisez.")
    where = f"{BASE}{case.number}/"
    assert operators.first.post(f"{where}reprendre/").status_code == 302
    page = text_of(operators.first.get(f"{where}proposer/"))
    assert "Lisez." in page
    assert timezone.localtime(due).strftime("%Y-%m-%dT%H:%M") in page
    assert "Abandonner" in text_of(operators.first.get(f"{where}annuler/"))
    assert operators.first.post(f"{where}annuler/").status_code == 302
    assert "Annulé" in text_of(operators.first.get(where))


def test_keys_are_listed_on_a_page(product: int, operators: Operators) -> None:
    """What could not be read is told by line; who carries one leads to an incident."""
    carried = Certificate.objects.exclude(request=None).order_by("pk")[0].spki_sha256
    file = SimpleUploadedFile("keys.txt", f"{carried}\nnonsense\n".encode())
    data = {"keys_file": file, "reason": "weak", "source": "CERT-XX"}
    page = text_of(operators.first.post(f"{BASE}cles/", data))
    assert "1 clé ajoutée" in page
    assert "Ligne 2 : nonsense" in page
    assert "nouveau/?is_blocked=on" in page
    assert operators.first.post(f"{BASE}cles/", {"reason": "weak"}).status_code == 422


PAGES = ("", "nouveau/", "cles/", "1/", "1/etat/", "1/certificats/", "1/certificats.csv")
PAGES += (
    "1/impact/",
    "1/impact.pdf",
    "1/renouvellement/",
    "1/proposer/",
    "1/decider/",
    "1/annuler/",
)


def test_others_see_nothing(operators: Operators, sophie: Person, jean: Person) -> None:
    """Visitors log in first; no other role enters; a number that is none is unknown."""
    operators.opened(Criteria(structure_id=HOSPITAL))
    for page in PAGES:
        for somebody in (sophie, jean):
            assert somebody.get(BASE + page).status_code == 403, page
        assert Client().get(BASE + page, secure=True).status_code == 302, page
        if page.startswith("1/"):
            for number in ("999", str(10**40)):
                unknown = page.replace("1/", f"{number}/", 1)
                assert operators.first.get(BASE + unknown).status_code == 404, unknown
    for act in ("reprendre", "relancer", "annuler", "decider", "proposer"):
        assert sophie.post(f"{BASE}1/{act}/").status_code == 403, act
        assert operators.first.post(f"{BASE}999/{act}/").status_code == 404, act
    assert "/gestion/" not in text_of(sophie.get("/"))
    assert ">Incidents</a>" in text_of(operators.first.get("/gestion/signatures/"))


def test_a_page_of_certificates_costs_the_same_however_many(
    product: int, operators: Operators, django_assert_num_queries: object
) -> None:
    """One query for the rows, with their orders and products."""
    case = operators.searched(Criteria(structure_id=HOSPITAL))
    address = f"{BASE}{case.number}/certificats/"
    operators.first.get(address)
    with django_assert_num_queries(7):  # type: ignore[operator]
        assert operators.first.get(address, etat="waiting").status_code == 200
