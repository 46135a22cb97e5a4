"""Behind the nginx that we ship: its cache never mixes, keeps or outlives what it must not."""

import base64
import http.client
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from string import Template
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from guichet.journal import notes
from guichet.journal.notes import VerifierKey
from guichet.journal.tiles import Edge
from kit import commands
from kit.documents import ROOT
from kit.stack import Stack, free_port
from protocols.evidence import ISSUER, Evidence, loaded
from protocols.products import call, obtain

RUNS_IT = "tests/protocols/test_nginx_pki.py::test_each_question_has_its_own_answer"
# Each answer says whether it came from the cache.
MAIN = """
daemon off; pid $folder/nginx.pid; error_log stderr crit;
events {}
http {
  client_body_temp_path $folder; proxy_temp_path $folder; fastcgi_temp_path $folder;
  uwsgi_temp_path $folder; scgi_temp_path $folder;
  add_header X-Cache $$upstream_cache_status always;
  include $folder/guichet-pki.conf;
}
"""
READY_S = 20
TOLD_WITHIN_S = 30
SHOWN_WITHIN_S = 10  # clients may keep an answer for a minute, nginx for two seconds
SHA1, SHA256 = hashes.SHA1(), hashes.SHA256()  # noqa: S303 an identifier of the issuer


@dataclass(frozen=True)
class Told:
    """One answer over HTTP."""

    status: int
    headers: Message
    body: bytes

    @property
    def came_from_cache(self) -> bool:
        return self.headers["X-Cache"] == "HIT"


def ask(
    port: int, method: str, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str
) -> Told:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return Told(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def port(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Nginx before the responder and another one that is down; its port."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    user = "user root;\n" if Path.home() == Path("/root") else ""
    (folder / "nginx.conf").write_text(user + Template(MAIN).substitute(folder=folder))
    here, away = stack.env["GUICHET_PKI_PORT"], free_port()
    known = {
        "PKI_PORT=80": f"PKI_PORT=127.0.0.1:{port}",
        "/var/lib/guichet/published": str(stack.state / "published"),
        "/run/guichet-ocsp": str(folder / "cache"),
        "10.0.0.11:8080": f"127.0.0.1:{here}",
        "10.0.0.12:8080": f"127.0.0.1:{away}",
        "/etc/nginx/sites-enabled": str(folder),
        "nginx -t": f"/usr/sbin/nginx -t -c {folder}/nginx.conf -e stderr",
    }
    (block,) = commands.told("how-to/publier-par-nginx", RUNS_IT)
    commands.shell(block, ROOT, known)
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", folder / "nginx.conf", "-e", "stderr"])
    try:
        _wait(port)
        yield port
    finally:
        nginx.terminate()
        nginx.wait(READY_S)


def _wait(port: int) -> None:
    deadline = time.monotonic() + READY_S
    while True:
        try:
            ask(port, "GET", "/")
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def question_about(
    leaf: x509.Certificate,
    issuer: x509.Certificate,
    algorithm: hashes.HashAlgorithm,
    nonce: bytes = b"",
) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, algorithm)
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def folder(stack: Stack) -> Path:
    """What is published."""
    return stack.state / "published"


def by_get(question: bytes) -> str:
    """The address of an answer (RFC 6960 A.1)."""
    return "/ocsp/" + quote(base64.b64encode(question).decode(), safe="")


def out_of_cache(port: int, method: str, path: str, *pieces: bytes) -> Told:
    """Ask until the cache answers: what it keeps may be over at any second."""
    deadline = time.monotonic() + SHOWN_WITHIN_S
    while True:
        body = (pieces[0] if len(pieces) == 1 else iter(pieces)) if pieces else None
        told = ask(port, method, path, body)
        if told.came_from_cache:
            return told
        assert time.monotonic() < deadline


def told_of(port: int, question: bytes) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(ask(port, "POST", "/ocsp", question).body)


def test_each_question_has_its_own_answer(port: int, evidence: Evidence) -> None:
    """Two certificates, two hashes, two methods: out of the cache each gets its own."""
    issuer = loaded(evidence.issuer)
    for product, status in ((evidence.good, "GOOD"), (evidence.revoked, "REVOKED")):
        leaf = loaded(product.certificate)
        for algorithm in (SHA1, SHA256):
            question = question_about(leaf, issuer, algorithm)
            for asked in (("POST", "/ocsp", question), ("GET", by_get(question))):
                told = out_of_cache(port, *asked)
                answer = ocsp.load_der_ocsp_response(told.body)
                assert answer.serial_number == leaf.serial_number
                assert answer.hash_algorithm.name == algorithm.name
                assert answer.certificate_status.name == status
            etag = {"If-None-Match": told.headers["ETag"]}
            assert ask(port, "GET", by_get(question), **etag).status == 304
            assert not out_of_cache(port, "HEAD", by_get(question)).body


def test_what_is_for_nobody_else_is_not_kept(port: int, evidence: Evidence) -> None:
    """A nonce, an error (an HTTP 200 too), nothing, and what is too long to be a question."""
    leaf, issuer = loaded(evidence.good.certificate), loaded(evidence.issuer)
    nonces = (b"first-nonce-of-16", b"other-nonce-of-16", b"first-nonce-of-16")
    questions = [question_about(leaf, issuer, SHA1, nonce) for nonce in nonces]
    foreign = question_about(leaf, leaf, SHA1)
    for question in (*questions, foreign, foreign, b"hello", b"hello", b"", b"", b"0" * 16_384):
        told = ask(port, "POST", "/ocsp", question)
        assert (told.status, told.came_from_cache) == (200, False)
        answer = ocsp.load_der_ocsp_response(told.body)
        if question in questions:
            nonce = answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
            assert question.endswith(nonce)
        else:
            assert answer.response_status.name in {"MALFORMED_REQUEST", "UNAUTHORIZED"}
    assert ask(port, "POST", "/ocsp", b"0" * 16_385).status == 413


def test_a_body_in_pieces_is_a_question_like_another(port: int, evidence: Evidence) -> None:
    """Its key is the body put together (RFC 9112 7.1)."""
    question = question_about(loaded(evidence.good.certificate), loaded(evidence.issuer), SHA1)
    in_pieces = out_of_cache(port, "POST", "/ocsp", question[:7], question[7:])
    assert in_pieces.body == out_of_cache(port, "POST", "/ocsp", question).body


def test_lists_and_certificates_come_from_the_folder(port: int, folder: Path) -> None:
    """Whole, typed, with a validator; and nothing else of the folder, nor what is being written."""
    files = {
        f"/crl/{ISSUER}.crl": "application/pkix-crl",
        f"/ac/{ISSUER}.cer": "application/pkix-cert",
    }
    for path, content_type in files.items():
        told = ask(port, "GET", path)
        assert told.headers["Content-Type"] == content_type
        assert told.headers["Cache-Control"].startswith("max-age=60,")
        assert told.body == (folder / path[1:]).read_bytes()
        again = ask(port, "GET", path, **{"If-None-Match": told.headers["ETag"]})
        assert again.status == 304
    chain = ask(port, "GET", "/ac/chain.p7c")
    assert chain.headers["Content-Type"] == "application/pkcs7-mime; smime-type=certs-only"
    aside = folder / "crl" / f".{ISSUER}.crl-aside"
    aside.write_bytes(b"half a list")
    try:
        store, *_ = (path.name for path in folder.glob("*.lmdb"))
        for path in (f"/crl/{aside.name}", f"/{store}", f"/crl/../{store}", f"/crl%2F..%2F{store}",
                     "/crl/", "/", "/healthz", "/readyz", "/metrics"):  # fmt: skip
            assert ask(port, "GET", path).status == 404, path
    finally:
        aside.unlink()


def test_the_log_comes_from_the_folder(port: int, folder: Path) -> None:
    """Its checkpoint, which any verifier begins with, and the tiles that this one needs."""
    key = VerifierKey.parse(ask(port, "GET", "/journal/vkey").body.decode())
    checkpoint = ask(port, "GET", "/journal/checkpoint")
    assert checkpoint.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "max-age=1," in checkpoint.headers["Cache-Control"]
    _, head = notes.opened(checkpoint.body.decode(), key)

    def read(name: str) -> bytes | None:
        told = ask(port, "GET", f"/journal/{name}")
        assert told.status == 404 or "immutable" in told.headers["Cache-Control"]
        return told.body if told.status == 200 else None

    assert Edge.read(read, head.size).root() == head.root
    for path in ("tile/0/000.p/", "../transparency/log.key", "tile/0", ".publisher.lock"):
        assert ask(port, "GET", f"/journal/{path}").status in {400, 404}


def test_time_stamps_come_from_the_folder(port: int, folder: Path) -> None:
    """With the checkpoint beside it, and nothing else."""
    stamps = folder / "journal" / "timestamps"
    stamps.mkdir()
    try:
        names = ("7.tsr", "7.checkpoint", ".7.tsr-aside")
        for name in names:
            (stamps / name).write_bytes(name.encode())
        token, note, aside = (ask(port, "GET", f"/journal/timestamps/{name}") for name in names)
    finally:
        shutil.rmtree(stamps)
    assert (token.body, note.body, aside.status) == (b"7.tsr", b"7.checkpoint", 404)
    assert token.headers["Content-Type"] == "application/timestamp-reply"
    assert "immutable" in token.headers["Cache-Control"]
    assert "max-age=1," in note.headers["Cache-Control"]


def test_a_revocation_shows_through(stack: Stack, port: int, tmp_path: Path) -> None:
    """The cache asks the responder again as soon as it may: no stale answer stands in between."""
    product = obtain(stack, tmp_path)
    question = question_about(loaded(product.certificate), loaded(product.chain), SHA1)
    assert told_of(port, question).certificate_status.name == "GOOD"
    call(stack, f"/products/{product.id}/revocation", {"reason": "superseded"})
    responder = int(stack.env["GUICHET_PKI_PORT"])
    deadline = time.monotonic() + TOLD_WITHIN_S
    while told_of(responder, question).certificate_status.name == "GOOD":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    deadline = time.monotonic() + SHOWN_WITHIN_S
    while told_of(port, question).certificate_status.name == "GOOD":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert told_of(port, question).revocation_reason is x509.ReasonFlags.superseded
