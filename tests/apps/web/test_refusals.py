"""What becomes of a Refusal, and of faults: pages for people, problem documents for programs."""

import pytest
from django.db import OperationalError

from guichet.domain.refusals import Code
from guichet.web.refusal_texts import TEXTS

JSON = {"HTTP_ACCEPT": "application/json"}
PAGES = [code for code in Code if code is not Code.LOGIN_REQUIRED]


@pytest.mark.parametrize("code", PAGES)
def test_a_refusal_is_a_page_that_says_what_to_do(visitor, code: Code) -> None:
    answer = visitor.get(f"/refuse/{code.value}/")
    text = answer.content.decode()
    assert answer.status_code == TEXTS[code].status
    assert f"<h1>{TEXTS[code].title}</h1>" in text
    assert "Que faire" in text
    assert answer["X-Request-Id"] in text


def test_facts_are_in_the_words(visitor) -> None:
    text = visitor.get("/refuse/key-too-short/").content.decode()
    assert "La clé compte 1024 bits" in text
    assert "au moins 2048" in text


def test_the_page_speaks_english_when_asked(visitor) -> None:
    text = visitor.get("/refuse/key-too-short/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert '<html lang="en"' in text
    assert "The key has 1024 bits" in text


def test_every_objection_is_shown(visitor) -> None:
    text = visitor.get("/refuse-twice/").content.decode()
    assert "Clé trop courte" in text
    assert "Signature de la CSR incorrecte" in text


@pytest.mark.parametrize(("path", "extra"), [("/api/refuse/", {}), ("/refuse/", JSON)])
def test_programs_get_a_problem_document(visitor, path: str, extra: dict[str, str]) -> None:
    """RFC 9457: the members, the media type, and a type that leads to an explanation."""
    answer = visitor.get(f"{path}key-too-short/", **extra)
    body = answer.json()
    assert answer.status_code == body["status"] == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert body["code"] == "key-too-short"
    assert body["objections"][0]["facts"] == {"bits": 1024, "minimum": 2048}
    anchor = body["type"].partition("#")[2]
    assert f'id="{anchor}"' in visitor.get("/aide/refus/").content.decode()


def test_unavailable_says_when_to_come_back(visitor) -> None:
    assert visitor.get("/api/refuse/card-status-unavailable/")["Retry-After"] == "120"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/fail/", 500),
        ("/deny/", 403),
        ("/suspect/", 400),
        ("/nowhere/", 404),
        ("/refuse/%00/", 404),
    ],
)
def test_faults_are_pages(visitor, path: str, status: int) -> None:
    answer = visitor.get(path)
    text = answer.content.decode()
    assert answer.status_code == status
    assert 'href="/aide/"' in text
    assert "Traceback" not in text


def test_a_wrong_method_is_a_page_that_names_the_right_one(visitor) -> None:
    answer = visitor.get("/theme/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "ne s’ouvre pas de cette façon" in answer.content.decode()


@pytest.mark.parametrize(("path", "status"), [("/api/fail/", 500), ("/api/nowhere/", 404)])
def test_faults_of_apis_are_problems(visitor, path: str, status: int) -> None:
    answer = visitor.get(path)
    assert answer.status_code == status
    assert answer.json()["type"] == "about:blank"
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("fault", "status", "again"),
    [(RuntimeError, 500, "réessayez dans un instant"), (OperationalError, 503, "deux minutes")],
)
def test_a_fault_is_told_without_the_database(
    visitor, monkeypatch, django_db_blocker, fault, status: int, again: str
) -> None:
    """Nothing of the page reads a row: not the session, the account, nor the announcements."""

    def fail(request) -> None:
        raise fault

    monkeypatch.setattr("guichet.web.views.health.checks", fail)
    visitor.cookies["__Host-guichet-theme"] = "dark"
    visitor.cookies["sessionid"] = "a" * 32
    with django_db_blocker.block():
        answer = visitor.get("/readyz", HTTP_ACCEPT="text/html")
    text = answer.content.decode()
    assert (answer.status_code, answer.get("Retry-After")) == (
        status,
        "120" if status == 503 else None,
    )
    assert again in text
    assert answer["X-Request-Id"] in text
    assert 'data-bs-theme="dark"' in text
    assert text.count("<h1") == 1


def test_who_is_refused_for_now_is_told_when_to_come_back(visitor) -> None:
    answer = visitor.get("/refuse/login-locked/")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "600"
