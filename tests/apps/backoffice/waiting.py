"""Acts on what waits: each thing is brought to the state that its act takes, then all is undone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from apps.backoffice.programs import step
from apps.backoffice.scenery import INCIDENT, KEPT_KEY, OLD_CARD, Scene, first_of
from apps.backoffice.steps import Step
from apps.habilitations import instruction_kit as instruction
from apps.orders.counter import HOSPITAL
from apps.orders.test_key_proofs import signed
from apps.walk.town import mailed
from guichet.domain.orders.incidents import IncidentState, TouchedState
from guichet.habilitations.models import Dossier, Right
from guichet.habilitations.operations import recovering, renewing
from guichet.identities.models import AccessReview, Card, OpenSession, ReviewedAccount
from guichet.notifications.models import OutboxMail
from guichet.orders.models import Incident, IncidentCall, Touched
from kit import pki
from kit.entering import session_of

REVIEWS = "/gestion/acces/revues/"
RENEWAL = "/habilitations/renouvellement/"
# Somebody, method, address and what is posted there; how its thing comes to wait.
Waiting = tuple[str, str, str, dict[str, Any], Callable[[], object]]


def waited(scene: Scene) -> Iterator[Step]:
    """Each as a step that begins."""
    found = (*_of_staff(scene), *_of_incidents(scene), *_of_dossiers(scene), *_of_letters(scene))
    for who, method, address, data, prepare in found:
        browser = scene.town.browsers[who]
        sent = partial(browser.generic, method, address, secure=True)
        if method == "POST":
            sent = partial(browser.post, address, data, secure=True)
        one = step("portal", who, method, address, browser, sent)
        one.prepare = prepare
        yield one
    yield _proved(scene)
    yield from _answered(scene)


def _of_staff(scene: Scene) -> Iterator[Waiting]:
    review = AccessReview.objects.get(ended_at=None)
    yield "operator", "POST", f"{REVIEWS}{review.pk}/terminer/", {}, partial(_reviewed, review.pk)
    yield "operator", "POST", f"{REVIEWS}commencer/", {}, _review_ended
    support = scene.town.people["support"].account
    session = OpenSession.objects.create(
        account=support, session_key=session_of(support), by="ecps", opened_at=timezone.now()
    )
    address = f"/gestion/acces/personnes/{support.public_id}/sessions/{session.pk}/fermer/"
    yield "supervisor", "POST", address, {}, _nothing


def _reviewed(review: int) -> None:
    """Every line has its verdict."""
    lines = ReviewedAccount.objects.filter(review_id=review).order_by("pk")
    first, second, *_others = lines.values_list("account_id", flat=True)
    said = {"verdict": "kept", "reviewed_at": timezone.now()}
    lines.exclude(account_id=first).update(**said, reviewer_id=first)
    lines.filter(account_id=first).update(**said, reviewer_id=second)


def _review_ended() -> None:
    """One review at a time: that of the town is over."""
    AccessReview.objects.filter(ended_at=None).update(ended_at=timezone.now(), ended_ref="test")


def _of_incidents(scene: Scene) -> Iterator[Waiting]:
    address = first_of(scene.town, INCIDENT)
    number = int(address.rstrip("/").rpartition("/")[2])
    failed = partial(_reached, scene, number, IncidentState.DONE)
    yield "operator", "POST", f"{address}relancer/", {}, failed
    approved = partial(_reached, scene, number, IncidentState.APPROVED)
    yield "operator", "POST", f"{address}renouvellement/", {}, approved


def _reached(scene: Scene, number: int, state: IncidentState) -> None:
    """Decided by two people; a certificate could not be revoked, no call is under way."""
    people = scene.town.people
    Incident.objects.filter(pk=number).update(
        state=state.value,
        proposer_id=people["operator"].account.pk,
        decider_id=people["second"].account.pk,
        decided_at=timezone.now(),
    )
    Touched.objects.filter(incident_id=number).update(
        state=TouchedState.FAILED.value, failure="database: full"
    )
    IncidentCall.objects.filter(incident_id=number, ended_at=None).update(ended_at=timezone.now())


def _of_dossiers(scene: Scene) -> Iterator[Waiting]:
    """Changes that were not deposited, a decision that waits for a second person."""
    filed = _filed()
    address = f"/habilitations/dossiers/{filed}/"
    changed = partial(_changed, scene.town.browsers["denise"], address, filed)
    yield "denise", "POST", f"{address}abandonner/", {}, changed
    yield "supervisor", "GET", instruction.at(scene.proposed, "approbation/"), {}, _nothing


def _filed() -> int:
    """A dossier of DENISE's that nobody instructs."""
    return Dossier.objects.filter(state="filed").earliest("number").number


def _changed(browser: Client, address: str, number: int) -> None:
    version = Dossier.objects.get(number=number).version
    body = json.dumps({"changes": {"use.solution": "Un autre logiciel"}, "version": version})
    kind = {"content_type": "application/json", "secure": True}
    assert browser.post(f"{address}enregistrer/", body, **kind).status_code < 300


def _of_letters(scene: Scene) -> Iterator[Waiting]:
    """A dossier that a colleague asks for, rights of an older card, a paper of an e-mail."""
    paul = scene.town.people["paul"].actor
    number = _filed()
    address = f"/habilitations/etablissement/{number}/"
    yield "paul", "GET", address, {}, _nothing
    asked = partial(recovering.ask, number=number, by=paul, at=timezone.now())
    yield "denise", "POST", f"{address}reponse/", {"accept": "1"}, asked
    older = partial(_older_card, scene)
    yield "sophie", "POST", RENEWAL, {"structure": HOSPITAL}, older
    mail = OutboxMail.objects.exclude(encloses=[]).latest("pk")
    yield "", "GET", f"/courriers/{mail.key}/0/", {}, _nothing


def _older_card(scene: Scene) -> None:
    """Rights of SOPHIE's are those of a card that she had before."""
    account = scene.town.people["sophie"].account
    mine = Card.objects.filter(account=account).earliest("opened_at")
    before = mine.opened_at - timedelta(days=900)
    Card.objects.create(number=OLD_CARD, account=account, holder_name="SOPHIE", opened_at=before)
    Right.objects.filter(card_number=mine.number, offer="ORG").update(card_number=OLD_CARD)


def _answered(scene: Scene) -> Iterator[Step]:
    """By the link of an e-mail, which is written just before: the owner's of a dossier accepts too,
    the representatives', which comes after it, refuses alone."""
    asked, paul = partial(_asked, scene), scene.town.people["paul"].actor
    recovered = partial(recovering.ask, number=_filed(), by=paul, at=timezone.now())
    for pattern, prepare, place in (
        (r"/habilitations/reprises/[\w:.-]+/", recovered, -2),
        (r"/habilitations/reprises/[\w:.-]+/", recovered, -1),
        (r"/habilitations/renouvellements/[\w:.-]+/", asked, -1),
    ):
        browser = Client()
        ask = partial(_follow, browser, pattern, place)
        one = step("portal", "", "GET", pattern.replace(r"[\w:.-]+", "x"), browser, ask)
        one.prepare = prepare
        yield one


def _asked(scene: Scene) -> None:
    _older_card(scene)
    who = scene.town.people["sophie"].actor
    renewing.ask(national_id=HOSPITAL, by=who, at=timezone.now())


def _follow(browser: Client, pattern: str, place: int) -> HttpResponse:
    return browser.get(mailed(pattern)[place], secure=True)  # type: ignore[return-value]


def _proved(scene: Scene) -> Step:
    """The key of a product signs a challenge, as it does in a browser."""
    browser, challenges = scene.town.browsers["sophie"], list[str]()
    address = f"/produits/suivre/parc/{scene.kept}/preuve/"
    key = pki.kept_key(*KEPT_KEY)

    def challenge() -> None:
        challenges.append(browser.get(address, secure=True).json()["challenge"])

    def ask() -> HttpResponse:
        sent = {"challenge": challenges[-1], "signature": signed(key, challenges[-1])}
        return browser.post(address, sent, secure=True)  # type: ignore[return-value]

    found = step("portal", "sophie", "POST", address, browser, ask)
    found.prepare = challenge
    return found


def _nothing() -> None:
    """It waits already."""
