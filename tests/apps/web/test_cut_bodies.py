"""A body that was cut on its way is the client's matter: 400, and no fault of ours in the log."""

from typing import Any

import pytest
from django.test import Client

from guichet.processes.framing import Unframed


def post(path: str, content_type: str) -> Any:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    cut: dict[str, Any] = {"wsgi.input": Unframed(), "CONTENT_LENGTH": "1"}
    return client.post(path, b"x", content_type=content_type, secure=True, **cut)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "content_type", "answered"),
    [
        ("/connexion/", "application/x-www-form-urlencoded", "text/html; charset=utf-8"),
        ("/acme/new-order", "application/jose+json", "application/problem+json"),
        ("/api/v1/oauth/token", "application/x-www-form-urlencoded", "application/json"),
    ],
)
def test_a_cut_body_is_told_as_such(
    path: str, content_type: str, answered: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A form, whose token cannot be read; a program, by its protocol or by HTTP alone."""
    if "oauth" in path:
        settings.ROOT_URLCONF = "guichet.conf.card_urls"
    answer = post(path, content_type)
    assert (answer.status_code, answer["Content-Type"]) == (400, answered)
    assert not [record for record in caplog.records if record.exc_info]
