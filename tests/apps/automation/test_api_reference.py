"""The reference page of the API: all that is described, in both languages, each link leading on."""

import re

import pytest
from django.test import Client

from guichet.automation import codes
from guichet.automation.reference import reading, words
from guichet.domain.refusals import Code


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "Commander un certificat."), ("en", "Order a certificate.")],
)
def test_everything_described_is_shown(client: Client, language: str, said: str) -> None:
    """Every operation, parameter, status, code and shape; every anchor is there once."""
    page = client.get("/aide/api/", secure=True, headers={"Accept-Language": language})
    html = page.content.decode()
    assert page.status_code == 200
    assert said in html
    described = reading.description()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            name = operation["operationId"]
            section = html.partition(f'<section class="refusal" id="{name}">')[2]
            section = section.partition("</section>")[0]
            assert f"{method.upper()} {path.removeprefix('/api/v1')}" in section
            for wanted in (
                *(f"<code>{found['name']}</code>" for found in operation["parameters"]),
                *(f"#{code.value}" for code in codes.OWN.get(name, ())),
            ):
                assert wanted in section, (name, wanted)
    anchors = re.findall(r' id="([^"]+)"', html)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(anchors)


@pytest.mark.django_db
def test_it_is_what_the_footer_leads_to(client: Client) -> None:
    """People read first; the description that programs read is one click further."""
    page = client.get("/accessibilite/", secure=True)
    assert re.search(r'href="[^"]*/aide/api/">API<', page.content.decode())
    assert "openapi.json" not in page.content.decode()
    assert 'href="/api/v1/openapi.json"' in client.get("/aide/api/", secure=True).content.decode()


def test_every_text_has_its_french() -> None:
    """And no French is kept for a text that went."""
    told = {" ".join(text.split()) for text in reading.texts()} - {""}
    assert told == set(words.french())


def test_the_description_tells_codes() -> None:
    """Each under the status that it is answered with, for operations that exist."""
    described = reading.description()["paths"]
    operations = {
        found["operationId"]: found for path in described.values() for found in path.values()
    }
    assert set(codes.OWN) <= set(operations)
    cancelled = operations["cancel_order"]["responses"]
    assert cancelled[409]["x-codes"] == ["move-forbidden"]
    told = [code for status in cancelled.values() for code in status.get("x-codes", ())]
    assert {"order-unknown", "verb-missing", "idempotency-conflict"} <= set(told)
    assert set(told) <= set(Code)
