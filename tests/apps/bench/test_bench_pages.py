"""The bench's page and its JSON: the same verdict in French and English."""

from collections.abc import Sequence
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpResponse
from django.test import Client

from apps.bench.clients import CA, Bench, peer
from guichet.identities.peer import LISTENER_KEY, PEER_KEY
from kit.pki import fresh_key

JSON = "application/json"
HTML = "text/html,application/xhtml+xml"


def visit(chain: Sequence[bytes], path: str = "/", **headers: str) -> HttpResponse:
    """A visitor with a certificate, through every middleware."""
    client = Client(**{LISTENER_KEY: "bench", PEER_KEY: peer(chain)})
    return client.get(path, secure=True, headers=headers)  # type: ignore[return-value]


def told(answer: HttpResponse) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()  # type: ignore[attr-defined]
    return found


def test_an_accepted_client(open_bench: Bench) -> None:
    """200: what the server saw, requirement by requirement."""
    leaf = open_bench.pki.leaf()
    answer = visit(leaf.chain[:2])
    assert (answer.status_code, answer["Content-Type"]) == (200, JSON)
    found = told(answer)
    assert (found["accepted"], found["profile"], found["reasons"]) == (True, "ORG/AUTH_CLI", [])
    assert found["tls"] == {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384"}
    met = {requirement["id"]: requirement["is_met"] for requirement in found["requirements"]}
    assert met == {"EXI_PSC_24": True, "EXI_PSC_22": None}
    assert found["certificate"]["subject"].startswith("CN=Monserviceclient, OU=10B0135356")
    leaf_said, issuer_said = found["chain"]
    assert leaf_said == found["certificate"]
    assert issuer_said["subject"] == leaf_said["issuer"]
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.parametrize("code", ["ORG/SIGN", "ORG/CONF", "SERV/SSL_SERV"])
def test_a_refused_client_is_told_why_in_both_languages(open_bench: Bench, code: str) -> None:
    """403; the words differ, and none is empty."""
    answer = visit(open_bench.pki.leaf(code).chain[:2])
    found = told(answer)
    assert (answer.status_code, found["accepted"], found["profile"]) == (403, False, code)
    (reason,) = found["reasons"]
    for part in ("title", "detail", "remedy"):
        assert reason["fr"][part]
        assert reason["en"][part]
        assert reason["fr"][part] != reason["en"][part]
    met = {requirement["id"]: requirement["is_met"] for requirement in found["requirements"]}
    assert met["EXI_PSC_24"] is False


def test_no_certificate(open_bench: Bench) -> None:
    """403, and how to present one."""
    answer = visit([])
    found = told(answer)
    assert (answer.status_code, found["certificate"], found["chain"]) == (403, None, [])
    assert found["reasons"][0]["code"] == "bench-no-certificate"
    assert "curl --cert" in found["reasons"][0]["fr"]["remedy"]


def test_a_status_that_cannot_be_told(open_bench: Bench) -> None:
    """503: not the client's fault, whatever else is."""
    (open_bench.folder / "crl" / f"{CA}.crl").unlink()
    assert visit(open_bench.pki.leaf().chain).status_code == 503
    assert visit(open_bench.pki.leaf("ORG/SIGN").chain).status_code == 503


@pytest.mark.parametrize(
    ("path", "accept", "content_type"),
    [
        ("/", JSON, JSON),
        ("/", "*/*", JSON),
        ("/", HTML, "text/html; charset=utf-8"),
        ("/?format=json", HTML, JSON),
        ("/?format=html", JSON, "text/html; charset=utf-8"),
        ("/?format=xml", HTML, "text/html; charset=utf-8"),
    ],
)
def test_scripts_get_json_and_people_a_page(
    open_bench: Bench, path: str, accept: str, content_type: str
) -> None:
    answer = visit(open_bench.pki.leaf().chain[:2], path, accept=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)


def test_the_page_tells_what_the_json_tells(open_bench: Bench) -> None:
    """Verdict, reason, remedy, certificate; in the visitor's language first."""
    chain = open_bench.pki.leaf("ORG/SIGN").chain[:2]
    reason = told(visit(chain))["reasons"][0]
    page = visit(chain, accept=HTML).content.decode()
    english = visit(chain, accept=HTML, accept_language="en").content.decode()
    for language in ("fr", "en"):
        assert reason[language]["title"] in page
        assert reason[language]["title"] in english
    assert '<html lang="fr"' in page
    assert '<html lang="en"' in english
    assert "CN=Monserviceclient, OU=10B0135356" in page
    assert "ORG/SIGN" in page


def test_hostile_names_are_text(open_bench: Bench) -> None:
    """A stranger writes what he likes in his certificate."""
    key = fresh_key("p-256")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "<script>alert(1)</script>")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(open_bench.pki.now)
        .not_valid_after(open_bench.pki.now.replace(year=open_bench.pki.now.year + 1))
        .sign(key, hashes.SHA256())
    )
    page = visit([made.public_bytes(Encoding.DER)], accept=HTML)
    assert page.status_code == 403
    assert b"<script>alert" not in page.content
    assert b"&lt;script" in page.content


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_only_looks(open_bench: Bench, method: str) -> None:
    """405: there is nothing to do here."""
    client = Client(**{LISTENER_KEY: "bench", PEER_KEY: peer([])})
    assert getattr(client, method)("/", secure=True).status_code == 405
