"""The REST API, version 1: what is served where, and its OpenAPI 3.1 description."""

from typing import Any, Final

from django.conf import settings
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from guichet.automation import problems
from guichet.automation.authentication import CardCertificate
from guichet.automation.views import orders, products, renewals, structures
from guichet.web.problem import CONTENT_TYPE

DESCRIPTION: Final = (
    "Order, withdraw, follow and revoke certificates. Every call presents the certificate of a "
    "card to the card port. Errors are problem documents (RFC 9457): `code` is stable, "
    "`objections` holds every rule that does not hold. Times are RFC 3339, in UTC."
)


class Api(NinjaAPI):
    """Ninja's API, whose description says that errors are problem documents."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """OpenAPI 3.1, with the media type of RFC 9457 for every error."""
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        content = response["content"]
                        content[CONTENT_TYPE] = content.pop("application/json")
        return schema


api = Api(
    title="Guichet",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    urls_namespace="api",
    auth=CardCertificate(),
    servers=[{"url": settings.GUICHET.card_url, "description": "card port (mutual TLS)"}],
    openapi_extra={"info": {"license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}}},
)
problems.install(api)
api.add_router("/orders", orders.router, tags=["orders"])
api.add_router("/products", products.router, tags=["products"])
api.add_router("/products", renewals.router, tags=["products"])
api.add_router("/structures", structures.router, tags=["structures"])
