"""Personal data of orders and products."""

from datetime import datetime
from typing import Final

from django.db.models import Q

from guichet.database.personal import Fate, Holding, Part
from guichet.domain.retention import AFTER_CERTIFICATE, CERTIFICATE_AT_MOST
from guichet.orders.models import (
    Agreement,
    CalendarLink,
    Contact,
    GroupLine,
    Incident,
    KeyProof,
    Order,
    OrderDraft,
    OrderGroup,
    Product,
    SavedView,
)

WHO_ASKED: Final = "says who asked for a certificate: seven years after its end"


def _ended_lately(at: datetime) -> Q:
    return Q(not_after__gt=at - AFTER_CERTIFICATE)


def _gave_a_certificate_lately(at: datetime) -> Q:
    since = at - AFTER_CERTIFICATE
    never_withdrawn = Q(product=None, certificate_id__isnull=False)
    return Q(product__not_after__gt=since) | never_withdrawn & Q(
        placed_at__gt=since - CERTIFICATE_AT_MOST
    )


def _incident_is_recent(at: datetime) -> Q:
    return Q(created_at__gt=at - AFTER_CERTIFICATE)


HOLDINGS: Final = (
    Holding(
        model=Order,
        texts=("actor_email", "informed_email", "search_text"),
        only_emails=True,
    ),
    Holding(
        model=Order,
        texts=(
            "requester_ref",
            "requester_label",
            "withdrawn_by",
            "person",
            "beneficiary",
            "mail",
            "search_text",
        ),
        kept=_gave_a_certificate_lately,
        why=WHO_ASKED,
        hidden=frozenset({"idempotency_key", "request_digest"}),
    ),
    Holding(model=Product, texts=("owner_name", "owner_email", "search_text"), only_emails=True),
    Holding(
        model=Product,
        texts=("beneficiary", "search_text", "owner_name", "revoked_by", "subject"),
        kept=_ended_lately,
        why=WHO_ASKED,
        hidden=frozenset({"code_hash"}),
    ),
    Holding(
        model=Agreement,
        texts=("label",),
        accounts=("account",),
        kept=lambda at: Q(agreed_at__gt=at - AFTER_CERTIFICATE - CERTIFICATE_AT_MOST),
        why=WHO_ASKED,
    ),
    Holding(model=Contact, texts=("email",), only_emails=True),
    Holding(model=OrderDraft, texts=("owner_ref", "typed"), fate=Fate.DELETED),
    Holding(model=OrderGroup, texts=("owner_ref", "common")),
    Holding(model=GroupLine, texts=("typed",)),
    Holding(
        model=CalendarLink,
        texts=("card_number", "actor_ref"),
        accounts=("account_id",),
        fate=Fate.DELETED,
        hidden=frozenset({"token_sha256"}),
    ),
    Holding(model=SavedView, texts=("name", "query"), accounts=("account_id",), fate=Fate.DELETED),
    Holding(model=KeyProof, texts=("by",)),
    Holding(
        model=Incident,
        texts=(
            "created_by",
            "created_label",
            "proposed_by",
            "proposed_label",
            "decided_by",
            "decided_label",
            "ended_label",
            "note",
        ),
        kept=_incident_is_recent,
        why="says who revoked certificates: seven years",
    ),
)
PART: Final = Part(HOLDINGS)
