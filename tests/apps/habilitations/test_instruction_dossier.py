"""One dossier on an instructor's desk: side by side, presence, notes, corrections, history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from apps.habilitations.dossiers import EXPIRED_CARD, OPPOSED_CARD, Person
from guichet.domain.dossier.checks import Level
from guichet.habilitations.models import Correction, Following
from guichet.habilitations.operations import depositing, drafting, instructing, messaging
from guichet.journal import queries as journal

pytestmark = pytest.mark.django_db
FIRST = "administrators.0."


def line(page, path: str):
    parts = page.context["parts"]
    return next(found for part in parts for found in part.lines if found.path == path)


def test_the_deck_s_case_is_proposed(applicant, instructor, known_registers) -> None:
    """Everything green and the representative known: one button leads to the decision."""
    number = dossiers.deposited(applicant.actor)
    page = instructor.get(kit.at(number))
    text = kit.text_of(page)
    assert page.context["is_proposed"]
    assert "Proposition d’acceptation" in text
    assert line(page, "siret").known[0] == dossiers.AGENCY_NAME
    assert line(page, "representative.surname").known == ("DUPONT",)
    answer = kit.act(instructor, number, "prendre/", puis="accepter")
    assert answer["Location"] == kit.at(number, "accepter/")
    assert dossiers.row(number).state == "in-instruction"


def test_differences_are_marked_where_they_are(applicant, instructor, known_registers) -> None:
    """Another name, an expired and an opposed card, a new domain: each on its own line."""
    number = dossiers.deposited(
        applicant.actor,
        {
            f"{FIRST}name": "Jeane CHARLES",
            "administrators.1.card_number": EXPIRED_CARD,
            "administrators.1.name": "Anne PASSE",
            "administrators.1.phone": "0102030405",
            "administrators.1.email": "anne@gmail.com",
            "administrators.2.card_number": OPPOSED_CARD,
            "administrators.2.name": "Paul AUTRE",
            "administrators.2.phone": "0102030405",
            "administrators.2.email": "luc@sante.fr",
            "representative.surname": "MARTIN",
            **kit.NEW_DOMAIN,
        },
    )
    page = instructor.get(kit.at(number))
    one, two, three = (f"administrators.{row}" for row in kit.rows(number))
    assert not page.context["is_proposed"]
    assert "Proposition d’acceptation" not in kit.text_of(page)
    levels = {
        f"{one}.name": Level.WARNING,
        f"{two}.card_number": Level.BLOCKING,
        f"{two}.name": Level.OK,
        f"{two}.email": Level.WARNING,
        f"{three}.card_number": Level.BLOCKING,
        f"{three}.name": Level.BLOCKING,
        "representative.surname": Level.WARNING,
        "types.ssl_domain": Level.WARNING,
        "use.solution": None,
    }
    assert {path: line(page, path).level for path in levels} == levels
    assert line(page, f"{three}.name").known == ("LUC PERDU",)
    assert line(page, f"{three}.name").differs
    assert not line(page, f"{two}.name").differs
    assert "Indiquez la carte qui la remplace." in kit.text_of(page)


def test_registers_that_say_nothing_block_nothing(applicant, instructor) -> None:
    """Without registers the page says so, and proposes nothing."""
    number = dossiers.deposited(applicant.actor)
    page = instructor.get(kit.at(number))
    assert not page.context["is_proposed"]
    card = line(page, f"administrators.{kit.rows(number)[0]}.card_number")
    assert card.level is Level.UNVERIFIED
    assert card.known == ()


def test_what_changed_since_the_deposit_before(applicant, instructor) -> None:
    """The former text stands under the new one; edits not deposited are told of, not shown."""
    number = dossiers.deposited(applicant.actor)
    dossiers.fill(number, applicant.actor, {"use.solution": "Version 2"})
    depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    dossiers.fill(number, applicant.actor, {"use.solution": "Version 3"})
    page = instructor.get(kit.at(number))
    changed = line(page, "use.solution")
    assert (changed.before, changed.declared) == ("Esante WebModule", "Version 2")
    text = kit.text_of(page)
    assert "Modifications non déposées" in text
    assert "Version 3" not in text


def test_who_else_reads_it_now(applicant, instructor, second_instructor) -> None:
    """Whoever opened it in the last ten minutes, oneself apart; readings are journalled daily."""
    number = dossiers.deposited(applicant.actor)
    second_instructor.get(kit.at(number))
    assert "SECOND / Ali consulte ce dossier" in kit.text_of(instructor.get(kit.at(number)))
    a_while_ago = timezone.now() - timedelta(minutes=11)
    Following.objects.update(seen_at=a_while_ago)
    assert "consulte ce dossier" not in kit.text_of(instructor.get(kit.at(number)))

    events = [e.actor for e in journal.entries_about(f"dossier:{number}") if "read" in e.event]
    of_another_day = [] if a_while_ago.date() == timezone.now().date() else ["card:2800301011"]
    assert sorted(events) == [*of_another_day, "card:2800301011", "card:2800302012"]


def test_a_correction_points_at_fields(applicant, instructor, known_registers) -> None:
    """Blocking checks are ticked already; comments, a tick alone, a text from the catalogue."""
    number = dossiers.deposited(applicant.actor, {f"{FIRST}name": "Paul AUTRE"})
    path = f"administrators.{kit.rows(number)[0]}"
    form = instructor.get(kit.at(number, "correction/"))
    text = kit.text_of(form)
    assert f'name="field.{path}.name" checked' in text
    assert "Vérifiez le numéro de la carte et le nom" in text
    inserted = kit.act(
        instructor, number, "correction/", why="outdated", modele="use", reason="Bonjour.",
        inserer="1", **{"comment.use.editor": "Lequel ?"},
    )  # fmt: skip
    text = kit.text_of(inserted)
    assert "Bonjour.\n\nL’usage décrit" in text
    assert 'value="Lequel ?"' in text
    assert not Correction.objects.exists()
    lu = kit.stamp(number)
    sent = {
        "why": "incorrect",
        "modele": "holder-name",
        "reason": "",
        f"field.{path}.name": "on",
        f"comment.{path}.email": "Adresse fermée.",
        "field.stranger.path": "on",
    }
    for _twice in range(2):
        assert kit.act(instructor, number, "correction/", lu=lu, **sent).status_code == 302
    asked = Correction.objects.get()
    assert asked.fields == {
        f"{path}.name": "Des informations sont incorrectes",
        f"{path}.email": "Adresse fermée.",
    }
    assert "Le nom déclaré n’est pas celui que porte la carte." in asked.message.body
    again = kit.text_of(instructor.get(kit.at(number)))
    assert "Correction demandée, sans réponse" in again
    assert "Correction demandée : Adresse fermée." in again


def test_a_correction_says_something(applicant, instructor) -> None:
    """REFUSED on the form, with what was typed."""
    number = dossiers.deposited(applicant.actor)
    answer = kit.act(instructor, number, "correction/", why="incomplete", reason=" ")
    assert answer.status_code == 422
    assert "Cochez un champ, ou écrivez un message." in kit.text_of(answer)
    assert kit.act(instructor, number, "correction/", why="king", reason="x").status_code == 422
    assert not Correction.objects.exists()


def test_the_history_tells_everything(applicant, instructor, supervisor, known_registers) -> None:
    """Differences between any two deposits, corrections, decisions, journal with names."""
    number = dossiers.deposited(applicant.actor)
    kit.ask(number, instructor.actor)
    for version in ("2", "3"):
        dossiers.fill(number, applicant.actor, {"use.solution": f"Version {version}"})
        depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    messaging.send(number=number, body="Fait.", by=applicant.actor, at=timezone.now())
    kit.take(number, instructor.actor)
    kit.decide(number, instructor.actor)
    last = instructor.get(kit.at(number, "historique/"))
    assert [change["before"] for change in last.context["changes"]] == ["Version 2"]
    first = instructor.get(kit.at(number, "historique/"), de="1", a="3")
    assert first.context["changes"] == [
        {"label": "Solution utilisée", "before": "Esante WebModule", "after": "Version 3"}
    ]
    text = kit.text_of(first)
    for words in (
        "Quelle version ?",
        "répondue par le dépôt 2",
        "Acceptation",
        "En vigueur",
        "Jeanne CHARLES (0203040506)",
        "MOREL / Inès — Le dossier est incomplet — Solution utilisée",
        "DUPONT / Jean — dépôt 1",
        "Message envoyé",
    ):
        assert words in text, words
    nonsense = instructor.get(kit.at(number, "historique/"), de="9", a="x")
    assert nonsense.status_code == 200


def test_a_form_that_today_s_rules_refuse_is_still_read(applicant, instructor) -> None:
    """The page says what is wrong with it instead of failing."""
    number = dossiers.deposited(applicant.actor)
    revision = dossiers.row(number).revisions.get()
    revision.content["texts"]["representative.phone"] = "12"
    revision.save()
    page = instructor.get(kit.at(number))
    assert page.status_code == 200
    assert "ne répond plus aux règles" in kit.text_of(page)
    kit.take(number, instructor.actor)
    assert instructor.get(kit.at(number, "accepter/")).status_code == 422


def test_what_the_applicant_threw_away_says_so(applicant, instructor) -> None:
    number = dossiers.deposited(applicant.actor)
    drafting.trash(number=number, by=applicant.actor, at=timezone.now())
    assert "mis à la corbeille par le déposant" in kit.text_of(instructor.get(kit.at(number)))


def test_reading_leaves_the_applicant_s_form_alone(applicant, instructor: Person) -> None:
    """Opening, following and noting change neither the draft nor the state."""
    number = dossiers.deposited(applicant.actor)
    before = dossiers.row(number)
    instructor.get(kit.at(number))
    instructing.see(number=number, by=instructor.actor, at=timezone.now())
    after = dossiers.row(number)
    assert (after.draft, after.version, after.state, after.active_at) == (
        before.draft,
        before.version,
        before.state,
        before.active_at,
    )
