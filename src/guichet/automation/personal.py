"""Personal data of automations."""

from typing import Final

from guichet.automation.models import AcmeAccount, KeptAnswer, Webhook, WebhookDelivery
from guichet.database.personal import Fate, Holding, Part

HOLDINGS: Final = (
    Holding(model=Webhook, texts=("label", "contact_email", "created_by")),
    Holding(model=WebhookDelivery, texts=("body",)),
    Holding(model=AcmeAccount, texts=("contact",), hidden=frozenset({"jwk"})),
    Holding(model=KeptAnswer, texts=("actor_ref",), fate=Fate.DELETED),
)
PART: Final = Part(HOLDINGS)
