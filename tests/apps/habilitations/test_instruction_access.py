"""Every address of instruction × everybody who should not be there; wrong states; old pages."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.urls import URLPattern
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from apps.habilitations.dossiers import JEANNE_CARD, Person
from guichet.habilitations import instruction_urls
from guichet.habilitations.models import Dossier, Participation, SavedView
from guichet.habilitations.operations import depositing

pytestmark = pytest.mark.django_db
READ = {
    "queue", "export-csv", "export-xlsx", "export-ods", "statistics", "statistics-csv", "dossier",
    "history",
}  # fmt: skip
OWN_DESK = {"save-view", "forget-view"}
SUPERVISED = {"reopen"}
POST_ONLY = {
    "save-view", "forget-view", "batch", "batch-run", "follow", "assign", "annotate", "take",
    "give-back", "archive",
}  # fmt: skip


def addresses(number: int) -> dict[str, str]:
    """Every address of instruction_urls, by name: a new one is tested without being asked."""
    found = {}
    for pattern in instruction_urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        path = str(pattern.pattern)
        path = path.replace("<int:number>", str(number)).replace("<int:key>", "1")
        found[str(pattern.name)] = kit.LIST + path.replace("<uuid:key>", str(uuid4()))
    return found


def answers(who: Person, number: int) -> dict[str, int]:
    """The status of each address: POST for what only takes POST, GET for the rest."""
    found = {}
    for name, address in addresses(number).items():
        answer = who.post(address) if name in POST_ONLY else who.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        found[name] = answer.status_code
    return found


@pytest.fixture
def dossier(applicant: Person) -> int:
    return dossiers.deposited(applicant.actor)


def test_a_visitor_is_sent_to_login(dossier: int, visitor) -> None:
    """REFUSED, at every address and by both methods."""
    for address in addresses(dossier).values():
        for answer in (visitor.get(address, secure=True), visitor.post(address, secure=True)):
            assert answer.status_code == 302, address
            assert answer["Location"].startswith("/connexion/")


def test_applicants_and_strangers_have_no_role(
    dossier: int, applicant: Person, stranger: Person, holder: Person
) -> None:
    """REFUSED, even to the owner of the dossier and to the administrator it declares."""
    for who in (applicant, stranger, holder):
        assert set(answers(who, dossier).values()) == {403}


def test_a_role_without_a_strong_login_is_none(dossier: int, enter: Callable[..., Person]) -> None:
    """REFUSED: an instructor who logs in with a password is an applicant like another."""
    weak = enter("Inès", "MOREL", roles=("instructor", "supervisor"), by="account")
    assert set(answers(weak, dossier).values()) == {403}


def test_an_auditor_reads_and_writes_nothing(dossier: int, auditor: Person) -> None:
    """Lists, pages and exports are read; every act is refused, and nothing has moved."""
    before = Dossier.objects.values().get(number=dossier)
    found = answers(auditor, dossier)
    assert {name for name, status in found.items() if status in {200, 302}} == READ | OWN_DESK
    assert {status for name, status in found.items() if name not in READ | OWN_DESK} == {403}
    assert Dossier.objects.values().get(number=dossier) == before
    assert kit.told(dossier) == ["dossier-begun", "dossier-deposited"]
    page = kit.text_of(auditor.get(kit.at(dossier)))
    assert "lecture seule" in page
    assert f'action="{kit.at(dossier, "prendre/")}' not in page


def test_an_instructor_does_not_reopen(dossier: int, instructor: Person) -> None:
    """REFUSED to instructors, allowed to supervisors alone."""
    kit.take(dossier, instructor.actor)
    kit.decide(dossier, instructor.actor, "close")
    assert instructor.get(kit.at(dossier, "rouvrir/")).status_code == 403
    assert kit.act(instructor, dossier, "rouvrir/", reason="x", understood="on").status_code == 403
    assert dossiers.row(dossier).state == "closed"


def test_drafts_do_not_exist(applicant: Person, instructor: Person) -> None:
    """REFUSED as unknown: nobody sees what was not deposited."""
    number = dossiers.complete_draft(applicant.actor)
    found = answers(instructor, number)
    of_dossier = {name for name in found if f"/{number}/" in addresses(number)[name]}
    assert {found[name] for name in of_dossier - SUPERVISED} == {404}


@pytest.mark.parametrize("is_shared", [False, True])
def test_nobody_instructs_their_own_dossier(
    is_shared: bool, applicant: Person, instructor: Person, supervisor: Person
) -> None:
    """REFUSED to an owner or a co-writer who has the role, on every page of the dossier."""
    if is_shared:
        number = dossiers.complete_draft(applicant.actor)
        _share(number, applicant, instructor)
        depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    else:
        number = dossiers.deposited(instructor.actor)
    found = answers(instructor, number)
    of_dossier = {name for name in found if f"/{number}/" in addresses(number)[name]}
    assert {found[name] for name in of_dossier} == {403}
    listed = instructor.get(kit.LIST, onglet="tous").context["page"]
    assert [line.number for line in listed.object_list] == []
    assert supervisor.get(kit.at(number)).status_code == 200


def test_nobody_decides_on_a_dossier_that_names_their_card(
    dossier: int, enter: Callable[..., Person], instructor: Person, known_registers
) -> None:
    """REFUSED: such an instructor reads the dossier, and decides nothing of it."""
    named = enter("Jeanne", "CHARLES", card=JEANNE_CARD, roles=("instructor",))
    kit.take(dossier, instructor.actor)
    page = named.get(kit.at(dossier))
    assert "cite votre carte" in kit.text_of(page)
    assert f'href="{kit.at(dossier, "accepter/")}' not in kit.text_of(page)
    answer = kit.act(named, dossier, "refuser/", reason="Non.", confirmer="1")
    assert "personne ne décide pour soi-même" in kit.text_of(answer)
    assert dossiers.row(dossier).state == "in-instruction"


@pytest.mark.parametrize("page", ["accepter/", "refuser/", "classer/", "rendre/", "archiver/"])
def test_acts_of_another_state_are_refused(page: str, dossier: int, instructor: Person) -> None:
    """REFUSED with 409 where the state table has no such act."""
    sent = {"reason": "x", "verifier": "1"}
    assert kit.act(instructor, dossier, page, **sent).status_code == 409
    assert dossiers.row(dossier).state == "filed"


@pytest.mark.parametrize(
    ("page", "data"),
    [
        ("prendre/", {}),
        ("correction/", {"why": "incomplete", "reason": "Complétez."}),
        ("attribuer/", {"to": "", "avant": ""}),
    ],
)
def test_an_old_page_acts_on_nothing(
    page: str, data: dict[str, str], dossier: int, instructor: Person, second_instructor: Person
) -> None:
    """REFUSED with 409 when somebody else acted since the page was read."""
    old = kit.stamp(dossier)
    kit.take(dossier, second_instructor.actor)
    answer = kit.act(instructor, dossier, page, lu=old, **data)
    assert answer.status_code == 409
    assert "modifié entre-temps" in kit.text_of(answer)
    assert dossiers.row(dossier).assignee_id == second_instructor.actor.account_id


def test_a_form_without_its_stamp_acts_on_nothing(dossier: int, instructor: Person) -> None:
    """REFUSED: what was read is not known."""
    assert instructor.post(kit.at(dossier, "prendre/")).status_code == 409
    assert dossiers.row(dossier).state == "filed"


def test_lists_under_a_name_are_one_s_own(
    instructor: Person, second_instructor: Person, db: None
) -> None:
    """Another's view is neither shown nor forgotten."""
    instructor.post(f"{kit.LIST}vues/", {"name": "Paris", "query": "onglet=tous&departement=75"})
    view = SavedView.objects.get()
    second_instructor.post(f"{kit.LIST}vues/{view.pk}/supprimer/")
    assert SavedView.objects.filter(pk=view.pk).exists()
    assert "Paris" not in kit.text_of(second_instructor.get(kit.LIST, onglet="tous"))
    instructor.post(f"{kit.LIST}vues/{view.pk}/supprimer/")
    assert not SavedView.objects.exists()


def _share(number: int, owner: Person, to: Person) -> None:
    """Make somebody a co-writer."""
    now = timezone.now()
    Participation.objects.create(
        dossier=dossiers.row(number),
        email=to.actor.email,
        token_sha256="0" * 64,
        account_id=to.actor.account_id,
        invited_by=owner.actor.label,
        invited_at=now,
        expires_at=now,
        accepted_at=now,
    )
