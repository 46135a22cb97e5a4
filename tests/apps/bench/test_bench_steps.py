"""A diagnosis step by step, the catalogue, what is kept, and how often one may ask."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date

from apps.bench.clients import Bench, peer
from core.test_client_hello import USUAL
from guichet.bench import catalogue, kept, pace, telling
from guichet.bench.client_steps import client_steps
from guichet.domain.refusals import Code, Refusal
from guichet.identities.peer import LISTENER_KEY, PEER_KEY, PeerTls

HTML = "text/html"


@pytest.fixture(autouse=True)
def rested() -> None:
    """Nobody has asked for anything yet."""
    for one in (pace.LOOKS, pace.PROBES, pace.KEEPS):
        one.forget()


def client_of(seen: PeerTls, **options: Any) -> Client:
    return Client(**{LISTENER_KEY: "bench", PEER_KEY: seen}, **options)


def findings(answer: HttpResponse) -> dict[str, str]:
    """What each step found."""
    return {step["code"]: step["finding"] for step in json.loads(answer.content)["steps"]}


def test_every_step_of_a_good_client(open_bench: Bench) -> None:
    """Each is told with a stable name, a verdict and, in French and English, words."""
    seen = replace(peer(open_bench.pki.leaf().chain[:2]), hello=USUAL, group="X25519")
    answer = client_of(seen).get("/", secure=True, headers={"date": http_date()})
    assert findings(answer) == {
        "tls": "tls-good", "offer": "offer-good", "server-name": "server-name-sent",
        "chain": "chain-complete", "trust": "trust-good", "validity": "validity-good",
        "revocation": "revocation-good", "usage": "usage-good", "key": "key-good",
        "association": "association-unseen", "clock": "clock-good",
    }  # fmt: skip
    told = json.loads(answer.content)
    assert told["offered"]["server_name"] == "banc.exemple.fr"
    assert all(step["fr"]["found"] and step["en"]["found"] for step in told["steps"])


def test_every_step_of_a_client_with_much_to_mend(open_bench: Bench) -> None:
    """Each fault is told with what to do and a command; the text for terminals holds both."""
    leaf = open_bench.pki.leaf("ORG/SIGN")
    seen = peer([leaf.der], "TLSv1.1")
    late = http_date(timezone.now().timestamp() - 600)
    answer = client_of(seen).get("/", secure=True, headers={"date": late})
    found = findings(answer)
    assert (found["tls"], found["offer"], found["chain"]) == (
        "tls-too-old", "offer-unseen", "chain-unseen",
    )  # fmt: skip
    assert (found["usage"], found["clock"]) == ("usage-wrong", "clock-wrong")
    text = client_of(seen).get("/?format=text", secure=True)
    assert text["Content-Type"].startswith("text/plain")
    shown = text.content.decode()
    assert "keyUsage,extendedKeyUsage" in shown
    assert "Demandez un produit ORG" in shown


@pytest.mark.parametrize(
    ("pick", "finding"),
    [
        ((), "chain-none"),
        ((0,), "chain-leaf-alone"),
        ((0, 1), "chain-complete"),
        ((0, 2, 1), "chain-out-of-order"),
        ((0, 1, 2), "chain-with-root"),
    ],
)
def test_the_chain_that_was_sent(open_bench: Bench, pick: tuple[int, ...], finding: str) -> None:
    """As the client sent it, whatever the bench knows besides."""
    chain = open_bench.pki.leaf().chain
    seen = replace(peer([chain[rank] for rank in pick]), hello=USUAL)
    assert findings(client_of(seen).get("/", secure=True))["chain"] == finding


def test_the_services_that_a_certificate_stands_for(open_bench: Bench) -> None:
    """By the published registry: in force now, over, and nothing when it cannot be read."""
    leaf = open_bench.pki.leaf()
    at = timezone.now()
    path = open_bench.folder / "associations.json"

    def publish(until: str | None) -> None:
        digest = urlsafe_b64encode(sha256(leaf.der).digest()).rstrip(b"=").decode()
        entry = {"x5t#S256": digest, "from": (at - timedelta(days=2)).isoformat(), "until": until}
        service = {"client_id": "mon-service", "name": "Mon service", "structure_name": "H",
                   "environment": "test", "redirect_uris": [], "post_logout_redirect_uris": [],
                   "certificates": [entry]}  # fmt: skip
        path.write_text(json.dumps({"services": [service]}))

    def found() -> str:
        return findings(client_of(peer(leaf.chain[:2])).get("/", secure=True))["association"]

    publish(None)
    answer = client_of(peer(leaf.chain[:2])).get("/", secure=True)
    assert b"mon-service (Mon service, test)" in answer.content
    assert found() == "association-good"
    publish((at - timedelta(days=1)).isoformat())
    assert found() == "association-none"
    path.write_text("{")
    assert found() == "association-unseen"


def test_a_diagnosis_is_kept_shared_and_deleted(open_bench: Bench, tmp_path: Path) -> None:
    """By a form: the owner's page tells the link; whoever has it reads; the owner deletes."""
    seen = replace(peer(open_bench.pki.leaf().chain[:2]), hello=USUAL)
    owner, stranger = client_of(seen), client_of(peer([]))
    sent = owner.post("/diagnostics/", secure=True)
    own = sent["Location"]
    reading = "/".join(own.split("/")[:3]) + "/"
    assert reading in owner.get(own, secure=True, headers={"accept": HTML}).content.decode()
    shared = stranger.get(reading, secure=True, headers={"accept": HTML}).content.decode()
    assert "CN=Monserviceclient" in shared
    assert own not in shared
    (file,) = (tmp_path / "bench" / "sessions").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert not any(token in file.read_text() for token in own.split("/") if len(token) > 40)
    wrong = reading + "A" * 43 + "/"
    assert stranger.post(wrong, secure=True).status_code == 404
    assert owner.post(own, secure=True).status_code == 200
    assert stranger.get(reading, secure=True).status_code == 404


def test_keeping_by_program(open_bench: Bench) -> None:
    """JSON in, links out; a form of another site keeps nothing, with or without its media type."""
    client = client_of(peer(open_bench.pki.leaf().chain[:2]), enforce_csrf_checks=True)
    made = client.post("/api/diagnostics", "{}", content_type="application/json", secure=True)
    links = json.loads(made.content)
    assert made.status_code == 201
    address = links["delete"].split("/", 3)[3]
    assert client.delete(f"/{address}", secure=True).status_code == 204
    assert client.delete(f"/{address}", secure=True).status_code == 404
    assert client.post("/api/diagnostics", secure=True).status_code == 400
    assert client.post("/diagnostics/", secure=True).status_code == 403


def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In number, size and time; what is over makes room."""
    folder = kept.KeptFolder(tmp_path)
    monkeypatch.setattr(kept, "KEPT_AT_MOST", 1)
    links = folder.keep({"a": 1})
    with pytest.raises(kept.Full):
        folder.keep({"a": 2})
    monkeypatch.setattr(kept, "SECONDS", -1)
    assert folder.read(links.reading) is None
    with pytest.raises(kept.Full):
        folder.keep({"a": "x" * kept.BYTES_AT_MOST})
    assert list(tmp_path.iterdir()) == []
    assert folder.read("../secret") is None


def test_the_pace_of_one_address() -> None:
    """So many, then a wait that is told; another address is not held up."""
    now = [0.0]
    held = pace.Pace(limit=2, seconds=10, clock=lambda: now[0])
    held.take("192.0.2.1")
    held.take("192.0.2.1")
    with pytest.raises(Refusal) as refused:
        held.take("192.0.2.1")
    assert (refused.value.code, refused.value.facts) == (Code.TOO_MANY_CALLS, {"seconds": 5})
    held.take("192.0.2.2")
    now[0] = 5.0
    held.take("192.0.2.1")


def test_the_catalogue(open_bench: Bench, tmp_path: Path) -> None:
    """What is prepared is listed and downloaded; nothing else of the folder is."""
    client = client_of(peer([]))
    page = client.get("/certificats/", secure=True, headers={"accept": HTML})
    assert "Aucun certificat de test" in page.content.decode()
    folder = catalogue.folder_of(tmp_path) / "expired"
    folder.mkdir(parents=True)
    for name in (catalogue.CHAIN, catalogue.KEY, catalogue.PACKAGE):
        (folder / name).write_text(name)
    told = json.loads(client.get("/certificats/", secure=True).content)
    assert [one["slug"] for one in told["certificates"]] == ["expired"]
    assert client.get("/certificats/expired.pem", secure=True).content == b"chain.pemkey.pem"
    assert client.get("/certificats/expired.p12", secure=True).content == b"identity.p12"
    for other in ("good.pem", "expired.key", "autre.pem", "laboratoire.pem"):
        assert client.get(f"/certificats/{other}", secure=True).status_code == 404


def test_a_server_that_is_not_on_the_list(open_bench: Bench) -> None:
    """Nothing is connected to: 403 to programs, a step to people."""
    client = client_of(peer([]))
    asked = {"host": "localhost", "port": 443, "certificate": "good"}
    call = client.post("/api/server", asked, content_type="application/json", secure=True)
    assert (call.status_code, findings(call)) == (403, {"target": "target-forbidden"})
    page = client.post("/serveur/", asked, secure=True)
    assert "Ce serveur n’est pas sur la liste" in page.content.decode()
    wrong = {**asked, "host": "https://x/"}
    call = client.post("/api/server", wrong, content_type="application/json", secure=True)
    assert call.status_code == 400


@pytest.mark.parametrize("body", ["{", "[]", '{"host":' + "[" * 5000 + "]" * 5000 + "}"])
def test_a_body_that_is_no_object_is_told(open_bench: Bench, body: str) -> None:
    """Nor is one that is nested deeper than can be read a fault of ours."""
    call = client_of(peer([])).post("/api/server", body, "application/json", secure=True)
    assert (call.status_code, call.json()["code"]) == (400, "request-malformed")


def test_every_finding_has_words(open_bench: Bench) -> None:
    """Those that the code names, and no others."""
    package = Path(client_steps.__code__.co_filename).parent
    code = "".join((package / f"{name}_steps.py").read_text() for name in ("client", "server"))
    reasons = ("reached", "forbidden", "name", "address", "connection")
    named = {name for name in telling.WORDS if f'"{name}"' in code}
    assert set(telling.WORDS) - named == {f"target-{reason}" for reason in reasons}
