"""Keys born in the browser: what the pages tell its scripts, and what works without them."""

import base64
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.orders.counter import WITHDRAWAL, Person, Sign, csr_pem, text_of
from guichet.orders.key_pages import KeyFound
from guichet.orders.models import Order
from guichet.x509 import csr as requests
from kit import commands, pki

PASSWORD = "kR8-wpq2-Xn5z"
# What openssl asks at a terminal: of the file, of the copy between, of what is made of that.
QUESTIONS = (
    *("Enter Import Password:", "Enter PEM pass phrase:", "Verifying - Enter PEM pass phrase:"),
    *("Enter pass phrase for temporaire.pem:", "Enter Export Password:"),
    "Verifying - Enter Export Password:",
)
NO_COMMANDS = KeyFound(fingerprint="", kind="", spki="", name="Mon Service")


def ordered(somebody: Person, csr: str) -> int:
    """An order whose page made the key."""
    base = somebody.to_step_4()
    answer = somebody.post(base + "4/", {"key_origin": "browser", "csr_text": csr})
    assert answer.status_code == 302, text_of(answer)
    return int(somebody.get(answer["Location"]).context["order"].number)


def told(page: str, name: str) -> str:
    """What a page tells its script under this name."""
    found = re.search(rf'data-{name}="([^"]*)"', page)
    assert found, name
    return found.group(1).replace("&quot;", '"')


def test_step_4_offers_the_kinds_of_the_profile_and_posts_no_password(sophie: Person) -> None:
    page = text_of(sophie.get(sophie.to_step_4() + "4/"))
    kinds = re.findall(r'<option value="([^"]+)"( selected)?', page)
    assert [kind for kind, _chosen in kinds] == [
        "rsa-2048",
        "rsa-3072",
        "rsa-4096",
        "p-256",
        "p-384",
    ]
    assert [kind for kind, chosen in kinds if chosen] == ["rsa-2048"]
    known = json.loads(told(page, "known"))
    assert {"2800143590", "HOPITAL DES 3 DAMES", "Monserviceclient"} <= set(known)
    passwords = re.findall(r'<input type="password"[^>]*>', page)
    assert len(passwords) == 2
    assert all(" name=" not in field and "new-password" in field for field in passwords)


def test_step_4_without_scripts_takes_a_request_that_is_brought(
    sophie: Person, authorities: object
) -> None:
    """What waits for scripts is hidden, and the form says that the key was not made here."""
    base = sophie.to_step_4()
    page = text_of(sophie.get(base + "4/"))
    assert re.search(r'<div data-part="choice" hidden>', page)
    assert re.search(r'data-source="browser"[^>]* hidden>', page)
    assert re.search(r'value="csr"[^>]* checked', page)
    assert "openssl req -new" in page
    answer = sophie.post(base + "4/", {"key_origin": "csr", "csr_text": csr_pem()})
    assert answer.status_code == 302
    assert Order.objects.get().key_origin == "csr"


def test_a_refusal_keeps_the_request_and_where_it_came_from(sophie: Person) -> None:
    short = csr_pem(pki.fresh_key("p-521"))
    answer = sophie.post(sophie.to_step_4() + "4/", {"key_origin": "browser", "csr_text": short})
    assert answer.status_code == 422
    page = text_of(answer)
    assert re.search(r'value="browser"[^>]* checked', page)
    assert short.splitlines()[1] in page
    assert "data-fresh" not in page


def test_each_page_after_an_order_names_its_key(sophie: Person, sign: Sign) -> None:
    """Finalisation, withdrawal and product give the fingerprint that the browser looks for."""
    csr = csr_pem()
    number = ordered(sophie, csr)
    fingerprint = requests.read(csr.encode()).key.spki_sha256
    assert Order.objects.get().key_origin == "browser"
    sign()
    page = text_of(sophie.get(f"/produits/retirer/{number}/"))
    assert told(page, "fingerprint") == fingerprint
    assert (told(page, "kind"), told(page, "order")) == ("p-256", str(number))
    assert f"/produits/retirer/{number}/nouvelle-cle/" in page
    product = text_of(
        sophie.get(sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)["Location"])
    )
    assert told(product, "fingerprint") == fingerprint
    assert product.count("BEGIN CERTIFICATE") >= 3
    assert told(product, "challenge")
    assert "openssl pkcs12 -export -inkey monserviceclient-recuperation.pem" in product


def test_a_request_that_was_brought_has_no_key_to_look_for(sophie: Person, sign: Sign) -> None:
    number = sophie.orders()
    sign()
    address = f"/produits/retirer/{number}/"
    assert "data-fingerprint" not in text_of(sophie.get(address))
    location = sophie.post(address, WITHDRAWAL)["Location"]
    assert "data-fingerprint" not in text_of(sophie.get(location))


def test_states_are_told_of_visible_orders_alone(
    sophie: Person, jeanne: Person, sign: Sign, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """By key or by number; a stranger learns nothing, and four keys cost what one does."""
    csr = csr_pem()
    number = ordered(sophie, csr)
    sign()
    fingerprint = requests.read(csr.encode()).key.spki_sha256
    address = "/produits/cles/etats/"
    found = sophie.get(address, cle=[fingerprint]).json()["orders"]
    assert found == sophie.get(address, demande=[number, "-1", "é", "9" * 40]).json()["orders"]
    (order,) = found
    assert (order["number"], order["key"], order["state"]) == (number, fingerprint, "À retirer")
    assert order["address"] == f"/produits/retirer/{number}/"
    assert jeanne.get(address, cle=[fingerprint], demande=[number]).json() == {"orders": []}
    others = [ordered(sophie, csr_pem()) for _ in range(3)]
    with django_assert_num_queries(6):
        sophie.get(address, cle=[fingerprint])
    with django_assert_num_queries(6):
        told_of = sophie.get(address, cle=[fingerprint], demande=[number, *others]).json()
    assert len(told_of["orders"]) == 4


def test_recovery_files_are_held_against_visible_keys_alone(
    sophie: Person, jeanne: Person, sign: Sign, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Those that browsers made and that are certified; a stranger's are not told."""
    address = "/produits/cles/connues/"
    key = pki.fresh_key("p-384")
    numbers = [ordered(sophie, csr_pem(key))]
    assert sophie.get(address).json() == {"keys": []}
    sign()
    with django_assert_num_queries(8):
        assert len(sophie.get(address).json()["keys"]) == 1
    numbers += [ordered(sophie, csr_pem())]
    sophie.orders()
    sign()
    with django_assert_num_queries(8):
        found = sophie.get(address).json()["keys"]
    assert [one["order"] for one in found] == numbers[::-1]
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert (found[1]["kind"], base64.b64decode(found[1]["spki"])) == ("p-384", spki)
    assert jeanne.get(address).json() == {"keys": []}


def test_the_page_of_keys_is_for_people_logged_in(sophie: Person) -> None:
    page = text_of(sophie.get("/produits/cles/"))
    assert "Ce navigateur ne garde aucune clé" in page
    assert 'href="/produits/cles/"' in text_of(sophie.get("/produits/"))
    for address in ("/produits/cles/", "/produits/cles/etats/", "/produits/cles/connues/"):
        answer = Client().get(address, secure=True)
        assert answer.status_code == 302
        assert "/connexion/" in answer["Location"]


def openssl(folder: Path, *command: str) -> str:
    """What openssl says, its passwords given; raises AssertionError when it fails."""
    done = subprocess.run(
        ["openssl", *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["rsa-2048", "p-256"])
def test_the_commands_of_the_page_do_what_it_says(tmp_path: Path, kind: str) -> None:
    """Recovery file and chain make the PKCS#12; that one is rewritten for an old Windows."""
    key = pki.kept_key(kind, kind)
    encryption = BestAvailableEncryption(PASSWORD.encode())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    (tmp_path / "mon-service-recuperation.pem").write_bytes(pem)
    opened = ("-passin", f"pass:{PASSWORD}")
    make = "req -x509 -key mon-service-recuperation.pem -subj /CN=service -out chaine-0-TEST.pem"
    openssl(tmp_path, *make.split(), *opened)
    for command in (NO_COMMANDS.by_openssl, *NO_COMMANDS.for_old_windows.splitlines()):
        _openssl, *words = shlex.split(command)
        openssl(tmp_path, *words, *opened, "-passout", f"pass:{PASSWORD}")
    for name in ("mon-service", "mon-service-ancien-windows"):
        found = pkcs12.load_pkcs12((tmp_path / f"{name}-TEST.p12").read_bytes(), PASSWORD.encode())
        assert found.key is not None
        assert found.key.public_key() == key.public_key()
        assert found.cert is not None
    is_for_old_windows(tmp_path / "mon-service-ancien-windows-TEST.p12")
    (tmp_path / "mon-service-TEST.p12").rename(tmp_path / "service.p12")
    (guide,) = commands.told("how-to/cle-dans-le-navigateur")
    commands.at_a_terminal(guide, tmp_path, [(question, PASSWORD) for question in QUESTIONS])
    assert b"ENCRYPTED PRIVATE KEY" in (tmp_path / "temporaire.pem").read_bytes()
    is_for_old_windows(tmp_path / "service-ancien-windows.p12")


def is_for_old_windows(file: Path) -> None:
    """SHA-1 and 3-DES alone, which it reads; no RC2, which nobody should."""
    look = f"pkcs12 -in {file.name} -legacy -info -noout -passin pass:{PASSWORD}"
    said = openssl(file.parent, *look.split())
    assert "MAC: sha1" in said
    assert "3-KeyTripleDES-CBC" in said
    assert "RC2" not in said
