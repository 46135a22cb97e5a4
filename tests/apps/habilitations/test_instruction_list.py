"""The list of dossiers: tabs, filters, search, news, views, neighbours."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from apps.habilitations.dossiers import HOSPITAL, JEANNE_CARD, Person
from guichet.habilitations.models import SavedView
from guichet.habilitations.operations import depositing, drafting, examining, instructing, messaging
from guichet.habilitations.queries import queue
from guichet.habilitations.queries.instruction import QueueFilters, Tab
from guichet.habilitations.queries.queue import News
from guichet.identities.actors import Actor
from kit.kept_rows import KEPT

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.get_default_timezone())


def listed(who: Person, **filters: Any) -> list[int]:
    return [line.number for line in queue.queue(QueueFilters(**filters), who.actor).object_list]


def page_numbers(who: Person, **query: Any) -> list[int]:
    return [line.number for line in who.get(kit.LIST, **query).context["page"].object_list]


@pytest.fixture
def desk(applicant: Person, other_applicant: Person, instructor: Person) -> dict[str, int]:
    """One dossier of each kind, by its number."""
    build = partial(_desk, applicant, other_applicant, instructor.actor)
    return dict(KEPT.make("desk of dossiers", build))


def _desk(applicant: Person, other_applicant: Person, who: Actor) -> dict[str, int]:
    day = timedelta(days=1)
    made = {
        "filed": dossiers.deposited(applicant.actor, at=NOW - 9 * day),
        "hospital": dossiers.deposited(
            other_applicant.actor,
            {
                "types.org": "",
                "types.pro": "on",
                "types.pro_mail_domain": "@hopital.fr",
                "representative.surname": "ÉTÉ",
                "administrators.0.card_number": "0809 101112",
            },
            siret=HOSPITAL,
            company={
                **dossiers.COMPANY,
                "siret": HOSPITAL,
                "legal_name": "HOPITAL DES 3 DAMES",
                "department_number": "974",
                "department_name": "La Réunion",
            },
            at=NOW - 5 * day,
        ),
        "taken": dossiers.deposited(applicant.actor, at=NOW - 8 * day),
        "corrected": dossiers.deposited(applicant.actor, at=NOW - 7 * day),
        "closed": dossiers.deposited(applicant.actor, at=NOW - 6 * day),
        "archived": dossiers.deposited(applicant.actor, at=NOW - 30 * day),
        "draft": dossiers.complete_draft(applicant.actor, at=NOW),
        "trashed": dossiers.deposited(applicant.actor, at=NOW - 4 * day),
    }
    kit.take(made["taken"], who, NOW - 3 * day)
    kit.ask(made["corrected"], who, when=NOW - 3 * day)
    for name in ("closed", "archived"):
        kit.take(made[name], who, NOW - 3 * day)
        kit.decide(made[name], who, "close", NOW - 2 * day)
    instructing.archive(number=made["archived"], by=who, at=NOW)
    drafting.trash(number=made["trashed"], by=applicant.actor, at=NOW)
    return made


def test_the_tabs_and_their_counts(desk: dict[str, int], instructor: Person) -> None:
    """Drafts and what was thrown away are nowhere; each tab counts what it lists."""
    expected = {
        Tab.TO_FOLLOW: {"filed", "hospital", "corrected"},
        Tab.FOLLOWED: {"taken"},
        Tab.DONE: {"closed"},
        Tab.ALL: {"filed", "hospital", "corrected", "taken", "closed"},
        Tab.ARCHIVED: {"archived"},
    }
    counts = queue.counts(instructor.actor)
    for tab, names in expected.items():
        assert set(listed(instructor, tab=tab)) == {desk[name] for name in names}, tab
        assert counts[tab] == len(names)
    page = kit.text_of(instructor.get(kit.LIST, onglet="a-suivre"))
    assert "À suivre (3)" in page
    assert "Archivés (1)" in page


def test_whoever_follows_a_dossier_finds_it(
    desk: dict[str, int], second_instructor: Person, auditor: Person
) -> None:
    """Followed is a person's own affair."""
    follow = {"number": desk["filed"], "at": NOW, "follows": True}
    instructing.follow(by=second_instructor.actor, **follow)  # type: ignore[arg-type]
    assert listed(second_instructor, tab=Tab.FOLLOWED) == [desk["filed"]]
    assert listed(auditor, tab=Tab.FOLLOWED) == []


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"state": "in-instruction"}, {"taken"}),
        ({"type": "pro"}, {"hospital"}),
        ({"type": "org", "state": "filed"}, {"filed", "corrected"}),
        ({"department": "974"}, {"hospital"}),
        ({"department": "74"}, set()),
        ({"assignee": "moi"}, {"taken", "closed"}),
        ({"assignee": "personne"}, {"filed", "hospital", "corrected"}),
        ({"assignee": "personne", "to_correct": True}, {"corrected"}),
        (
            {"assignee": "99999999999999999999"},
            {"filed", "hospital", "corrected", "taken", "closed"},
        ),
        ({"since": (NOW - timedelta(days=6)).date()}, {"hospital", "closed"}),
        ({"until": (NOW - timedelta(days=8)).date()}, {"filed", "taken"}),
        (
            {"since": (NOW - timedelta(days=8)).date(), "until": (NOW - timedelta(days=7)).date()},
            {"taken", "corrected"},
        ),
    ],
)
def test_each_filter_and_all_together(
    filters: dict[str, Any], names: set[str], desk: dict[str, int], instructor: Person
) -> None:
    """Every condition holds; a code is matched whole."""
    assert set(listed(instructor, **filters)) == {desk[name] for name in names}


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("999 990 039 00011", True),
        ("99999003900011", True),
        ("999990039", True),
        ("9999900390001", False),
        ("hopital dames", True),
        ("ete", True),
        ("Été Hôpital", True),
        ("0809101112", True),
        ("0809 101112", True),
        ("08091011", False),
        ("MONMAIL@sante", True),
        ("monmail@ailleurs", False),
        ("75", False),
        ("hop%", False),
        ("   ", True),
    ],
)
def test_search(text: str, finds: bool, desk: dict[str, int], instructor: Person) -> None:
    """Numbers whole and without their spaces, names without their accents, both sides folded."""
    assert (desk["hospital"] in listed(instructor, text=text)) is finds


def test_search_by_number_finds_one(desk: dict[str, int], instructor: Person) -> None:
    assert listed(instructor, text=str(desk["taken"])) == [desk["taken"]]
    assert listed(instructor, text=str(desk["taken"])[:-1]) == []


def test_what_is_not_understood_narrows_nothing(desk: dict[str, int], instructor: Person) -> None:
    """No address is an error."""
    query = {"onglet": "x", "etat": "x", "type": "x", "departement": "x", "attribue": "x",
             "du": "x", "tri": "x", "taille": "7", "page": "x", "colonnes": "x"}  # fmt: skip
    assert set(page_numbers(instructor, **query)) == set(listed(instructor))


def test_the_address_is_the_list(desk: dict[str, int], instructor: Person) -> None:
    """Filters, sort, size and columns are in the address, and come back from a saved view."""
    query = "onglet=tous&etat=filed&tri=-filed_at&taille=50&colonnes=types&colonnes=depot"
    page = instructor.browser.get(f"{kit.LIST}?{query}", secure=True)
    assert [line.number for line in page.context["page"].object_list] == [
        desk["hospital"],
        desk["corrected"],
        desk["filed"],
    ]
    assert [key for key, _words in page.context["columns"]] == ["types", "depot"]
    instructor.post(f"{kit.LIST}vues/", {"name": " Paris ", "query": page.context["listed"]})
    view = SavedView.objects.get()
    assert view.name == "Paris"
    again = instructor.browser.get(f"{kit.LIST}?{view.query}", secure=True)
    assert again.context["listed"] == page.context["listed"]
    assert 'aria-current="page">Paris' in kit.text_of(again)
    instructor.post(f"{kit.LIST}vues/", {"name": "Paris", "query": "onglet=tous"})
    assert SavedView.objects.get().query == "onglet=tous"


def test_those_who_wait_longest_come_first(desk: dict[str, int], instructor: Person) -> None:
    """Under "À suivre" alone; elsewhere the last activity."""
    assert listed(instructor, tab=Tab.TO_FOLLOW)[0] == desk["filed"]
    assert listed(instructor, sort="company__legal_name")[-1] == desk["hospital"]
    assert page_numbers(instructor, onglet="a-suivre")[0] == desk["filed"]
    bare = instructor.get(kit.LIST)
    assert (bare.status_code, bare["Location"]) == (302, f"{kit.LIST}?onglet=a-suivre")


def test_news_are_what_happened_since_one_looked(
    applicant: Person, instructor: Person, second_instructor: Person
) -> None:
    """New, message, modified, corrected, confirmed: each to whoever has not seen it."""
    number = dossiers.deposited(applicant.actor, at=NOW)
    hour = timedelta(hours=1)

    def news() -> set[News]:
        return set(queue.queue(QueueFilters(), instructor.actor).object_list[0].news)

    assert news() == {News.NEW}
    instructing.see(number=number, by=instructor.actor, at=NOW + hour)
    assert news() == set()
    assert listed(instructor, news=True) == []
    messaging.send(number=number, body="Bonjour", by=applicant.actor, at=NOW + 2 * hour)
    dossiers.fill(number, applicant.actor, {"use.solution": "V2"}, NOW + 2 * hour)
    depositing.deposit(number=number, by=applicant.actor, at=NOW + 2 * hour)
    assert news() == {News.MESSAGE, News.CHANGED}
    assert listed(instructor, news=True) == [number]
    instructing.see(number=number, by=instructor.actor, at=NOW + 3 * hour)
    messaging.send(number=number, body="Réponse", by=instructor.actor, at=NOW + 4 * hour)
    kit.ask(number, instructor.actor, when=NOW + 4 * hour)
    assert news() == set()
    dossiers.fill(number, applicant.actor, {"use.solution": "V3"}, NOW + 5 * hour)
    depositing.deposit(number=number, by=applicant.actor, at=NOW + 5 * hour)
    asked = dossiers.row(number).confirmations.get()
    asked.confirmed_at = NOW + 5 * hour
    asked.save()
    assert news() == {News.CORRECTED, News.CONFIRMED}
    assert listed(second_instructor, news=True) == [number]
    assert "Correction faite" in kit.text_of(instructor.get(kit.LIST, onglet="tous"))


def test_green_means_that_the_last_deposit_is_green(
    applicant: Person, instructor: Person, known_registers
) -> None:
    """The clerk examines; a new deposit is not green until it was examined too."""
    number = dossiers.deposited(applicant.actor)
    now = timezone.now()
    assert listed(instructor, green=True) == []
    assert examining.examine_due(now) == 1
    assert examining.examine_due(now) == 0
    assert listed(instructor, green=True) == [number]
    line = queue.queue(QueueFilters(), instructor.actor).object_list[0]
    assert (line.checks, line.is_proposed) == ("ok", True)
    dossiers.fill(number, applicant.actor, {"administrators.0.name": "Paul AUTRE"})
    depositing.deposit(number=number, by=applicant.actor, at=now)
    assert listed(instructor, green=True) == []
    assert examining.examine_due(now) == 1
    assert queue.queue(QueueFilters(), instructor.actor).object_list[0].checks == "blocking"
    assert examining.examine_due(now + timedelta(days=2)) == 1


def test_previous_and_next_follow_the_list(desk: dict[str, int], instructor: Person) -> None:
    """The list of the address, at both ends too; a dossier that left it leads to its first."""
    first, second, third = page_numbers(instructor, onglet="a-suivre")
    page = instructor.get(kit.at(second), onglet="a-suivre")
    assert (page.context["before"], page.context["after"]) == (first, third)
    assert f"{kit.at(third)}?onglet=a-suivre" in kit.text_of(page)
    assert instructor.get(kit.at(first), onglet="a-suivre").context["before"] is None
    assert instructor.get(kit.at(third), onglet="a-suivre").context["after"] is None
    left = instructor.get(kit.at(desk["taken"]), onglet="a-suivre")
    assert (left.context["before"], left.context["after"]) == (None, first)


def test_a_card_typed_in_groups_is_found(desk: dict[str, int], instructor: Person) -> None:
    assert JEANNE_CARD not in dossiers.row(desk["hospital"]).search_text
    assert set(listed(instructor, text=JEANNE_CARD)) == {
        desk[name] for name in ("filed", "taken", "corrected", "closed")
    }
