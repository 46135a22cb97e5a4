"""What the automation app stores; read and written by this app alone."""

from guichet.automation.models.acme import (
    AcmeAccount,
    AcmeAuthorization,
    AcmeChallenge,
    AcmeNonce,
    AcmeOrder,
)
from guichet.automation.models.est import EstEnrolment
from guichet.automation.models.rest import CallWindow, KeptAnswer
from guichet.automation.models.webhooks import (
    Webhook,
    WebhookAttempt,
    WebhookCursor,
    WebhookDelivery,
)

__all__ = [
    "AcmeAccount",
    "AcmeAuthorization",
    "AcmeChallenge",
    "AcmeNonce",
    "AcmeOrder",
    "CallWindow",
    "EstEnrolment",
    "KeptAnswer",
    "Webhook",
    "WebhookAttempt",
    "WebhookCursor",
    "WebhookDelivery",
]
