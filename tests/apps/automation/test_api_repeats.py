"""A call sent again, read again, sent too often, or about to go: what surrounds every call."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from apps.automation.callers import JEANNE, SOPHIE, Api, csr_pem
from apps.automation.machine_callers import account, by_token, token_of
from guichet.automation import answers, deprecations, rates
from guichet.automation.models import CallWindow, KeptAnswer
from guichet.automation.policy import ApiPolicy
from guichet.identities.actors import Actor
from guichet.identities.models import MachineCredential
from guichet.orders.models import Order, Product
from kit import races

Body = Callable[..., dict[str, Any]]
Sign = Callable[[], None]
WITHDRAWAL = {"revocation_code": "une phrase à moi", "accept_terms": True}
SAME = "7a1c"


def put(api: Api, path: str, emails: list[str], **headers: str) -> Any:
    """Replace contacts."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.client.put(
        f"/api/v1{path}",
        json.dumps({"contacts": emails}),
        content_type="application/json",
        secure=True,
        headers=sent,
    )


def test_every_post_is_done_once(
    api: Api, as_card: Callable[[Actor], Api], order_body: Body, sign_everything: Sign
) -> None:
    """The answer lost is given again, octet for octet; a refusal is not kept, nor shared."""
    body = order_body()
    first = api.post("/orders", body, Idempotency_Key=SAME)
    again = api.post("/orders", body, Idempotency_Key=SAME)
    assert (again.status_code, again.content) == (202, first.content)
    assert (again["Idempotency-Replayed"], first.get("Idempotency-Replayed")) == ("true", None)
    path = f"/orders/{first.json()['number']}/withdrawal"
    assert api.post(path, WITHDRAWAL, Idempotency_Key="w").json()["code"] == "move-forbidden"
    sign_everything()
    withdrawn = api.post(path, WITHDRAWAL, Idempotency_Key="w")
    assert withdrawn.status_code == 200
    assert api.post(path, WITHDRAWAL, Idempotency_Key="w").content == withdrawn.content
    assert api.post(path, WITHDRAWAL).status_code == 409
    other = api.post(path, WITHDRAWAL | {"accept_terms": False}, Idempotency_Key="w")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-conflict")
    revocation = f"/products/{withdrawn.json()['product']}/revocation"
    asked = {"reason": "key-compromise"}
    elsewhere = api.post(revocation, asked, Idempotency_Key="w")
    assert elsewhere.json()["code"] == "idempotency-conflict"
    revoked = api.post(revocation, asked, Idempotency_Key="r")
    assert api.post(revocation, asked, Idempotency_Key="r").content == revoked.content
    assert Product.objects.get().revoked_at is not None
    assert as_card(JEANNE).post("/orders", body, Idempotency_Key=SAME).status_code == 403
    assert Order.objects.count() == 1


def test_a_kept_answer_is_forgotten_after_a_day(api: Api) -> None:
    """Then the key is new again."""
    machine = account()
    path = f"/machines/{machine.key}/disablement"
    assert api.post(path, {}, Idempotency_Key=SAME).status_code == 200
    KeptAnswer.objects.update(at=timezone.now() - timedelta(hours=24, seconds=1))
    assert api.post(path, {}, Idempotency_Key=SAME).get("Idempotency-Replayed") is None


def test_a_secret_is_never_kept(api: Api) -> None:
    """The repeat makes no second token, and is told that the first was shown once."""
    path, asked = f"/machines/{account().key}/credentials", {"kind": "token"}
    made = api.post(path, asked, Idempotency_Key=SAME)
    assert made.status_code == 201
    again = api.post(path, asked, Idempotency_Key=SAME)
    assert (again.status_code, again.json()["code"]) == (409, "answer-not-kept")
    assert MachineCredential.objects.count() == 1
    assert bytes(KeptAnswer.objects.get().body) == b""


@pytest.mark.django_db(transaction=True)
def test_of_many_repeats_at_once_one_works(tmp_path: Path) -> None:
    """Eight connections send the same call at the same moment: one works, all get its answer."""
    assert races.told_by(race, tmp_path) == ["1"] * 8 + [f"{8 * rates.HANDFUL}"]


def race() -> list[str]:
    """What eight threads are answered, and how many calls were given to one credential."""
    told: list[str] = []

    def call() -> HttpResponse:
        made = CallWindow.objects.create(bucket=os.urandom(8).hex(), number=0, given=0)
        return HttpResponse(str(CallWindow.objects.filter(pk__lte=made.pk, number=0).count()))

    def ask() -> None:
        request = RequestFactory().post("/api/v1/orders", b"{}", content_type="application/json")
        at = timezone.now()
        answer = answers.given_once(request, whose="card:1", key=SAME, call=call, at=at)
        told.append(answer.content.decode())
        rates._taken("card:1", 7)

    races.at_once(ask)
    return [*sorted(told), str(CallWindow.objects.get(bucket="card:1").given)]


def test_what_did_not_change_is_not_sent_again(
    api: Api, order_body: Body, sign_everything: Sign
) -> None:
    """ETag and 304 on every GET; If-Match keeps contacts from being overwritten unseen."""
    number = api.post("/orders", order_body()).json()["number"]
    first = api.get(f"/orders/{number}")
    etag = first["ETag"]
    assert first["Cache-Control"] == "private, no-cache"
    for held in (etag, f'"x", W/{etag}', "*"):
        same = api.get(f"/orders/{number}", If_None_Match=held)
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    sign_everything()
    assert api.get(f"/orders/{number}", If_None_Match=etag).status_code == 200

    product = api.post(f"/orders/{number}/withdrawal", WITHDRAWAL).json()["product"]
    path = f"/products/{product}/contacts"
    read = api.get(path)["ETag"]
    assert put(api, path, ["a@hopital.fr"], If_Match=read).status_code == 200
    late = put(api, path, ["b@hopital.fr"], If_Match=read)
    assert (late.status_code, late.json()["code"]) == (412, "precondition-failed")
    assert put(api, path, ["b@hopital.fr"], If_Match=api.get(path)["ETag"]).status_code == 200
    assert put(api, path, ["c@hopital.fr"], If_Match="*").status_code == 200


def test_too_many_calls(structures: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """429 with when to come back; each credential has its own pace, and windows end."""
    settings.GUICHET_API = ApiPolicy(calls=45)
    now = datetime(2026, 11, 26, 8, 0, 13, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    machine = account()
    api, other = (by_token(token_of(machine).secret) for _one in range(2))
    told = [api.get("/structures") for _call in range(46)]
    assert [answer.status_code for answer in told] == [200] * 45 + [429]
    assert told[0]["RateLimit-Policy"] == '"calls";q=45;w=60'
    assert [told[n]["RateLimit"] for n in (0, 24, 44)] == [
        '"calls";r=44;t=47',
        '"calls";r=20;t=47',
        '"calls";r=0;t=47',
    ]
    assert (told[45]["Retry-After"], told[45].json()["code"]) == ("47", "too-many-calls")
    assert other.get("/structures").status_code == 200
    rates.forget()  # another process
    assert api.get("/structures").status_code == 429
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=47))
    assert api.get("/structures").status_code == 200


def test_what_is_about_to_go_says_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deprecation (RFC 9745), Sunset (RFC 8594), the description; a year ahead or not at all."""
    since = datetime(2027, 1, 1, tzinfo=UTC)
    leaving = deprecations.Deprecation(
        since=since, sunset=since + timedelta(days=365), link="https://guichet.test/aide/api/"
    )
    monkeypatch.setattr(deprecations, "DEPRECATED", {"list_structures": leaving})
    answer = api.get("/structures")
    assert answer["Deprecation"] == "@1798761600"
    assert answer["Sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
    assert answer["Link"].startswith('<https://guichet.test/aide/api/>; rel="deprecation"')
    described = api.get("/openapi.json").json()["paths"]
    assert described["/api/v1/structures"]["get"]["deprecated"] is True
    assert "Deprecation" not in api.get("/orders")
    with pytest.raises(ValueError, match="a year ahead"):
        replace(leaving, sunset=since + timedelta(days=30))


def test_repeats_of_a_machine_are_its_own(api: Api, structures: None, order_body: Body) -> None:
    """The key that a card used is free for a machine, and the other way round."""
    machine = by_token(token_of(account()).secret, "card")
    for caller in (api, machine):
        body = order_body(csr=csr_pem())
        assert caller.post("/orders", body, Idempotency_Key=SAME).status_code == 202
    assert set(KeptAnswer.objects.values_list("key", flat=True)) == {SAME}
    assert KeptAnswer.objects.filter(actor_ref=SOPHIE.ref).count() == 1
