"""Products ordered and withdrawn by REST with SOPHIE's card, as any script does it."""

import json
import sqlite3
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.stack import Stack

HOSPITAL = "10B0135356"
REVOCATION_CODE = "agrafe-correcte-2026"
KEYS = {"rsa": ["rsa:2048"], "ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]}
ISSUED_WITHIN_S = 30


@dataclass(frozen=True)
class Product:
    """A certificate and its key, in files."""

    id: int
    certificate: Path
    chain: Path
    key: Path


def curl(stack: Stack, *arguments: str | Path) -> tuple[int, str]:
    """Status and body."""
    run = subprocess.run(
        ["curl", "-s", "--cacert", stack.root, "-w", "\n%{http_code}", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    body, _, status = run.stdout.rpartition("\n")
    return int(status), body


def call(stack: Stack, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Call the API with SOPHIE's card; POST when there is a body."""
    card = stack.state / "demo" / "cards" / "sophie"
    identity = ("--cert", card.with_suffix(".crt"), "--key", card.with_suffix(".key"))
    posted = ("--json", json.dumps(body)) if body is not None else ()
    status, answer = curl(stack, *identity, *posted, f"{stack.card_url}/api/v1{path}")
    assert status < 300, answer
    found: dict[str, Any] = json.loads(answer)
    return found


def obtain(
    stack: Stack, folder: Path, usage: str = "AUTH_CLI", kind: str = "ec", service: str = ""
) -> Product:
    """Make a key, order, wait for the signer, withdraw."""
    key, request = folder / "product.key", folder / "product.csr"
    made = ["openssl", "req", "-new", "-newkey", *KEYS[kind], "-noenc", "-subj", "/CN=x"]
    subprocess.run([*made, "-keyout", key, "-out", request], check=True, capture_output=True)
    asked = {
        "offer": "ORG",
        "usage": usage,
        "structure": HOSPITAL,
        "service": service or f"Service {usage}",
        "actor_email": "sophie@hopital-3-dames.test",
        "csr": request.read_text(),
    }
    number = available(stack, asked)
    terms = {"revocation_code": REVOCATION_CODE, "accept_terms": True}
    told = call(stack, f"/orders/{number}/withdrawal", terms)
    certificate, chain = folder / "product.pem", folder / "chain.pem"
    certificate.write_text(told["certificate"])
    chain.write_text(told["chain"])
    return Product(told["product"], certificate, chain, key)


def available(stack: Stack, asked: dict[str, Any]) -> int:
    """The number of an order, made as `asked`, once its certificate is there to be withdrawn."""
    number: int = call(stack, "/orders", asked)["number"]
    deadline = time.monotonic() + ISSUED_WITHIN_S
    while (state := call(stack, f"/orders/{number}")["state"]) != "available":
        assert state == "issuing", state
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return number


def near_its_end(stack: Stack, beneficiary: str) -> None:
    """What was issued under this name may be renewed: 30 days are left, as the counter knows."""
    books = sqlite3.connect(stack.state / "guichet.db", timeout=20)
    books.execute(
        "UPDATE orders_product SET not_after = datetime('now', '+30 days') WHERE beneficiary = ?",
        [beneficiary],
    )
    books.commit()
    books.close()
