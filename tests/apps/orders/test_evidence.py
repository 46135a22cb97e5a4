"""The evidence file of a product: proved by guichet-verify, opened for whom it may be."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.orders.counter import WITHDRAWAL, Person, Sign, csr_pem, text_of, withdrawn
from guichet.orders import verifier_words
from guichet_verify import wording
from guichet_verify.findings import Code, Level
from guichet_verify.verifying import Trust, verify
from kit import published_log


@pytest.fixture
def integrate(tmp_path: Path, settings: Any) -> Callable[[], int]:
    """Let the published log hold what the journal tells."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    return partial(published_log.integrate, tmp_path / "keys")


def address(number: int) -> str:
    return f"/produits/suivre/parc/{number}/preuve.json"


def bad(file: bytes) -> set[Code]:
    return {one.code for one in verify(file, Trust()).findings if one.level is Level.BAD}


def opened(file: bytes, part: str) -> list[Any]:
    return [one["opened"][part] for one in json.loads(file)["entries"] if part in one["opened"]]


def test_the_file_is_proved_offline_and_says_that_no_dossier_stands_behind(
    sophie: Person, sign: Sign, integrate: Callable[[], int]
) -> None:
    number = withdrawn(sophie, sign)
    early = sophie.get(address(number))
    assert (early.status_code, "Dossier de preuve bientôt prêt" in text_of(early)) == (409, True)
    integrate()
    page = text_of(sophie.get(f"/produits/suivre/parc/{number}/journal/"))
    assert address(number) in page
    file = sophie.get(address(number)).content
    report = verify(file, Trust())
    assert report.ok, [one for one in report.findings if one.level is Level.BAD]
    absent = {o.facts["document"] for o in report.findings if o.code is Code.DOCUMENT_ABSENT}
    assert absent == {"dossier", "decision"}
    assert {one["value"] for one in opened(file, "actor")} == {sophie.actor.ref}


def test_strangers_get_nothing_and_what_names_people_stays_sealed_to_colleagues(
    sophie: Person, jeanne: Person, jean: Person, sign: Sign, integrate: Callable[[], int]
) -> None:
    number = withdrawn(sophie, sign)
    integrate()
    assert jeanne.get(address(number)).status_code == 404
    file = jean.get(address(number)).content
    assert bad(file) == set()
    assert opened(file, "actor") == []
    card = str(sophie.actor.card_number)
    assert card not in file.decode()
    assert card in sophie.get(address(number)).content.decode()


def test_auditors_read_all_of_any_product(
    sophie: Person, person: Callable[..., Person], sign: Sign, integrate: Callable[[], int]
) -> None:
    number = withdrawn(sophie, sign)
    integrate()
    auditor = person("2800501033", "AUDE LEFEBVRE", "899700501033", "auditor")
    file = auditor.get(address(number)).content
    assert bad(file) == set()
    entries = json.loads(file)["entries"]
    assert len(opened(file, "actor")) == len(opened(file, "content")) == len(entries)
    assert auditor.get(f"/produits/suivre/parc/{number}/journal/").status_code == 200


def test_a_revocation_and_a_change_of_key_are_told(
    sophie: Person, sign: Sign, integrate: Callable[[], int]
) -> None:
    """The order's second key; the certificate that is proved is the one that was withdrawn."""
    order = sophie.orders()
    sign()
    sent = {"csr_text": csr_pem(), "confirmed": "on"}
    assert sophie.post(f"/produits/retirer/{order}/nouvelle-cle/", sent).status_code == 302
    sign()
    location = sophie.post(f"/produits/retirer/{order}/", WITHDRAWAL)["Location"]
    number = int(sophie.get(location).context["product"].number)
    revoking = f"/produits/revoquer/{number}/confirmer/?motif=theft"
    assert sophie.post(revoking, {"confirmed": "on"}).status_code == 302
    integrate()
    file = sophie.get(address(number)).content
    report = verify(file, Trust())
    assert report.ok, [one for one in report.findings if one.level is Level.BAD]
    assert Code.REVOKED in {one.code for one in report.findings}


def test_the_page_is_for_anybody_and_says_what_the_command_says(client: Client, db: None) -> None:
    page = text_of(client.get("/produits/verifier/", secure=True))
    told = wording.words("fr")
    assert {name: str(words) for name, words in verifier_words.FINDINGS.items()} == told["findings"]
    assert {name: str(words) for name, words in verifier_words.STEPS.items()} == told["steps"]
    assert {name: str(words) for name, words in verifier_words.NAMES.items()} == told["names"]
    for name in told["findings"]:
        assert f'data-says="finding.{name}"' in page
