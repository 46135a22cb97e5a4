"""What pages of orders, groups and incidents answer: by their first objection; when to retry."""
# ruff: noqa: F811 a fixture is an argument of the same name

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.orders.counter import HOSPITAL, Person, text_of
from apps.orders.incident_kit import held  # noqa: F401 the fixture
from apps.orders.incidents import Operators
from guichet.domain.orders.criteria import Criteria
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.journal.models import Entry
from guichet.orders import operations
from guichet.orders.operations import drafting, gathering, grouping, incident_deciding
from guichet.orders.views import ordering
from guichet.orders.visibility import Reach

GROUP = {
    "kind": "services",
    "profile": "ORG/AUTH_CLI",
    "structure_id": HOSPITAL,
    "actor_email": "a@hopital.fr",
}
STEP_3 = {
    "usage": "AUTH_CLI",
    "service": "dossier patient",
    "actor_email": "chef@leslistesdediffusion.fr",
}
PROPOSAL = {"reason": "keyCompromise", "text": "Lisez ceci 👩\u200d⚕️", "due_on": "", "count": "3"}


def refusing(code: Code, **facts: Any) -> Any:
    def act(*_given: object, **_asked: object) -> None:
        raise Refusal(code, **facts)

    return act


def lines_of(somebody: Person, names: str = "dpi\nror") -> str:
    """A group with lines; the address of its pages."""
    begun = somebody.post("/produits/demander/groupe/nouveau/", GROUP)
    base = begun["Location"].removesuffix("lignes/")
    file = SimpleUploadedFile("lignes.csv", f"service\n{names}".encode())
    answer = somebody.post(f"{base}lignes/", {"acte": "file", "lines_file": file})
    assert answer.status_code == 200
    return str(base)


@pytest.mark.parametrize(
    ("code", "status", "wait"),
    [
        (Code.AUTHORITY_NOT_ISSUING, 409, None),
        (Code.SIGNING_BUSY, 503, "120"),
        (Code.TOO_MANY_TRIES, 429, "77"),
        (Code.RIGHT_MISSING, 422, None),
    ],
)
def test_step_3_answers_by_its_first_objection(
    sophie: Person, monkeypatch: pytest.MonkeyPatch, code: Code, status: int, wait: str | None
) -> None:
    """What was typed is shown again, and kept; what is over soon says when."""
    base = sophie.to_step_4()
    facts = {"seconds": 77} if wait == "77" else {}
    monkeypatch.setattr(operations, "covering_right", refusing(code, **facts))
    answer = sophie.post(f"{base}3/", {**STEP_3, "service": "tout autre nom"})
    assert (answer.status_code, answer.get("Retry-After")) == (status, wait)
    assert "tout autre nom" in text_of(answer)
    assert "data-focus" in answer.content.decode()
    assert sophie.get(f"{base}3/").context["form"]["service"].value() == "tout autre nom"


def test_step_1_answers_by_its_first_objection(
    sophie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = sophie.draft()
    assert sophie.get(f"{base}1/").status_code == 200
    assert sophie.post(f"{base}1/", {"offer": "ORG"}).status_code == 422
    assert sophie.post(f"{base}1/", {"offer": "X", "structure_id": HOSPITAL}).status_code == 422
    late = Objection(Code.AUTHORITY_NOT_ISSUING, (("field", "offer"),))
    monkeypatch.setattr(Reach, "usages", lambda *_asked: ())
    sent = {"offer": "ORG", "structure_id": HOSPITAL}
    assert sophie.post(f"{base}1/", sent).status_code == 422
    monkeypatch.setattr(ordering, "_not_covered", lambda *_scope: late)
    assert sophie.post(f"{base}1/", sent).status_code == 409


def test_lines_that_come_too_late_are_409(sophie: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The group was sent from another tab, typed or in a file; a line that is wrong is 422."""
    base = lines_of(sophie)
    with monkeypatch.context() as patched:
        patched.setattr(grouping, "keep_lines", refusing(Code.GROUP_PLACED))
        file = {"acte": "file", "lines_file": SimpleUploadedFile("l.csv", b"service\ndpi")}
        for sent in ({"acte": "continue", "service-1": "dpi"}, file):
            answer = sophie.post(f"{base}lignes/", sent)
            assert answer.status_code == 409
            assert "ont été envoyées" in text_of(answer)
    wrong = sophie.post(f"{base}lignes/", {"acte": "continue", "service-1": "x" * 200})
    assert wrong.status_code == 422
    assert "x" * 200 in text_of(wrong)


def test_requests_of_a_group(sophie: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """413 for an archive too large, 409 where lines wait still, 422 without a file."""
    base = lines_of(sophie)
    sophie.post(f"{base}lignes/", {"acte": "continue", "service-1": "dpi", "service-2": "ror"})
    assert sophie.post(f"{base}envoyer/", {}).status_code == 422
    monkeypatch.setattr(grouping, "place_group", refusing(Code.GROUP_PLACED))
    assert sophie.post(f"{base}envoyer/", {"in_production": "on"}).status_code == 409
    assert sophie.post(f"{base}csr/", {}).status_code == 422
    monkeypatch.setattr(gathering, "add_archive", refusing(Code.ARCHIVE_TOO_LARGE, most=1))
    sent = {"archive": SimpleUploadedFile("a.zip", b"PK")}
    answer = sophie.post(f"{base}csr/", sent)
    assert answer.status_code == 413
    assert "data-focus" in answer.content.decode()


def test_decisions_of_an_incident(
    held: list[int], operators: Operators, monkeypatch: pytest.MonkeyPatch
) -> None:
    """409 where nothing is left to revoke, whoever decides; what was typed is still there."""
    case = operators.searched(Criteria(structure_id=HOSPITAL))
    where = f"/gestion/incidents/{case.number}/"
    empty = refusing(Code.INCIDENT_EMPTY)
    with monkeypatch.context() as patched:
        patched.setattr(incident_deciding, "propose", empty)
        answer = operators.first.post(f"{where}proposer/", PROPOSAL)
        assert answer.status_code == 409
        assert PROPOSAL["text"] in text_of(answer)
    case.proposed()
    monkeypatch.setattr(incident_deciding, "approve", empty)
    monkeypatch.setattr(incident_deciding, "refuse", empty)
    approved = operators.second.post(f"{where}decider/", {"acte": "approve", "count": "3"})
    refused = operators.second.post(f"{where}decider/", {"acte": "refuse", "note": "Non et non"})
    assert (approved.status_code, refused.status_code) == (409, 409)
    assert "Non et non" in text_of(refused)
    assert operators.second.get(f"{where}decider/").status_code == 200
    assert operators.second.get(f"{where}annuler/").status_code == 200


def test_head_of_exports_tells_the_journal_nothing(
    held: list[int], sophie: Person, operators: Operators
) -> None:
    """Nobody had what HEAD does not give."""
    case = operators.searched(Criteria(structure_id=HOSPITAL))
    addresses = [
        (sophie, "/produits/suivre/parc/export.csv", "products-exported"),
        (operators.first, f"/gestion/incidents/{case.number}/certificats.csv", "incident-exported"),
    ]
    for somebody, address, event in addresses:
        assert somebody.browser.head(address, secure=True).status_code == 200
        assert not Entry.objects.filter(event=event).exists()
        assert somebody.get(address).status_code == 200
        assert Entry.objects.filter(event=event).count() == 1


def test_a_draft_of_another_tab(sophie: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """409 on its own page where the draft itself is gone."""
    base = sophie.to_step_4()
    monkeypatch.setattr(drafting, "keep", refusing(Code.DRAFT_CHANGED))
    assert sophie.post(f"{base}3/", STEP_3).status_code == 409
