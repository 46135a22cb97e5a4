"""One call of each act of the API, with what its body says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from apps.automation.callers import csr_pem
from apps.backoffice.scenery import Scene
from guichet.associations.models import Attachment
from guichet.automation.models import WebhookDelivery
from guichet.orders.models import Order, Product

EMAIL = "si@hopital.fr"
STRUCTURE = "10B0135356"
ORDER = {
    "offer": "ORG",
    "usage": "AUTH_CLI",
    "structure": STRUCTURE,
    "service": "Monserviceclient",
    "actor_email": EMAIL,
    "csr": "{csr}",
}
MACHINE = {
    "name": "Autre relais",
    "structure": STRUCTURE,
    "verbs": ["read", "order"],
    "profiles": ["ORG/AUTH_CLI"],
    "contact_email": EMAIL,
}
HOOK = {
    "url": "https://autre.hopital.fr/",
    "topics": ["order.available"],
    "structure": STRUCTURE,
    "contact_email": EMAIL,
}
SERVICE = {
    "structure": STRUCTURE,
    "client_id": "hopital-autre",
    "name": "Autre dossier",
    "contact_email": EMAIL,
    "redirect_uris": ["https://autre.hopital.fr/retour"],
}
WITHDRAWAL = {"revocation_code": "une phrase à moi", "accept_terms": True}
# Method, address under /api/v1/, body; one that begins with ">" follows the one above.
CALLS: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "", None),
    ("GET", "openapi.json", None),
    ("GET", "orders", None),
    ("POST", "orders", ORDER),
    ("GET", "orders/{order}", None),
    ("POST", "orders/{order}/withdrawal", WITHDRAWAL),
    ("POST", "orders/{order}/cancellation", {}),
    ("POST", "orders/{order}/rekey", {"csr": "{csr}"}),
    ("GET", "products", None),
    ("GET", "products/{product}", None),
    ("GET", "products/{product}/proofs", None),
    ("GET", "products/{product}/evidence", None),
    ("POST", "products/{product}/revocation", {"reason": "theft"}),
    ("POST", "products/{product}/renewal", {"csr": "{csr}"}),
    ("GET", "products/{product}/contacts", None),
    ("PUT", "products/{product}/contacts", {"contacts": [EMAIL]}),
    ("GET", "structures", None),
    ("GET", "habilitations", None),
    ("GET", "habilitations/dossiers", None),
    ("GET", "machines", None),
    ("POST", "machines", MACHINE),
    ("GET", "machines/{machine}", None),
    ("POST", "machines/{machine}/disablement", {}),
    ("POST", ">machines/{machine}/enablement", {}),
    ("GET", "machines/{machine}/credentials", None),
    ("POST", "machines/{machine}/credentials", {"kind": "token"}),
    ("POST", "machines/{machine}/credentials/{credential}/revocation", {}),
    ("GET", "webhooks", None),
    ("POST", "webhooks", HOOK),
    ("GET", "webhooks/{hook}", None),
    ("PATCH", "webhooks/{hook}", {"label": "Autre"}),
    ("DELETE", "webhooks/{hook}", None),
    ("POST", "webhooks/{hook}/pause", {}),
    ("POST", ">webhooks/{hook}/resumption", {}),
    ("POST", "webhooks/{hook}/rotation", {}),
    ("POST", "webhooks/{hook}/ping", {}),
    ("GET", "webhooks/{hook}/deliveries", None),
    ("POST", "webhooks/{hook}/deliveries/{delivery}/redelivery", {}),
    ("GET", "associations", None),
    ("POST", "associations", SERVICE),
    ("GET", "associations/published?client_id=hopital-dpi", None),
    ("GET", "associations/{service}", None),
    ("PATCH", "associations/{service}", {"name": "Autre"}),
    ("DELETE", "associations/{service}/certificates/{attached}", None),
    ("POST", ">associations/{service}/certificates", {"product": "{attached}"}),
    ("POST", "associations/{service}/closure", {}),
)


@dataclass(frozen=True)
class Names:
    """What addresses and bodies are completed with."""

    order: int
    product: int
    attached: int
    machine: str
    credential: str
    hook: str
    delivery: str
    service: str
    csr: str

    @classmethod
    def of(cls, scene: Scene) -> Names:
        """Things of SOPHIE's hospital."""
        delivery = WebhookDelivery.objects.earliest("pk")
        attached = Attachment.objects.earliest("pk")
        return cls(
            order=Order.objects.filter(state="available").latest("number").number,
            product=Product.objects.filter(revoked_at=None).earliest("number").number,
            attached=attached.product,
            machine=str(scene.machine.key),
            credential=str(scene.token.facts.key),
            hook=str(delivery.webhook.key),
            delivery=str(delivery.key),
            service=str(attached.service.key),
            csr=csr_pem(),
        )


def filled(body: dict[str, Any], names: Names) -> str:
    """A body as JSON."""
    told = vars(names)
    return json.dumps({k: told[v[1:-1]] if str(v).startswith("{") else v for k, v in body.items()})
