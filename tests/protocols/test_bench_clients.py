"""The bench over real TLS: certificates of the product, by curl, OpenSSL and GnuTLS."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from kit.stack import Stack
from protocols.products import Product, curl, obtain

REFUSED_WITHIN_S = 30
ACCEPTED = {"accepted": True, "profile": "ORG/AUTH_CLI", "reasons": []}


def visit(stack: Stack, product: Product, *options: str) -> tuple[int, dict[str, Any]]:
    """Present a product; status and what the bench tells."""
    identity = ("--cert", product.certificate, "--key", product.key)
    status, body = curl(stack, *identity, *options, stack.bench_url + "/")
    return status, json.loads(body)


def codes(told: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in told["reasons"]]


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_client_certificate_is_accepted(
    stack: Stack, client_product: Product, version: str
) -> None:
    """ACCEPTED by both versions (EXI_PSC_24); the leaf alone is enough."""
    status, told = visit(stack, client_product, f"--tlsv{version}", "--tls-max", version)
    assert status == 200
    assert {name: told[name] for name in ACCEPTED} == ACCEPTED
    assert told["tls"]["version"] == f"TLSv{version}"


def test_rsa_keys_too(stack: Stack, tmp_path: Path) -> None:
    """ACCEPTED."""
    status, told = visit(stack, obtain(stack, tmp_path, kind="rsa"))
    assert (status, told["accepted"]) == (200, True)
    assert "RSA" in told["certificate"]["key"]


@pytest.mark.parametrize("usage", ["SIGN", "CONF"])
def test_other_usages_of_the_offer(stack: Stack, tmp_path: Path, usage: str) -> None:
    """REFUSED, though the certificate is good: it is for something else."""
    status, told = visit(stack, obtain(stack, tmp_path, usage))
    assert (status, told["accepted"], told["profile"]) == (403, False, f"ORG/{usage}")
    assert codes(told) == ["bench-wrong-usage"]
    assert told["reasons"][0]["fr"]["title"] != told["reasons"][0]["en"]["title"]


def test_a_revoked_certificate(stack: Stack, revoked_product: Product) -> None:
    """REFUSED as soon as the list that tells it is published."""
    deadline = time.monotonic() + REFUSED_WITHIN_S
    while visit(stack, revoked_product)[0] == 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    status, told = visit(stack, revoked_product)
    assert (status, codes(told)) == (403, ["bench-revoked"])


def test_an_expired_certificate(stack: Stack) -> None:
    """REFUSED. The handshake goes through, so that it can be said."""
    folder = stack.state / "demo" / "cards"
    card = Product(0, folder / "perimee.crt", folder / "perimee.crt", folder / "perimee.key")
    status, told = visit(stack, card)
    assert (status, codes(told)) == (403, ["bench-expired"])
    assert told["certificate"]["not_after"] < "2026"


def test_by_openssl_and_gnutls(stack: Stack, client_product: Product) -> None:
    """ACCEPTED. Other libraries shake hands as well."""
    port = stack.env["GUICHET_BENCH_PORT"]
    request = "GET /?format=json HTTP/1.0\r\nHost: localhost\r\n\r\n"
    certificate, key = client_product.certificate, client_product.key
    commands = (
        ["openssl", "s_client", "-quiet", "-connect", f"localhost:{port}", "-cert", certificate,
         "-key", key, "-CAfile", stack.root, "-verify_return_error"],
        ["gnutls-cli", "-p", port, "--x509certfile", certificate, "--x509keyfile", key,
         "--x509cafile", stack.root, "localhost"],
    )  # fmt: skip
    for command in commands:
        run = subprocess.run(
            command, input=request, capture_output=True, text=True, check=False, timeout=30
        )
        assert '"accepted": true' in run.stdout, (command[0], run.stdout, run.stderr)


@pytest.mark.parametrize(
    ("slug", "code"),
    [
        ("good", None),
        ("expired", "bench-expired"),
        ("revoked", "bench-revoked"),
        ("wrong-usage", "bench-wrong-usage"),
        ("wrong-authority", "bench-untrusted"),
        ("weak-key", "bench-untrusted"),
        ("weak-signature", "bench-untrusted"),
    ],
)
def test_the_catalogue_is_what_it_says(
    stack: Stack, tmp_path: Path, slug: str, code: str | None
) -> None:
    """Each test certificate is judged as its name says, by PEM; the PKCS#12 opens."""
    for form in ("pem", "p12"):
        _, data = curl(stack, f"{stack.bench_url}/certificats/{slug}.{form}", "-o", tmp_path / form)
        assert data == ""
    opened = [
        "openssl",
        "pkcs12",
        "-in",
        tmp_path / "p12",
        "-passin",
        "pass:guichet-test",
        "-nokeys",
    ]
    assert subprocess.run(opened, capture_output=True, check=False).returncode == 0
    port = stack.env["GUICHET_BENCH_PORT"]
    command = ["openssl", "s_client", "-quiet", "-connect", f"localhost:{port}", "-cipher",
               "DEFAULT:@SECLEVEL=0", "-cert", tmp_path / "pem", "-key", tmp_path / "pem",
               "-cert_chain", tmp_path / "pem"]  # fmt: skip
    request = "GET /?format=json HTTP/1.0\r\nHost: localhost\r\n\r\n"
    run = subprocess.run(
        command, input=request, capture_output=True, text=True, check=False, timeout=30
    )
    told = json.loads(run.stdout.partition("\n\n")[2])
    assert codes(told) == ([code] if code else [])


def test_the_text_for_terminals(stack: Stack, client_product: Product) -> None:
    """Every step by curl: verdict, what was seen, and a command where something is to be done."""
    identity = ("--cert", client_product.certificate, "--key", client_product.key)
    status, text = curl(stack, *identity, "-H", "Accept: text/plain", stack.bench_url + "/")
    assert status == 200
    assert text.startswith(" 1. [good")
    assert "$ openssl s_client" in text
