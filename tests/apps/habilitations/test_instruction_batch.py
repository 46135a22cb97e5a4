"""One act on many dossiers: foretold for each, done once, each on its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from apps.habilitations.dossiers import Person
from guichet.habilitations.models import Decision, Following, Message, Right
from guichet.journal import queries as journal
from guichet.notifications.models import OutboxMail

pytestmark = pytest.mark.django_db
PREPARE, RUN = f"{kit.LIST}lot/", f"{kit.LIST}lot/executer/"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def filed(applicant: Person, known_registers) -> Callable[..., int]:
    def make(changes: dict[str, str] | None = None) -> int:
        return dossiers.deposited(applicant.actor, changes)

    return make


def prepare(who: Person, act: str, *numbers: int, **more: str):
    return who.post(PREPARE, {"acte": act, "numero": [str(n) for n in numbers], **more})


def form_of(page) -> dict[str, str]:
    """What the page's last form would send."""
    form = page.content.decode().rpartition(f'action="{RUN}"')[2]
    return {n: v for n, v in HIDDEN.findall(form) if n != "csrfmiddlewaretoken"}


def run(who: Person, act: str, *numbers: int, times: int = 1, **more: str):
    """Prepare, then send the form so many times; the page of results."""
    sent = form_of(prepare(who, act, *numbers, **more))
    for _time in range(times):
        answer = who.post(RUN, sent)
        assert answer.status_code == 302, kit.text_of(answer)
    return who.get(answer["Location"].partition("?")[0])


def test_taking_says_for_each_what_will_happen(filed, applicant, instructor) -> None:
    """One to take, one being edited, one taken already, one that is not there; nothing is done."""
    good, edited, taken = filed(), filed(), filed()
    dossiers.fill(edited, applicant.actor, {"use.solution": "x"})
    kit.take(taken, instructor.actor)
    page = prepare(instructor, "take", good, edited, taken, 999)
    outcomes = {found.number: found.outcome for found, _words in page.context["lines"]}
    assert outcomes == {
        good: "done",
        edited: "edits-pending",
        taken: "move-forbidden",
        999: "dossier-unknown",
    }
    assert "Faire pour 1 dossier" in kit.text_of(page)
    assert dossiers.row(good).state == "filed"
    assert kit.told(good) == ["dossier-begun", "dossier-deposited"]
    assert not OutboxMail.objects.filter(dedupe_key__contains=":taken:", about=f"dossier:{good}")


def test_each_is_done_in_its_own_transaction(filed, instructor, second_instructor) -> None:
    """What moved since the rehearsal is left alone; the others are done, and all is listed."""
    first, second = filed(), filed()
    sent = form_of(prepare(instructor, "take", first, second))
    kit.take(second, second_instructor.actor)
    answer = instructor.post(RUN, sent)
    page = instructor.get(answer["Location"])
    assert [line[0] for line in page.context["done"]] == [first]
    assert [(line[0], line[1]) for line in page.context["failed"]] == [(second, "dossier-changed")]
    assert "modifié le dossier" in kit.text_of(page)
    assert dossiers.row(first).assignee_id == instructor.actor.account_id
    assert dossiers.row(second).assignee_id == second_instructor.actor.account_id


def test_a_batch_sent_twice_runs_once(filed, instructor) -> None:
    """A message is the act that would show: it leaves once."""
    first, second = filed(), filed()
    page = run(instructor, "message", first, second, times=2, texte="Fermé vendredi.")
    assert len(page.context["done"]) == 2
    for number in (first, second):
        sent = Message.objects.filter(dossier__number=number, kind=Message.FREE)
        assert [message.body for message in sent] == ["Fermé vendredi."]
    batches = [e for e in journal.recent(200) if e.event.startswith("batch-")]
    assert sorted(e.event for e in batches) == ["batch-begun", "batch-ended"]


def test_accepting_takes_only_what_is_green(filed, instructor) -> None:
    """Taken first where nobody had; what is not green says why, and is not taken either."""
    green, taken = filed(), filed()
    kit.take(taken, instructor.actor)
    red = filed({"administrators.0.name": "Paul AUTRE"})
    unknown = filed({"representative.surname": "MARTIN"})
    page = prepare(instructor, "accept", green, taken, red, unknown)
    text = kit.text_of(page)
    assert "Le nom n’est pas celui de la carte." in text
    assert "N° de carte : Une vérification" in text
    assert not Right.objects.exists()
    done = run(instructor, "accept", green, taken, red, unknown)
    assert {line[0] for line in done.context["done"]} == {green, taken}
    assert dossiers.row(green).state == dossiers.row(taken).state == "accepted"
    assert dossiers.row(red).state == "filed"
    assert kit.told(red) == ["dossier-begun", "dossier-deposited"]
    assert Decision.objects.count() == 2


def test_closing_asks_for_a_reason_first(filed, instructor) -> None:
    """Written or from the catalogue, in each applicant's language."""
    french, english = filed(), filed()
    for number in (french, english):
        kit.take(number, instructor.actor)
    row = dossiers.row(english)
    row.language = "en"
    row.save()
    page = prepare(instructor, "close", french, english)
    assert page.context["lines"] == []
    assert "Sans réponse du demandeur" in kit.text_of(page)
    run(instructor, "close", french, english, modele="no-answer")
    reasons = dict(Decision.objects.values_list("dossier__number", "reason"))
    assert reasons[french].startswith("Les corrections demandées")
    assert reasons[english].startswith("The corrections asked for")


def test_following_and_archiving(filed, instructor) -> None:
    first, second = filed(), filed()
    run(instructor, "follow", first, second, times=2)
    assert Following.objects.filter(follows=True).count() == 2
    kit.take(first, instructor.actor)
    kit.decide(first, instructor.actor, "close")
    page = run(instructor, "archive", first, second)
    assert [line[0] for line in page.context["done"]] == [first]
    assert dossiers.row(first).archived_at is not None


def test_a_selection_is_of_one_to_two_hundred(instructor) -> None:
    """REFUSED: nothing chosen, too much, nonsense, an act that is none."""
    for numbers in ([], range(1, 202), ["x", "-1", "²"]):
        answer = prepare(instructor, "follow", *numbers)
        assert answer.status_code == 400, numbers
    assert prepare(instructor, "destroy", 1).status_code == 400
    assert instructor.post(RUN, {"acte": "follow", "cle": "x", "lu.1": "x"}).status_code == 400
    assert instructor.post(RUN, {"acte": "follow", "cle": str(uuid4())}).status_code == 400
    for number in ("²", "9" * 5_000):
        sent = {"acte": "follow", "cle": str(uuid4()), f"lu.{number}": "x"}
        assert instructor.post(RUN, sent).status_code == 400, number


def test_results_are_one_s_own(filed, instructor, second_instructor, auditor) -> None:
    """REFUSED to others, and for a batch that never was."""
    number = filed()
    sent = form_of(prepare(instructor, "follow", number))
    address = instructor.post(RUN, sent)["Location"].partition("?")[0]
    assert instructor.get(address).status_code == 200
    assert second_instructor.get(address).status_code == 404
    assert auditor.get(address).status_code == 403
    assert instructor.get(f"{PREPARE}{uuid4()}/").status_code == 404


def test_nobody_decides_for_themselves_in_a_batch(enter, filed, instructor) -> None:
    """REFUSED for the dossier that names one's card, and for one's own; the rest goes on."""
    named = enter("Jeanne", "CHARLES", card=dossiers.JEANNE_CARD, roles=("instructor",))
    about_her, own = filed(), dossiers.deposited(named.actor)
    kit.take(about_her, instructor.actor)
    page = prepare(named, "accept", about_her, own)
    outcomes = {found.number: found.outcome for found, _words in page.context["lines"]}
    assert set(outcomes) == {about_her, own}
    assert outcomes[about_her] == "own-dossier"
    assert not any(found.is_possible for found, _words in page.context["lines"])


def test_two_hundred_at_once(filed, instructor, applicant) -> None:
    """The largest selection is followed."""
    at = timezone.now()
    numbers = [dossiers.deposited(applicant.actor, at=at) for _dossier in range(12)]
    page = run(instructor, "take", *numbers)
    assert len(page.context["done"]) == len(numbers)
