"""A request that announces too much is refused before it is read."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from guichet.web import uploads
from guichet.web.uploads import BodyLimitMiddleware, takes_files

pytestmark = pytest.mark.django_db


def judge(size: int, view: Any) -> Any:
    request = RequestFactory().post("/", data=b"x" * size, content_type="text/plain")
    return BodyLimitMiddleware(lambda request: None).process_view(request, view, (), {})


def test_a_usual_view_takes_two_megabytes() -> None:
    """REFUSED beyond. The page says so; what was on its way is read."""
    view = lambda request: None  # noqa: E731
    assert judge(uploads.USUAL, view) is None
    assert judge(uploads.USUAL + 1, view).status_code == 413


def test_a_view_of_files_takes_what_it_says() -> None:
    """The limit is asked at each request: an operator's policy may change."""
    limits = iter((10, 20))
    view = takes_files(lambda: next(limits))(lambda request: None)
    assert judge(11, view).status_code == 413
    assert judge(11, view) is None


def test_any_address_refuses_a_large_file() -> None:
    """REFUSED. Nothing is parsed, not even for the CSRF token."""
    large = SimpleUploadedFile("x.bin", b"x" * (uploads.USUAL + 1))
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/connexion/", {"file": large}, secure=True)
    assert answer.status_code == 413
    assert "Envoi trop volumineux" in answer.content.decode()


def test_a_program_is_told_in_its_own_way() -> None:
    """A problem document (RFC 9457)."""
    answer = Client().post(
        "/api/v1/orders", b"x" * (uploads.USUAL + 1), content_type="application/json", secure=True
    )
    assert answer.status_code == 413
    assert answer.json()["code"] == "request-too-large"
