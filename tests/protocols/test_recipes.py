"""Calls that the pages of docs/ give to copy, made as they are written against the product.

Only addresses, files and numbers are put in place of what the pages say, as their reader would.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile
from typing import Final

import pytest

from kit.documents import DOCS, Block, blocks, pages
from kit.guides import placed
from kit.stack import Stack
from protocols.evidence import Evidence
from protocols.products import HOSPITAL, Product, available, call, near_its_end, obtain

THIS: Final = "tests/protocols/test_recipes.py::test_recipe"
PAGES: Final = {
    page.stem: page
    for page in pages()
    if "en" not in page.relative_to(DOCS).parts and any(b.executed_by == THIS for b in blocks(page))
}
FUNCTION: Final = re.compile(r"^\w+\(\) \{.*\}$", re.MULTILINE)
CARD: Final = (
    "carte() { curl --cert carte.crt --key carte.key -H 'Content-Type: application/json' \"$@\"; }"
)
# Whatever is refused ends the block, and says so.
CURLRC: Final = "silent\nshow-error\nfail-with-body\ncacert = {root}\n"
SECONDS: Final = 60
# What a reader notes of an answer for the blocks after it: a name or number, and its field.
NOTED: Final = {
    "api-par-programme": {"$COMPTE": "id", "$JETON": "secret", "101180": "number"},
    "associer-un-certificat": {"$SERVICE": "id"},
}


# Blocks that renew, by how they begin: what the page had issued has come near its end by then.
RENEWING: Final = ("SUJET=",)
ISSUED: Final = "Service des recettes"


@dataclass
class Reader:
    """Follows a page in a folder of its own; `known` grows as answers are read."""

    stack: Stack
    folder: Path
    known: dict[str, str]
    functions: list[str] = field(default_factory=lambda: [CARD])
    noted: dict[str, str] = field(default_factory=dict)

    def follow(self, block: Block) -> None:
        """Run it, note what its answer first gives; what only reads is read again until signed."""
        text = placed(block.text, self.known)
        if text.startswith(RENEWING):
            near_its_end(self.stack, ISSUED)
        deadline = time.monotonic() + SECONDS
        while (answer := self.run(text)).get("state") == "issuing" and " -d " not in text:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        self.functions += FUNCTION.findall(block.text)
        for name, key in self.noted.items():
            if key in answer:
                self.known.setdefault(name, str(answer[key]))

    def run(self, text: str) -> Mapping[str, object]:
        """The last answer in JSON that it prints, if any."""
        known = "\n".join(placed(function, self.known) for function in self.functions)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{known}\n{text}"],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert done.returncode == 0, (text, done.stdout, done.stderr)
        try:
            found = json.loads(done.stdout)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@pytest.fixture
def reader(stack: Stack, evidence: Evidence, tmp_path: Path) -> Reader:
    """The files that the pages suppose, and what their names mean here."""
    good = evidence.good
    card = stack.state / "demo" / "cards" / "sophie"
    files = {
        "racine.pem": stack.root,
        "autorite.pem": evidence.issuer,
        "cle.pem": good.key,
        "carte.crt": card.with_suffix(".crt"),
        "carte.key": card.with_suffix(".key"),
    }
    for name, source in files.items():
        copyfile(source, tmp_path / name)
    copyfile(card.with_suffix(".crt"), tmp_path / "carte.pem")
    (tmp_path / "certificat.pem").write_text(whole(good))
    (tmp_path / ".curlrc").write_text(CURLRC.format(root=stack.root))
    (tmp_path / "services.csv").write_text("Premier;\nSecond;\n")
    (tmp_path / "csr").mkdir()
    (tmp_path / "commande.json").write_text(json.dumps(order(tmp_path)))
    known = {
        "https://…:8445": stack.card_url,
        "https://…:8443": stack.portal_url,
        "https://…/api/v1/products": f"{stack.card_url}/api/v1/products",
        "https://…/api/v1/webhooks": f"{stack.portal_url}/api/v1/webhooks",
        "https://guichet.exemple.fr:8445": stack.card_url,
        "https://banc.exemple.fr": stack.bench_url,
        "http://pki.exemple.fr": stack.pki_url,
        "ACI-EL-ORG.crl": "ACI-EL-ORG-TEST.crl",
        "serveur.exemple.fr": "localhost",
        '"port": 443': f'"port": {stack.env["GUICHET_PORT"]}',
        "50001": str(good.id),
        "Monserviceclient": ISSUED,
        "$EST": f"{stack.card_url}/.well-known/est/org-auth-cli",
        **accesses(stack),
    }
    return Reader(stack, tmp_path, known)


def order(folder: Path) -> dict[str, str]:
    """What commande.json holds: an order with a CSR of its own."""
    made = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    subject = ["-noenc", "-subj", "/CN=x", "-keyout", folder / "neuve.key"]
    csr = subprocess.run([*made, *subject], check=True, capture_output=True, text=True).stdout
    asked = {"offer": "ORG", "usage": "AUTH_CLI", "structure": HOSPITAL, "service": "Relais"}
    return asked | {"actor_email": "si@hopital-3-dames.test", "csr": csr}


def whole(product: Product) -> str:
    """What a client presents: its certificate and what leads to the root, PEM."""
    return product.certificate.read_text() + product.chain.read_text()


def own_product(reader: Reader, service: str) -> Product:
    """One that no other test needs, and that the page names from here on."""
    folder = reader.folder / "own"
    folder.mkdir()
    product = obtain(reader.stack, folder, service=service)
    reader.known["50001"] = str(product.id)
    return product


def renewable(reader: Reader) -> None:
    """A product that may be renewed."""
    own_product(reader, "Service à renouveler")
    near_its_end(reader.stack, "Service à renouveler")


def bindable(reader: Reader) -> None:
    """A product that gets bound to a machine account: its certificate is a way in from then on."""
    product = own_product(reader, "Relais")
    (reader.folder / "relais.crt").write_text(whole(product))
    copyfile(product.key, reader.folder / "relais.key")


def lost(reader: Reader) -> None:
    """An order whose key is lost before its certificate is withdrawn; another request for it."""
    folder = reader.folder / "lost"
    folder.mkdir()
    number = available(reader.stack, order(folder) | {"service": "Clé perdue"})
    asked = json.dumps({"csr": order(folder)["csr"]})
    reader.known["101182"] = str(number)
    reader.known['{"csr": "-----BEGIN CERTIFICATE REQUEST-----…"}'] = asked


PREPARED: Final = {
    "renouveler": renewable,
    "api-par-programme": bindable,
    "cle-perdue": lost,
}


def accesses(stack: Stack) -> dict[str, str]:
    """A token that may manage webhooks, and a secret that enrols by EST."""
    asked = {
        "name": "Recettes",
        "structure": HOSPITAL,
        "contact_email": "si@hopital-3-dames.test",
        "verbs": ["read", "order", "withdraw", "renew", "webhooks"],
        "profiles": ["ORG/AUTH_CLI"],
    }
    key = call(stack, "/machines", asked)["id"]
    path = f"/machines/{key}/credentials"
    token, secret = (
        call(stack, path, {"kind": kind, "label": "recettes"})["secret"]
        for kind in ("token", "est-secret")
    )
    return {"gut_…": token, "$COMPTE:$SECRET": f"{key}:{secret}"}


@pytest.mark.parametrize("name", PAGES)
def test_recipe(reader: Reader, name: str) -> None:
    """Each block in its turn, to the end of the page."""
    reader.noted = NOTED.get(name, {})
    if name in PREPARED:
        PREPARED[name](reader)
    for block in blocks(PAGES[name]):
        if block.is_for_a_shell and block.executed_by == THIS:
            reader.follow(block)
    assert reader.noted.keys() <= reader.known.keys()
