"""The home page of somebody new: the steps left, each with its state, until they are put away."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.utils import timezone

from apps.orders.counter import Person, withdrawn
from guichet.identities.actors import Role
from guichet.identities.models import Card
from guichet.orders.first_visit import steps_left
from guichet.orders.visibility import reach

CLOSE = "/connexion/compte/premiers-pas/"


def states(person: Person) -> list[str]:
    page = person.get("/").content.decode()
    return re.findall(r'class="first-step first-step-(\w+)"', page)


def left_without_card(person: Person) -> list[str]:
    actor, at = replace(person.actor, card_number=None), timezone.now()
    return [step.state for step in steps_left(actor, reach(actor, at), at)]


def test_steps_follow_what_was_done(
    sophie: Person, nobody: Person, sign: Callable[..., None]
) -> None:
    assert states(nobody) == ["done", "current", "ahead", "ahead"]
    asked = '/aide/questions/obtenir-une-habilitation/"'
    assert asked in nobody.get("/").content.decode().partition("first-step-current")[2]
    assert states(sophie) == ["done", "done", "current", "ahead"]
    sophie.orders()
    assert states(sophie) == ["done", "done", "done", "current"]
    withdrawn(sophie, sign)
    assert states(sophie) == []


def test_a_representative_declares_and_waits(
    jean: Person, nobody: Person, authorities: object, sophie: Person
) -> None:
    assert left_without_card(nobody) == ["done", "current", "ahead", "ahead", "ahead"]
    assert left_without_card(jean) == ["done", "done", "done", "done", "current"]
    sophie.orders()
    assert left_without_card(jean) == []


def test_a_representative_with_a_card_is_not_told_to_be_named(
    jean: Person, authorities: object
) -> None:
    """Who names others is not sent to whoever could name them."""
    assert states(jean) == ["done", "done", "done", "done", "current"]
    shown = jean.get("/").content.decode().partition("first-step-current")[2]
    assert "obtenir-une-habilitation" not in shown.partition("</section>")[0]


def test_they_are_put_away_for_one_account_alone(sophie: Person, jeanne: Person) -> None:
    for _again in range(2):
        assert sophie.post(CLOSE)["Location"] == "/"
    assert states(sophie) == []
    assert states(jeanne)


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.AUDITOR])
def test_the_staff_has_other_work(person: Callable[..., Person], role: Role) -> None:
    somebody = person("2800999999", "MARTIN / ALIX", "899700999999", role.value)
    assert states(somebody) == []


@pytest.mark.parametrize("page", ["/produits/demander/", "/produits/retirer/"])
def test_whoever_has_no_card_is_told_so(nobody: Person, page: str) -> None:
    """Rights are a card's: a card without any is another matter."""
    words = "Vous êtes connecté sans carte"
    assert words not in nobody.get(page).content.decode()
    Card.objects.all().delete()
    told = nobody.get(page).content.decode()
    assert words in told
    assert "Votre carte" not in told


def test_nobody_else_puts_them_away(sophie: Person, client) -> None:
    assert sophie.get(CLOSE).status_code == 405
    assert "/connexion/" in client.post(CLOSE, secure=True)["Location"]


def test_only_who_withdraws_is_told_that_something_waits(
    sophie: Person, jean: Person, sign: Callable[..., None]
) -> None:
    """A representative sees the order and may not withdraw it."""
    sophie.orders()
    sign()
    assert "Des certificats vous attendent" in sophie.get("/").content.decode()
    assert "Des certificats vous attendent" not in jean.get("/").content.decode()
