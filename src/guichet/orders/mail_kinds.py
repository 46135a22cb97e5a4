"""The e-mails of orders and products, with the samples that the back office shows them by."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from guichet.notifications.wording.catalogue import MailKind

AT: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
END: Final = datetime(2027, 1, 23, 9, 0, tzinfo=UTC)
ORDER: Final[Mapping[str, Any]] = {
    "number": 101180,
    "offer": "ORG",
    "usage": "AUTH_CLI",
    "structure": "HOPITAL DES 3 DAMES (1750803999)",
    "beneficiary": "HOPITAL DES 3 DAMES",
    "requester": "DIRECTRICE / SOPHIE",
    "placed_at": AT,
    "withdraw_before": END,
}
PRODUCT: Final[Mapping[str, Any]] = {
    "number": 2040077,
    "subject": "CN=HOPITAL DES 3 DAMES, C=FR",
    "issuer": "CN=TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS, C=FR",
    "reference": "CN=TEST AC, C=FR / 4F0C",
    "not_after": END,
    "revoked_at": AT,
    "revoked_by": "DIRECTRICE / SOPHIE",
    "revocation_number": 5012,
}
REMINDER: Final[Mapping[str, Any]] = {
    "order": ORDER,
    "product": {name: PRODUCT[name] for name in ("number", "subject", "reference", "not_after")},
    "renewal": {"state": "pending", "opens_at": AT, "heir": {"order": 101181}},
    "days": 15,
    "reader": "Sophie",
    "for_representative": True,
    "leaving": "https://guichet.example/contact/quitter/",
}
LINES: Final = [{"order": ORDER, "product": 2040077, "serial": "4F0C"}]
SEVERAL: Final[Mapping[str, Any]] = {"count": 3, "more": 2, "lines": LINES, "text": "Précisions."}


def _of_order(template: str, when: Any, **sample: Any) -> MailKind:
    return MailKind(
        template=f"orders/mail/{template}", when=when, sample={"order": ORDER, **sample}
    )


def _reminder(template: str, when: Any) -> MailKind:
    return MailKind(
        template=f"orders/mail/{template}",
        when=when,
        sample=REMINDER,
        others=(
            {"renewal": {"state": "not-yet", "opens_at": AT, "heir": None}, "days": 1},
            {"renewal": {"state": "open", "opens_at": AT, "heir": None}, "leaving": ""},
        ),
    )


KINDS: Final = (
    _of_order("taken", _("Une demande de produit est déposée.")),
    _of_order("available", _("Le certificat d’une demande est prêt à retirer.")),
    _of_order("withdraw-reminder", _("Un certificat prêt n’est pas encore retiré.")),
    _of_order(
        "withdrawn",
        _("Un certificat est retiré."),
        reference="CN=TEST AC, C=FR / 4F0C",
        by="DIRECTRICE / SOPHIE",
        product_number=2040077,
    ),
    _of_order("cancelled", _("Une demande est annulée."), by="DIRECTRICE / SOPHIE"),
    _of_order("failed", _("Un certificat n’a pas pu être créé.")),
    _of_order("expired", _("Une demande est close, faute de retrait.")),
    _of_order("rekeyed", _("La clé d’une demande est remplacée."), by="DIRECTRICE / SOPHIE"),
    _of_order(
        "revoked",
        _("Un certificat est révoqué."),
        product=PRODUCT,
        reference="CN=TEST AC, C=FR / 4F0C",
        at=AT,
    ),
    MailKind(
        template="orders/mail/contact-bounced",
        when=_("L’adresse d’un contact refuse nos courriels."),
        sample={
            "order": ORDER,
            "reader": "Sophie",
            "email": "parti@hopital.example",
            "product_number": 2040077,
        },
        others=({"product_number": None, "reader": ""},),
    ),
    _reminder("product-expiring", _("Un certificat expire bientôt.")),
    _reminder("product-expired", _("Un certificat a expiré.")),
    MailKind(
        template="orders/mail/incident",
        when=_("L’opérateur révoque des certificats à la suite d’un incident."),
        sample={**SEVERAL, "at": AT},
        others=(
            {"count": 1, "more": 0, "lines": [{"order": ORDER, "product": None, "serial": None}]},
        ),
    ),
    MailKind(
        template="orders/mail/recall",
        when=_("L’opérateur annonce la révocation prochaine de certificats."),
        sample={**SEVERAL, "due_at": END, "new_key": True, "again": True},
        others=({"count": 1, "more": 0, "lines": [{"order": ORDER, "product": None}]},),
    ),
    MailKind(
        template="orders/mail/recall-off",
        when=_("Une révocation annoncée n’aura pas lieu."),
        sample={**SEVERAL, "due_at": END},
        others=({"count": 1, "more": 0},),
    ),
)
