"""A visitor of the pages of web alone, over HTTPS."""

import pytest
from django.test import Client


class Visitor(Client):
    """Django's client on HTTPS; answers errors by pages instead of raising them."""

    def generic(self, method, path, *args, **kwargs):
        kwargs["secure"] = True
        return super().generic(method, path, *args, **kwargs)


@pytest.fixture
def visitor(settings, db) -> Visitor:
    settings.ROOT_URLCONF = "apps.web.addresses"
    return Visitor(raise_request_exception=False, HTTP_HOST="localhost")
