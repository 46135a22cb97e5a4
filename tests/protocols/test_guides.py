"""The guides of mutual authentication, run as they are written, against the bench.

Only names of machines, of folders and of the service are put in place of what the guides say.
"""
# ruff: noqa: F811 a fixture is an argument of the same name

import json
import re
import subprocess
import time
from configparser import ConfigParser
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from guichet.orders import installing
from guichet.orders.installing import Names
from kit import lemon
from kit.guides import HOW_TO, MARKS
from kit.stack import Stack, free_port
from protocols.guide_desk import (  # noqa: F401 the fixtures
    BACK,
    FORGED,
    GUIDES,
    LEMON,
    RELAYS,
    SECONDS,
    Desk,
    Reader,
    application,
    desk,
)
from protocols.products import HOSPITAL, Product, call, curl
from protocols.programs import command

PSC = "pro-sante-connect"
ALONE = {"fichiers", PSC, LEMON}
RUN = sorted(name for name, guide in GUIDES.items() if guide.is_run and name not in ALONE)
CLIENT = "mon-client"
LEMON_CLIENT = "mon-portail"
ASSOCIATED = "psc-not-associated"
COMPARES_NO_SUBJECT = {"curl"}


def check(*words: str | Path) -> None:
    """A program that reads a file finds nothing to say against it."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr


def balanced(path: Path) -> None:
    """Brackets close in order, when nothing here reads the language."""
    pairs, opened = {")": "(", "]": "[", "}": "{"}, ["start"]
    for character in STRINGS.sub("", path.read_text()):
        if character in pairs.values():
            opened.append(character)
        elif character in pairs:
            assert opened.pop() == pairs[character], path.read_text()
    assert opened == ["start"]


def within_nginx(path: Path) -> None:
    """Directives of a location."""
    body = f"server {{ listen 127.0.0.1:{free_port()}; location / {{ {path.read_text()} }} }}"
    check(*command("nginx", path.parent, body, 0), "-t")


def within_apache(path: Path) -> None:
    """Directives of a virtual host, with files that exist."""
    body = re.sub(r"/etc/ssl/\S+", str(path), path.read_text())
    host = f"<VirtualHost *>\n{body}</VirtualHost>"
    check(*command("apache", path.parent, host, free_port()), "-t")


STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
READERS = {
    "yaml": lambda path: yaml.safe_load(path.read_text()),
    "json": lambda path: json.loads(path.read_text()),
    "ini": lambda path: ConfigParser(interpolation=None).read_string("[x]\n" + path.read_text()),
    "java": lambda path: check(
        "javac", "-XDshould-stop.ifNoError=PARSE", "-implicit:none", "-d", path.parent, path
    ),
    "nginx": within_nginx,
    "apache": within_apache,
    "csharp": balanced,
}
"""What reads a block that is not run, by language; each fails on what it cannot read."""


@pytest.mark.parametrize("name", RUN)
def test_guide(desk: Desk, name: str, tmp_path: Path) -> None:
    """ACCEPTED by the bench. Its server: ACCEPTED who is named, REFUSED revoked or another's."""
    tmp_path.chmod(0o755)
    reader = Reader(desk, name, tmp_path)
    with ExitStack() as started:
        reader.follow(GUIDES[name].blocks(), started)
        port, evidence = reader.ports["8443"], desk.evidence
        status, body = desk.visit(evidence.good, port)
        assert status == 200
        assert FORGED not in body
        assert desk.visit(evidence.revoked, port)[0] in {0, 400}
        is_let_in = name in COMPARES_NO_SUBJECT
        assert desk.visit(desk.neighbour, port)[0] == (200 if is_let_in else 403)


def declare(stack: Stack, client_id: str, back: str, product: Product) -> None:
    """A service that presents this product, once the provider knows it."""
    asked = {
        "structure": HOSPITAL,
        "client_id": client_id,
        "name": "Service des guides",
        "redirect_uris": [back],
        "contact_email": "sophie@hopital-3-dames.test",
    }
    key = call(stack, "/associations", asked)["id"]
    call(stack, f"/associations/{key}/certificates", {"product": product.id})
    published = stack.state / "published" / "associations.json"
    deadline = time.monotonic() + SECONDS
    while not _presents(published, client_id):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _presents(published: Path, client_id: str) -> bool:
    services = json.loads(published.read_text())["services"]
    return any(s["client_id"] == client_id and s["certificates"] for s in services)


def test_lemonldap(stack: Stack, desk: Desk) -> None:
    """ACCEPTED: a person by Pro Santé Connect, a service by its certificate. REFUSED: nobody's."""
    with lemon.portal(desk.folder, stack.root) as place, ExitStack() as started:
        values = desk.values | place.values | {CLIENT: LEMON_CLIENT}
        reader = Reader(
            replace(desk, values=values, environment=desk.environment | place.environment),
            LEMON,
            place.folder,
        )
        back = f"https://localhost:{reader.ports['8443']}/?openidconnectcallback=1"
        declare(stack, LEMON_CLIENT, back, desk.evidence.good)
        reader.follow(GUIDES[LEMON].blocks(), started)


def test_relying_parties(stack: Stack, desk: Desk, tmp_path: Path) -> None:
    """ACCEPTED: plain curl and Authlib log in. REFUSED: a revoked certificate, another client's."""
    declare(stack, CLIENT, BACK, desk.evidence.good)
    with ExitStack() as started:
        Reader(desk, PSC, tmp_path).follow(GUIDES[PSC].blocks(), started)
    for product, code in ((desk.evidence.revoked, "bench-revoked"), (desk.neighbour, ASSOCIATED)):
        identity = ("--cert", product.certificate, "--key", product.key)
        asked_again = ("-d", f"client_id={CLIENT}&grant_type=authorization_code&code=x")
        status, told = curl(stack, *identity, *asked_again, f"{stack.bench_url}/psc/token")
        assert status == 401
        assert code in told


@pytest.mark.parametrize("name", sorted(GUIDES))
def test_a_guide_is_run_or_says_that_it_is_not(name: str, tmp_path: Path) -> None:
    """No block is left out of a guide that is run; those of the others are read by a parser."""
    guide = GUIDES[name]
    blocks = guide.blocks()
    marks = {block.mark for block in blocks}
    assert len(blocks) * 2 == guide.path.read_text().count("```")
    assert f"({guide.path.name})" in (HOW_TO / "README.md").read_text()
    if guide.is_run:
        assert {"run", "shown"} <= marks <= MARKS
        return
    assert marks == {""}
    for number, block in enumerate(blocks):
        path = tmp_path / f"block{number}.{block.language}"
        path.write_text(block.text)
        READERS[block.language](path)


@pytest.mark.parametrize("tool", RELAYS)
def test_a_guide_holds_what_the_page_of_a_product_gives_to_copy(tool: str) -> None:
    """Line by line: they cannot drift apart."""
    names = Names(
        base="monservice",
        host="banc.exemple.fr",
        folder="/etc/ssl/monservice",
        chain="chaine-1042.pem",
        certificate="certificat-1042.pem",
        roots="autorites-1042.pem",
        pkcs7="",
    )
    shown = {line.strip() for line in installing.text(f"client/{tool}", names).splitlines()}
    (presenting, _asking) = [b for b in GUIDES[tool].blocks() if b.mark == "file"]
    assert shown - {line.strip() for line in presenting.text.splitlines()} == set()
