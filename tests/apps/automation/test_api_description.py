"""The OpenAPI description takes a second to make: it is made once."""

from typing import Any

import pytest
from django.test import Client

from guichet.automation import api

ADDRESS = "/api/v1/openapi.json"


def test_it_is_made_once_and_changed_by_no_reader(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = client.get(ADDRESS, secure=True).json()

    def again(**_options: Any) -> None:
        pytest.fail("made twice")

    monkeypatch.setattr(api, "get_schema", again)
    api.api.get_openapi_schema(path_prefix="/api/v1/")["paths"].clear()
    assert served["paths"]
    assert client.get(ADDRESS, secure=True).json() == served
