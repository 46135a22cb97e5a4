"""Decisions that need two people: a new domain, approved by somebody else."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from apps.habilitations.deciding import accepting, offers, taken  # noqa: F401 the fixtures
from apps.habilitations.dossiers import JEANNE_CARD
from guichet.domain.refusals import Code
from guichet.habilitations.models import Decision
from guichet.habilitations.operations import deciding
from guichet.habilitations.policy import DossierPolicy
from guichet.identities import operations as identities
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db


def test_a_new_domain_needs_two_people(taken, instructor, second_instructor) -> None:
    """Told before; nothing changes until another person approves; then it all does, once."""
    number = taken(kit.NEW_DOMAIN)
    sent = accepting(number, kit.rows(number), ["org", "serv_ssl"])
    page = kit.act(instructor, number, "accepter/", verifier="1", **sent)
    assert page.context["needs_second"]
    assert {right.offer for right, _held in page.context["consequences"].opened} == {"ORG", "SERV"}
    lu = kit.stamp(number)
    for _twice in range(2):
        answer = kit.act(instructor, number, "accepter/", lu=lu, confirmer="1", **sent)
        assert answer.status_code == 302
    assert offers(JEANNE_CARD) == set()
    assert dossiers.row(number).state == "in-instruction"
    own = instructor.get(kit.at(number, "approbation/"))
    assert "deux personnes différentes" in kit.text_of(own)
    assert 'name="approuver"' not in kit.text_of(own)
    refused = kit.act(instructor, number, "approbation/", approuver="1")
    assert refused.status_code == 403
    page = second_instructor.get(kit.at(number, "approbation/"))
    assert len(page.context["consequences"].opened) == 2
    lu = kit.stamp(number)
    for _twice in range(2):
        answer = kit.act(second_instructor, number, "approbation/", lu=lu, approuver="1")
        assert answer.status_code == 302
    assert offers(JEANNE_CARD) == {"ORG", "SERV"}
    decision = Decision.objects.get()
    assert (decision.by_label, decision.second_label) == ("MOREL / Inès", "SECOND / Ali")
    assert kit.told(number).count("dossier-accepted") == 1
    assert second_instructor.get(kit.at(number, "approbation/")).status_code == 409


def test_nothing_moves_under_a_decision_that_waits(taken, instructor, second_instructor) -> None:
    """REFUSED: corrections, giving back and a second decision, until it is withdrawn."""
    number = taken(kit.NEW_DOMAIN)
    assert kit.decide(number, instructor.actor) is False
    sent = {"why": "incorrect", "reason": "x"}
    assert kit.act(second_instructor, number, "correction/", **sent).status_code == 409
    assert kit.act(second_instructor, number, "rendre/").status_code == 409
    again = accepting(number, kit.rows(number), ["org"], **{"refused.serv_ssl": "Non."})
    assert kit.act(instructor, number, "accepter/", confirmer="1", **again).status_code == 409
    lu = kit.stamp(number)
    for _twice in range(2):
        answer = kit.act(instructor, number, "approbation/", lu=lu, retirer="1")
        assert answer.status_code == 302
    assert kit.told(number).count("dossier-decision-withdrawn") == 1
    assert kit.act(instructor, number, "accepter/", confirmer="1", **again).status_code == 302
    assert offers(JEANNE_CARD) == {"ORG"}


def test_an_approval_is_of_a_dossier_in_instruction(taken, instructor, second_instructor) -> None:
    """REFUSED by the operation too, whatever page sent it."""
    number = taken(kit.NEW_DOMAIN)
    kit.decide(number, instructor.actor)
    row = dossiers.row(number)
    row.state = "filed"
    row.save()
    with assert_refused(Code.MOVE_FORBIDDEN):
        deciding.approve(number=number, by=second_instructor.actor, at=timezone.now())


def test_two_accounts_of_one_person_are_one_person(taken, instructor, second_instructor) -> None:
    """REFUSED: who proposed with one account and a card does not approve with the other."""
    number = taken(kit.NEW_DOMAIN)
    kit.decide(number, instructor.actor)
    twin = replace(second_instructor.actor, twin_id=instructor.actor.account_id)
    with assert_refused(Code.SECOND_APPROVAL_SAME):
        deciding.approve(number=number, by=twin, at=timezone.now())
    assert offers(JEANNE_CARD) == set()


def test_nobody_decides_on_a_card_of_theirs_without_showing_it(taken, instructor) -> None:
    """REFUSED: the card is named in the dossier, and its holder logged in otherwise."""
    number = taken(kit.NEW_DOMAIN)
    identities.register_card(
        number=JEANNE_CARD,
        account_id=instructor.actor.account_id,
        holder_name="JEANNE CHARLES",
        by="test",
        at=timezone.now(),
    )
    with assert_refused(Code.OWN_DOSSIER):
        kit.decide(number, replace(instructor.actor, card_number=None))


def test_a_proved_or_known_domain_needs_one_person(taken, instructor, settings) -> None:
    """An operator may do without a second person as well."""
    settings.GUICHET_HABILITATIONS = DossierPolicy(second_approval_for_new_domains=False)
    number = taken(kit.NEW_DOMAIN)
    assert kit.decide(number, instructor.actor) is True
    settings.GUICHET_HABILITATIONS = DossierPolicy()
    again = taken(kit.NEW_DOMAIN)
    assert kit.decide(again, instructor.actor) is True
