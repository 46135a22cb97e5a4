"""Orders that gave no certificate: after a while nobody needs to know who asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, F, QuerySet
from django.db.models.functions import Cast

from guichet.domain.personal import INSTEAD
from guichet.domain.retention import Kind, life_of
from guichet.orders.models import Contact, Order


def past(at: datetime) -> Mapping[Kind, int]:
    """How many are past their time."""
    return {Kind.ORDERS_WITHOUT_CERTIFICATE: _old(at).count()}


@transaction.atomic
def let_go(at: datetime) -> Mapping[Kind, int]:
    """Take out of them who asked and for whom; how many. Numbers and dates stay for figures."""
    rows = _old(at)
    Contact.objects.filter(order__in=rows).delete()
    count = rows.update(
        requester_ref=INSTEAD,
        requester_label=INSTEAD,
        actor_email="",
        informed_email="",
        mail="",
        person=None,
        beneficiary=INSTEAD,
        search_text=Cast(F("number"), CharField()),
    )
    return {Kind.ORDERS_WITHOUT_CERTIFICATE: count}


def _old(at: datetime) -> "QuerySet[Any]":
    ended = Order.objects.filter(ended_at__lt=at - life_of(Kind.ORDERS_WITHOUT_CERTIFICATE))
    return ended.filter(certificate_id=None).exclude(requester_ref=INSTEAD)
