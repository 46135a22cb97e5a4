"""The REST API, version 1: what is served where, and its OpenAPI 3.1 description."""

from copy import deepcopy
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema, get_schema

from guichet.automation import calls, described, problems
from guichet.automation.authentication import ClientCertificate, MachineOAuth, MachineToken
from guichet.automation.views import (
    associations,
    habilitations,
    machines,
    orders,
    products,
    renewals,
    structures,
    webhooks,
)
from guichet.web.requests import head_as_get

DESCRIPTION: Final = (
    "Order, withdraw, follow and revoke certificates. A call presents a token of a machine "
    "account, on either port, or a client certificate to the card port: that of a card, or one "
    "bound to a machine account. Errors are problem documents (RFC 9457): `code` is stable, "
    "`objections` holds every rule that does not hold. Times are RFC 3339, in UTC."
)


class Api(NinjaAPI):
    """Ninja's API, with what surrounds every call in its description."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        """Ninja's addresses; those that answer GET answer HEAD, which no operation declares."""
        found = super()._get_urls()
        for one in found:
            if isinstance(one, URLPattern):
                one.callback = head_as_get(one.callback)
        return found

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """OpenAPI 3.1, with keys of repeats, ETags and the media type of errors (RFC 9457).

        What ninja makes, in a second, is made once for each prefix.
        """
        if path_prefix is None:
            path_prefix = self.get_root_path(path_params or {})
        schema = deepcopy(_by_ninja(path_prefix))
        described.complete(schema["paths"])
        return schema

    def get_openapi_operation_id(self, operation: Any) -> str:
        """The name of the view: clients made from the description call it so."""
        return str(operation.view_func.__name__)


@cache
def _by_ninja(prefix: str) -> OpenAPISchema:
    return get_schema(api=api, path_prefix=prefix)


api = Api(
    title="Guichet",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    urls_namespace="api",
    auth=[MachineToken(), MachineOAuth(), ClientCertificate()],
    servers=[
        {"url": settings.GUICHET.card_url, "description": "card port (mutual TLS, or a token)"},
        {"url": settings.GUICHET.portal_url, "description": "portal (a token)"},
    ],
    openapi_extra={"info": {"license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}}},
)
problems.install(api)
api.add_decorator(calls.around, mode="view")
api.add_router("/orders", orders.router, tags=["orders"])
api.add_router("/products", products.router, tags=["products"])
api.add_router("/products", renewals.router, tags=["products"])
api.add_router("/structures", structures.router, tags=["structures"])
api.add_router("/habilitations", habilitations.router, tags=["habilitations"])
api.add_router("/machines", machines.router, tags=["machines"])
api.add_router("/webhooks", webhooks.router, tags=["webhooks"])
api.add_router("/associations", associations.router, tags=["associations"])
