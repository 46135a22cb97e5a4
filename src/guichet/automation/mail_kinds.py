"""The e-mails of webhooks, with the samples that the back office shows them by."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from guichet.notifications.wording.catalogue import MailKind

KINDS: Final = (
    MailKind(
        template="automation/mail/webhook-stopped",
        when=_("Le serveur d’un webhook ne répond plus, ou n’existe plus."),
        sample={
            "hook": {
                "key": "00000000-0000-4000-8000-000000000000",
                "name": "Supervision",
                "url": "https://supervision.hopital.example/guichet",
                "structure_id": "1750803999",
            },
            "is_gone": False,
            "waiting": 12,
        },
        others=({"is_gone": True}, {"waiting": 0}),
    ),
)
