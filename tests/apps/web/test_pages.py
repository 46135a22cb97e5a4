"""The pages that every listener serves."""

import re
import time
from dataclasses import replace

import pytest
from django.conf import settings as configured

from guichet.web import health, home, metrics

PAGES = [
    "/",
    "/aide/",
    "/aide/refus/",
    "/aide/glossaire/",
    "/aide/questions/cle-perdue/",
    "/mentions-legales/",
    "/accessibilite/",
    "/style/",
]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_its_title_its_language_and_nothing_inline(visitor, path, language) -> None:
    answer = visitor.get(path, HTTP_ACCEPT_LANGUAGE=language)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in text
    assert re.search(r"<title>\S.* — Guichet TEST</title>", text)
    assert text.count("<h1") == 1
    assert "<script>" not in text
    assert not re.search(r"<[^>]+\s(style|on\w+)=", text)
    policy = answer["Content-Security-Policy"]
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy


def test_accessibility_is_declared_in_the_form_of_the_law(visitor) -> None:
    """State, results, contents, date, contact and remedies; the state is told on every page."""
    text = visitor.get("/accessibilite/", HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    parts = ("État de conformité", "Contenus non accessibles", "Établissement de cette déclaration")
    for words in (*parts, "Retour d’information et contact", "Voies de recours", "RGAA"):
        assert words in text
    other = visitor.get("/", HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    assert "Accessibilité\u202f: non conforme</a>" in other


def test_identifiers_on_the_page_of_components_are_unique(visitor) -> None:
    text = re.sub(r"<form.*?</form>", "", visitor.get("/style/").content.decode(), flags=re.S)
    names = re.findall(r'\sid="([^"]+)"', text)
    assert sorted(names) == sorted(set(names))


def test_pages_are_not_stored(visitor) -> None:
    assert visitor.get("/aide/")["Cache-Control"] == "no-store"


def test_components_are_shown_in_the_demo_alone(visitor, settings) -> None:
    settings.GUICHET = replace(configured.GUICHET, demo=False)
    assert visitor.get("/style/").status_code == 404
    assert "Courriers" not in visitor.get("/").content.decode()


def test_language_is_chosen_and_remembered(visitor) -> None:
    answer = visitor.post("/langue/", {"language": "en", "next": "/aide/"})
    assert answer["Location"] == "/aide/"
    assert answer.cookies["__Host-guichet-language"]["max-age"] == 365 * 24 * 3600
    assert '<html lang="en"' in visitor.get("/aide/").content.decode()


def test_theme_is_chosen_and_remembered(visitor) -> None:
    assert "data-bs-theme" not in visitor.get("/").content.decode()
    answer = visitor.post("/theme/", {"theme": "dark", "next": "/aide/?a=1"})
    assert answer["Location"] == "/aide/?a=1"
    assert 'data-bs-theme="dark"' in visitor.get("/").content.decode()


@pytest.mark.parametrize("theme", ["", 'x" onload="', "solarized"])
def test_an_unknown_theme_changes_nothing(visitor, theme: str) -> None:
    assert not visitor.post("/theme/", {"theme": theme}).cookies
    visitor.cookies["__Host-guichet-theme"] = theme
    assert "data-bs-theme" not in visitor.get("/").content.decode()


@pytest.mark.parametrize("path", ["/theme/", "/langue/"])
@pytest.mark.parametrize("elsewhere", ["https://ailleurs.test/", "//ailleurs.test", "/\\a.test"])
def test_choices_never_lead_elsewhere(visitor, path: str, elsewhere: str) -> None:
    answer = visitor.post(path, {"theme": "dark", "language": "en", "next": elsewhere})
    assert answer["Location"] == "/"


def test_verbs_lead_to_the_portal_from_other_listeners(visitor) -> None:
    here = visitor.get("/").content.decode()
    assert 'href="/produits/demander/"' in here
    there = visitor.get("/", **{"guichet.listener": "bench"}).content.decode()
    assert f'href="{configured.GUICHET.portal_url}/produits/demander/"' in there
    assert ">Se connecter<" not in there


def test_liveness(visitor) -> None:
    assert visitor.get("/healthz").json() == {"status": "ok"}


def test_readiness_tells_what_is_missing(visitor, settings, tmp_path) -> None:
    settings.GUICHET = replace(configured.GUICHET, state=tmp_path)
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": "ok",
        "signer": "never seen",
        "freshness": "none published",
    }


def test_readiness_when_all_is_well(visitor, settings, tmp_path, monkeypatch) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "signer.heartbeat").touch()
    settings.GUICHET = replace(configured.GUICHET, state=tmp_path)
    monkeypatch.setattr(health, "_CHECKS", {})
    health.register("freshness", lambda at: "ok")
    assert visitor.get("/readyz").json()["status"] == "ok"
    health.register("freshness", lambda at: "stale: ACI")
    assert visitor.get("/readyz").status_code == 503
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert "silent" in visitor.get("/readyz").json()["checks"]["signer"]


def test_metrics_are_for_this_machine(visitor) -> None:
    visitor.get("/aide/")
    text = visitor.get("/metrics").content.decode()
    line = 'guichet_requests_total{listener="portal",method="GET",route="aide/",status="200"}'
    assert line in text
    assert visitor.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 403
    assert visitor.get("/metrics", HTTP_X_FORWARDED_FOR="192.0.2.1").status_code == 403


def test_visitors_cannot_make_new_labels(visitor) -> None:
    visitor.generic("BREW", "/aide/")
    visitor.get("/chemin-inconnu-du-tout/")
    text = metrics.exposition().decode()
    assert "BREW" not in text
    assert "chemin-inconnu" not in text


def test_sections_are_in_order_and_for_whom_they_concern(visitor, monkeypatch) -> None:
    monkeypatch.setattr(home, "_PROVIDERS", [])
    home.register(lambda request: home.Section("web/parts/emblem.html", order=2))
    home.register(lambda request: None)
    home.register(lambda request: home.Section("web/parts/counter.html", order=1))
    text = visitor.get("/").content.decode()
    body = text[text.index("<main") : text.index("</main>")]
    assert body.index("counter-desk") < body.index("emblem-arch")
    assert "tiles" not in body
