"""The drill of docs/how-to/sauvegarder-et-restaurer.md: a backup put in place elsewhere serves.

The counter that it was made of goes on meanwhile, as nothing in the drill may touch it.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kit import stack as kit_stack
from kit.stack import Stack
from protocols import products
from protocols.evidence import run
from protocols.products import Product

SERVING = ("portal", "card", "signer", "responder", "publisher", "clerk")
SAFE = "secrets/keystore"
"""The keystore's passphrase, which operators keep away from backups."""


@pytest.fixture
def backup(stack: Stack, client_product: Product, tmp_path: Path) -> tuple[Path, Path]:
    """A backup of the running counter, and the private key that opens it."""
    identity = tmp_path / "identity"
    made = stack.guichet("backup", "keygen", "--to", str(identity))
    name, _, recipient = made.stdout.splitlines()[0].partition("=")
    told = replace(stack, env=stack.env | {name: recipient})
    done = told.guichet("backup", "--to", str(tmp_path / "backups"))
    assert done.returncode == 0, done.stderr
    [file] = (tmp_path / "backups").glob("*.age")
    return file, identity


@pytest.fixture
def restored(stack: Stack, backup: tuple[Path, Path], tmp_path: Path) -> Iterator[Stack]:
    """Another machine: the backup put in place, what was lost confirmed, and started."""
    file, identity = backup
    state, elsewhere = tmp_path / "restored", tmp_path / "elsewhere"
    for folder in ("crl", "ac"):
        shutil.copytree(stack.state / "published" / folder, elsewhere / folder)
    values = kit_stack.environment(state) | {"GUICHET_DEMO": "1"}
    machine = Stack(values, state, stack.process)
    put = machine.guichet("restore", str(file), "-i", str(identity))
    assert put.returncode == 0, put.stderr
    assert "Nothing is signed yet" in put.stdout
    (state / SAFE).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(stack.state / SAFE, state / SAFE)
    said = confirmed(machine, elsewhere)
    assert "The signer signs again" in said
    serving = kit_stack.start(values, tmp_path / "restored.log", (*kit_stack.DEMO, *SERVING))
    yield serving
    kit_stack.stop(serving)


def confirmed(machine: Stack, elsewhere: Path) -> str:
    """As an operator does it: the number of lost entries is typed."""
    guichet = Path(sys.executable).parent / "guichet"
    done = subprocess.run(
        [guichet, "restore", "confirm", "--published", elsewhere],
        env=machine.env,
        input="0\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_restored_counter_orders_hands_over_and_answers(
    stack: Stack, client_product: Product, restored: Stack, tmp_path: Path
) -> None:
    """What was issued before is known; what is issued now is told by its own responder."""
    status, page = products.curl(restored, f"{restored.portal_url}/")
    assert (status, "Guichet" in page) == (200, True)
    known = products.call(restored, f"/products/{client_product.id}")
    assert known["number"] == client_product.id
    new = products.obtain(restored, tmp_path, service="Après la restauration")
    assert new.id > client_product.id
    issuer = tmp_path / "issuer.pem"
    issuer.write_text(new.chain.read_text())
    trust = ("-CAfile", restored.state / "demo" / "trust" / "chain.pem")
    for product in (client_product, new):
        asked = ("-issuer", issuer, "-cert", product.certificate)
        said = run("openssl", "ocsp", *asked, *trust, "-url", f"{restored.pki_url}/ocsp")
        assert "Response verify OK" in said
        assert f"{product.certificate.name}: good" in said
    journal = restored.guichet("journal", "verify")
    assert journal.returncode == 0, journal.stdout
