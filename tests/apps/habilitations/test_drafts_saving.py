"""The address a script saves to: what it takes, what it tells, how it refuses."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.domain.dossier.typed import ADMINISTRATORS
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations import drafting, instructing, sharing
from guichet.identities.models import Account
from guichet.identities.sessions import BACKEND

pytestmark = pytest.mark.django_db


def address(number: int) -> str:
    return f"/habilitations/dossiers/{number}/enregistrer/"


def test_what_changed_is_kept_and_told(applicant, known_registers) -> None:
    """Version, hour, objections and verdicts of the paths, progress, chances."""
    number = dossiers.begin_draft(applicant.actor)
    card, phone = (
        dossiers.path_of(number, f"administrators.0.{name}") for name in ("card_number", "phone")
    )
    changes = {card: dossiers.JEANNE_CARD, phone: "12", "types.org": "on"}
    answer = applicant.send(address(number), {"changes": changes, "version": 0})
    told = answer.json()
    assert answer.status_code == 200
    assert told["version"] == 1
    assert told["told"].startswith("Brouillon enregistré à ")
    assert told["fields"][card]["notes"][0]["kind"] == "success"
    assert "01 02 03 04 05" in told["fields"][phone]["errors"][0]
    assert told["fields"]["use.editor"] == {"errors": [], "notes": []}
    assert told["progress"]["usage"] == 3
    assert [one["chance"] for one in told["chances"]] == ["missing"]
    assert "texts" not in told
    assert dossiers.typed(number).get(card) == dossiers.JEANNE_CARD


def test_others_who_wrote_are_told(applicant) -> None:
    """The whole form comes back when the version is not the one last seen."""
    number = dossiers.begin_draft(applicant.actor)
    dossiers.fill(number, applicant.actor, {"use.solution": "Ailleurs"})
    sent = {"changes": {"use.editor": "Ici"}, "version": 0}
    told = applicant.send(address(number), sent).json()
    assert told["texts"]["use.solution"] == "Ailleurs"
    assert told["texts"]["use.editor"] == "Ici"
    assert set(told["rows"]) == {ADMINISTRATORS}
    again = applicant.send(address(number), {"changes": {}, "version": told["version"]})
    assert "texts" not in again.json()


def test_rows_come_and_go(applicant) -> None:
    """The server names the row; one that is gone twice is gone once."""
    number = dossiers.begin_draft(applicant.actor)
    told = applicant.send(address(number), {"version": 0, "add": ADMINISTRATORS}).json()
    assert told["row"] in dossiers.typed(number).ids(ADMINISTRATORS)
    gone = f"{ADMINISTRATORS}.{told['row']}"
    for _again in range(2):
        told = applicant.send(address(number), {"version": told["version"], "remove": gone}).json()
    assert len(dossiers.typed(number).ids(ADMINISTRATORS)) == 1


def test_a_fresh_token_is_given_for_a_form_that_outlived_its_login(applicant) -> None:
    """403 to the old token, GET gives the new one and the form as it is, then 200."""
    number = dossiers.begin_draft(applicant.actor)
    browser = Client(enforce_csrf_checks=True)
    account = Account.objects.get(pk=applicant.actor.account_id)
    browser.force_login(account, backend=BACKEND)

    def post(token: str) -> int:
        return browser.post(
            address(number),
            {"changes": {"use.editor": "ANS"}, "version": 0},
            content_type="application/json",
            secure=True,
            headers={
                "accept": "application/json",
                "x-csrftoken": token,
                "referer": "https://testserver/",
            },
        ).status_code

    assert post("x" * 64) == 403
    state = browser.get(address(number), secure=True, headers={"accept": "application/json"}).json()
    assert state["version"] == 0
    assert state["texts"]["siret"] == dossiers.AGENCY
    assert post(state["token"]) == 200


def test_a_session_that_is_gone_is_a_clean_401(applicant) -> None:
    """A problem document, never a login page."""
    number = dossiers.begin_draft(applicant.actor)
    applicant.browser.logout()
    answer = applicant.send(address(number), {"changes": {}, "version": 0})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"changes": [], "version": 0}', 400),
        (b'{"changes": {"use.editor": 3}, "version": 0}', 400),
        (b'{"changes": {}}', 400),
        (b'{"changes": {}, "version": "1"}', 400),
        (b'{"changes": {}, "version": true}', 400),
        (b'{"changes": {"use.description": "' + b"x" * 300_000 + b'"}, "version": 0}', 413),
        (b'{"changes": {"use.description": "' + b"x" * 2_000_000 + b'"}, "version": 0}', 413),
    ],
    ids=range(12),
)
def test_a_body_that_is_none_is_refused_and_changes_nothing(
    applicant, body: bytes, status: int
) -> None:
    """400 or 413, as a problem document."""
    number = dossiers.begin_draft(applicant.actor)
    answer = applicant.browser.post(
        address(number),
        body,
        content_type="application/json",
        secure=True,
        headers={"accept": "application/json"},
    )
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert dossiers.row(number).version == 0


def test_hostile_texts_are_kept_as_texts(applicant) -> None:
    """NUL and lone surrogates cannot be stored; unknown paths and the SIRET are left alone."""
    number = dossiers.begin_draft(applicant.actor)
    body = json.dumps(
        {
            "changes": {
                "use.editor": "a\x00b\ud800<script>",
                "use.solution": "x" * 1_000,
                "siret": dossiers.HOSPITAL,
                "administrators.zzzzzzzz.name": "Personne",
                "__class__": "x",
            },
            "version": 0,
        }
    )
    answer = applicant.browser.post(
        address(number), body, content_type="application/json", secure=True
    )
    assert answer.status_code == 200
    form = dossiers.typed(number)
    assert form.get("use.editor") == "ab?<script>"
    assert len(form.get("use.solution")) == 300
    assert form.get("siret") == dossiers.AGENCY
    assert "Personne" not in form.texts.values()


def test_a_frozen_dossier_answers_409(applicant, instructor) -> None:
    """What the page then says is that nothing more is saved."""
    number = dossiers.deposited(applicant.actor)
    instructing.take(number=number, by=instructor.actor, at=timezone.now())
    sent = {"changes": {"use.editor": "Tard"}, "version": 0}
    answer = applicant.send(address(number), sent)
    assert answer.status_code == 409
    assert answer.json()["code"] == "dossier-frozen"
    assert applicant.browser.get(address(number), secure=True).status_code == 409


def test_edits_of_a_deposited_dossier_differ_until_they_are_undone(applicant) -> None:
    """draft_differs follows what is typed."""
    number = dossiers.deposited(applicant.actor)
    version = dossiers.row(number).version
    sent = {"changes": {"use.editor": "Autre"}, "version": version}
    applicant.send(address(number), sent)
    assert dossiers.row(number).draft_differs
    applicant.send(address(number), {"changes": {"use.editor": "ANS"}, "version": version + 1})
    assert not dossiers.row(number).draft_differs


def test_a_co_writer_saves_too(applicant, stranger) -> None:
    """Until the access is taken back."""
    number = dossiers.begin_draft(applicant.actor)
    sharing.invite(number=number, email="a@b.fr", by=applicant.actor, at=timezone.now())
    row = Dossier.objects.get(number=number).participations.get()
    row.account_id, row.accepted_at = stranger.actor.account_id, timezone.now()
    row.save()
    sent = {"changes": {"use.editor": "Invité"}, "version": 0}
    assert stranger.send(address(number), sent).status_code == 200
    sharing.revoke(number=number, participation=row.pk, by=applicant.actor, at=timezone.now())
    assert stranger.send(address(number), sent).status_code == 404


def test_many_rows_are_checked_only_where_they_changed(
    applicant, known_registers, django_assert_num_queries
) -> None:
    """The registers are asked about the rows touched; queries do not grow with the rows."""
    number = dossiers.complete_draft(applicant.actor, dossiers.many_administrators(40))
    path = dossiers.path_of(number, "administrators.7.card_number")
    version = dossiers.row(number).version
    sent = {"changes": {path: dossiers.EXPIRED_CARD}, "version": version}
    with django_assert_num_queries(14):
        told = applicant.send(address(number), sent).json()
    assert told["fields"][path]["notes"][0]["kind"] == "danger"
    rows = {p.split(".")[1] for p in told["fields"] if p.startswith("administrators.")}
    assert len(rows) == 1


def test_the_bin_keeps_and_gives_back(applicant) -> None:
    """DOSSIER_TRASHED and DOSSIER_RESTORED once each, whatever is repeated."""
    number = dossiers.begin_draft(applicant.actor)
    at = timezone.now()
    for act in (drafting.trash, drafting.trash, drafting.restore, drafting.restore):
        act(number=number, by=applicant.actor, at=at)
    assert dossiers.row(number).trashed_at is None
