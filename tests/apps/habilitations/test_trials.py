"""Trial habilitations: a developer's own, at once, within limits, and never in production."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from apps.habilitations.rights_kit import NOW
from guichet.domain import trials
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.habilitations import Scope, covering
from guichet.domain.identifiers import Fqdn
from guichet.domain.refusals import Code
from guichet.domain.trials import TrialAsked
from guichet.habilitations import queries
from guichet.habilitations.models import Right, Structure, Trial
from guichet.habilitations.operations import rights, trying
from guichet.journal import queries as journal
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db
PAGE = "/habilitations/essai/"
SENT = {"name": "Éditeur Durand", "label": "Durand"}
ID = "10T0000001"


def opened(by, label: str = "durand", at=NOW) -> Trial:
    asked = TrialAsked.parse(name="Éditeur Durand", label=label)
    trying.open_trial(asked=asked, by=by.actor, at=at)
    return Trial.objects.get(label=label)


def offers(by, at=NOW) -> list[str]:
    return sorted(right.offer.value for right in queries.rights_of(by.actor.card_number, at))


def test_a_developer_orders_at_once(holder) -> None:
    """A fictitious structure that says TEST, two rights, one reserved domain."""
    assert "Aucune structure de test" in text(holder.get(PAGE))
    assert holder.post(PAGE, SENT).status_code == 302
    page = text(holder.get(PAGE))
    for words in ("TEST ÉDITEUR DURAND", ID, "durand.essai.test", f"structure_id={ID}"):
        assert words in page
    row = Trial.objects.get()
    at = row.opened_at
    held = queries.rights_of(holder.actor.card_number, at)
    for offer, usage, name in (
        (Offer.ORG, Usage.AUTH_CLI, None),
        (Offer.SERV, Usage.SSL_SERV, Fqdn("api.durand.essai.test")),
    ):
        scope = Scope(structure_id=ID, offer=offer, usage=usage, fqdn=name)
        assert covering(held, scope, at).ends_at == at + trials.LIFE
    other = Scope(
        structure_id=ID, offer=Offer.SERV, usage=Usage.SSL_SERV, fqdn=Fqdn("autre.essai.test")
    )
    with assert_refused(Code.RIGHT_DOMAIN):
        covering(held, other, at)
    told = [entry.event for entry in journal.recent() if entry.subject == f"structure:{ID}"]
    assert sorted(told) == [
        "right-granted",
        "right-granted",
        "structure-registered",
        "trial-opened",
    ]


@pytest.mark.parametrize("label", ["", "ab", "9vies", "a--b", "été", "durand.fr", "a" * 31, "-ab"])
def test_a_label_that_is_none(holder, label: str) -> None:
    answer = holder.post(PAGE, {"name": "Éditeur", "label": label})
    assert answer.status_code == 422
    assert "Éditeur" in text(answer)
    assert not Structure.objects.exists()


def test_limits(holder, enter) -> None:
    """So many by card, a domain for one card alone, a day when it ends."""
    opened(holder)
    other = enter("Luc", "AUTRE", card="2800999977", roles=("administrator",))
    with assert_refused(Code.TRIAL_LABEL_TAKEN):
        opened(other)
    for label in ("deux", "trois", "quatre", "cinq"):
        opened(holder, label)
    with assert_refused(Code.TRIALS_TOO_MANY):
        opened(holder, "six")
    assert len(offers(holder)) == 2 * trials.PER_CARD
    assert offers(holder, NOW + trials.LIFE) == []
    assert "rouvrez l’une des précédentes" in text(holder.get(PAGE))


def test_ended_and_opened_again(holder, stranger, enter) -> None:
    """By its own card alone, the same structure each time."""
    row = opened(holder)
    other = enter("Luc", "AUTRE", card="2800999977", roles=("administrator",))
    for verb in ("prolonger", "terminer"):
        assert other.post(f"{PAGE}{row.pk}/{verb}/").status_code == 404
        assert stranger.post(f"{PAGE}{row.pk}/{verb}/").status_code == 403
    assert other.get(f"{PAGE}{row.pk}/terminer/").status_code == 404
    assert ID not in text(other.get(PAGE))
    assert Client().get(PAGE, secure=True).status_code == 302
    assert offers(holder) == ["ORG", "SERV"]
    assert "TEST ÉDITEUR DURAND" in text(holder.get(f"{PAGE}{row.pk}/terminer/"))
    for _turn in range(2):
        trying.end(pk=row.pk, by=holder.actor, at=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    assert offers(holder, later) == []
    for _turn in range(2):
        trying.prolong(pk=row.pk, by=holder.actor, at=later)
    assert offers(holder, later) == ["ORG", "SERV"]
    assert Structure.objects.count() == 1


def test_what_the_staff_takes_away_is_not_taken_back(holder) -> None:
    row = opened(holder)
    right = Right.objects.filter(origin=str(row)).first()
    rights.suspend_right(key=str(right.key), because="abus", by="x", at=NOW, by_staff=True)
    with assert_refused(Code.RIGHT_SUSPENDED_BY_STAFF):
        trying.prolong(pk=row.pk, by=holder.actor, at=NOW + timedelta(hours=1))


def test_without_a_card_the_page_teaches(applicant) -> None:
    assert "Connectez-vous avec une carte de test" in text(applicant.get(PAGE))
    assert applicant.post(PAGE, SENT).status_code == 422
    assert not Structure.objects.exists()


def test_never_in_production(holder, settings) -> None:
    """No page, no act, no link; whatever was open there before."""
    row = opened(holder)
    assert PAGE in text(holder.get("/habilitations/"))
    settings.GUICHET = replace(settings.GUICHET, environment="production")
    assert PAGE not in text(holder.get("/habilitations/"))
    assert holder.get(PAGE).status_code == 404
    assert holder.post(PAGE, {**SENT, "label": "deux"}).status_code == 404
    assert holder.post(f"{PAGE}{row.pk}/prolonger/").status_code == 404
    with assert_refused(Code.TRIAL_IN_PRODUCTION):
        opened(holder, "deux")
    assert Trial.objects.count() == 1


def text(answer) -> str:
    return answer.content.decode().replace("\u202f", " ")
