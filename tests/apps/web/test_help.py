"""/aide/: every answer stands and leads somewhere, what people type finds it, words are defined."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.template import Context, Engine
from django.urls import resolve
from playwright.sync_api import expect

from guichet.web.help import answers, glossary, refusals
from guichet.web.help.searching import is_a_slip, search
from kit import stage, typography

LANGUAGES = ("fr", "en")
TEXTS = [
    (f"{slug}.{code}", answer.by_language[code].question, answer.by_language[code].text)
    for slug, answer in answers.by_slug().items()
    for code in LANGUAGES
]
LINK = re.compile(r"\]\(([^)]+)\)")
DOCS = Path(__file__).parents[3] / "docs"


def test_every_link_of_an_answer_leads_to_a_page() -> None:
    for name, _question, text in TEXTS:
        for target in LINK.findall(text):
            path, _, _anchor = target.partition("#")
            if path.startswith("{bench}"):
                assert resolve(path.removeprefix("{bench}"), "guichet.conf.bench_urls"), name
            elif path.startswith("/aide/questions/"):
                assert path.split("/")[3] in answers.by_slug(), name
            elif path.startswith("/"):
                assert resolve(path, "guichet.conf.urls"), name
            else:
                assert path.startswith(("https://", "{pki}/")), name


def test_answers_name_answers_and_pages_of_the_documentation_that_exist() -> None:
    for slug, answer in answers.by_slug().items():
        assert set(answer.related) <= answers.by_slug().keys() - {slug}, slug
        assert not answer.guide or (DOCS / f"{answer.guide}.md").is_file(), slug


def test_both_languages_tell_the_same_things() -> None:
    for slug, answer in answers.by_slug().items():
        french, english = (answer.by_language[code].text for code in LANGUAGES)
        assert LINK.findall(french) == LINK.findall(english), slug
        for sign in ("\n- ", "\n1. ", "\n| ", "```"):
            assert french.count(sign) == english.count(sign), slug


def test_texts_are_typeset() -> None:
    words = [(key, one.term, one.text) for key, one in glossary.definitions("fr").items()]
    french = [(n, q, t) for n, q, t in TEXTS if n.endswith(".fr")]
    for name, title, text in (*french, *words):
        prose = typography.of_page(f"{title}\n\n{text}".replace("{bench}", "/"))
        assert list(typography.faults(prose)) == [], name


@pytest.mark.parametrize(
    ("typed", "language", "slug"),
    [
        ("carte expirée", "fr", "carte-expiree"),
        ("CARTE EXPIREE", "fr", "carte-expiree"),
        ("keycloack", "fr", "keycloak"),
        ("revocaton", "fr", "code-de-revocation"),
        ("plusieurs services, plusieurs clientId ?", "fr", "un-certificat-par-service"),
        ("lost key", "en", "cle-perdue"),
        ("finess", "en", "finess-ou-pas"),
    ],
)
def test_what_people_type_finds_the_answer_first(typed: str, language: str, slug: str) -> None:
    assert search(typed, language)[0].slug == slug


@pytest.mark.parametrize("typed", ["", "le de la", "xyzzy", "%%%"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert search(typed, "fr") == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("CARTE", "CARTE", True),
        ("CARTE", "CARTES", True),
        ("CARTE", "CRTE", True),
        ("CARTE", "CRATE", True),
        ("CARTE", "CARPE", True),
        ("CARTE", "CORPE", False),
        ("CARTE", "CARTEES", False),
        ("CARTE", "ECART", False),
    ],
)
def test_a_slip_is_one_letter(one: str, other: str, expected: bool) -> None:
    assert is_a_slip(one, other) is is_a_slip(other, one) is expected


def test_the_search_page_answers_and_says_what_to_do_without_an_answer(visitor) -> None:
    found = visitor.get("/aide/?q=carte expiree").content.decode()
    assert 'href="/aide/questions/carte-expiree/"' in found
    assert 'value="carte expiree"' in found
    none = visitor.get("/aide/?q=xyzzy").content.decode()
    assert "Essayez un seul mot" in none


@pytest.mark.parametrize("documentation", ["", "https://docs.guichet.test"])
def test_an_answer_has_its_neighbours_and_its_guide(visitor, settings, documentation) -> None:
    settings.GUICHET = replace(settings.GUICHET, documentation_url=documentation)
    text = visitor.get("/aide/questions/keycloak/").content.decode()
    assert 'href="/aide/questions/installer/"' in text
    address = f"{documentation}/fr/how-to/mtls-keycloak.html"
    assert (address if documentation else "docs/how-to/mtls-keycloak.md") in text
    assert visitor.get("/aide/questions/nulle-part/").status_code == 404


def test_from_another_listener_an_answer_leads_to_the_portal(visitor, settings) -> None:
    text = visitor.get(
        "/aide/questions/cle-perdue/", **{"guichet.listener": "bench"}
    ).content.decode()
    portal = settings.GUICHET.portal_url
    assert f'href="{portal}/aide/questions/meme-navigateur/"' in text


def test_every_word_has_its_anchor_and_its_definition_in_both_languages(visitor) -> None:
    text = visitor.get("/aide/glossaire/").content.decode()
    french, english = (glossary.definitions(code) for code in LANGUAGES)
    assert set(re.findall(r'<div id="([^"]+)"', text)) == french.keys()
    assert all(french[key].text != english[key].text for key in french)


def test_a_refusal_leads_to_the_answer_behind_it(visitor) -> None:
    assert set(refusals.ANSWERS.values()) <= answers.by_slug().keys()
    page = visitor.get("/refuse/key-too-short/").content.decode()
    assert 'href="/aide/questions/cle-refusee/"' in page
    assert 'href="/aide/refus/#key-too-short"' in page


def test_a_word_is_pressed_without_a_script() -> None:
    """The browser opens, closes by Escape and tells assistive technology: HTML's own popover."""
    template = Engine.get_default().from_string('{% term "csr" %}{% term "csr" "la demande" %}')
    text = template.render(Context({}))
    pressed = re.findall(r'<button type="button" class="term-word" popovertarget="([^"]+)"', text)
    assert pressed == re.findall(r'id="([^"]+)" popover', text)
    assert len(set(pressed)) == 2
    assert "/aide/glossaire/#csr" in text


@pytest.mark.browser
def test_a_definition_opens_and_closes_by_the_keyboard(visitor) -> None:
    with stage.opened() as shown:
        shown.dress("light", 1280)
        shown.show(visitor.get("/").content.decode())
        word, card = shown.page.locator(".term-word").first, shown.page.locator(".term-card").first
        word.focus()
        shown.page.keyboard.press("Enter")
        expect(card).to_be_visible()
        assert shown.violations() == []
        shown.page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        expect(word).to_be_focused()
