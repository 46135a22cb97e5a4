"""What instructors keep for themselves: lists under a name, and when they are told of news."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import transaction

from guichet.domain.identifiers import EmailAddress
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations.models import MailPreference, SavedView
from guichet.identities.actors import Actor

VIEWS_AT_MOST: Final = 30
NAME: Final = 60
QUERY: Final = 1000


class Rhythm(StrEnum):
    """When somebody is told of news."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


@transaction.atomic
def save_view(*, name: str, query: str, by: Actor) -> None:
    """Keep a list under a name; the same name again keeps the new list.

    Raises Refusal(FIELD_MISSING) without a name, FIELD_UNEXPECTED past VIEWS_AT_MOST views.
    """
    kept = " ".join(name.split())[:NAME]
    if not kept:
        raise Refusal(Code.FIELD_MISSING, field="name")
    own = SavedView.objects.filter(account_id=by.account_id)
    if own.exclude(name=kept).count() >= VIEWS_AT_MOST:
        raise Refusal(Code.FIELD_UNEXPECTED, field="name")
    SavedView.objects.update_or_create(
        account_id=by.account_id, name=kept, defaults={"query": query[:QUERY]}
    )


@transaction.atomic
def forget_view(*, key: int, by: Actor) -> None:
    """Forget one's own list; another's is left alone. Safe to repeat."""
    SavedView.objects.filter(account_id=by.account_id, pk=key).delete()


@transaction.atomic
def prefer(*, rhythm: Rhythm, email: str, by: Actor, at: datetime) -> None:
    """Choose when and where to be told; the past is not told again. Raises Refusal(EMAIL_*)."""
    address = EmailAddress.parse(email).value
    MailPreference.objects.update_or_create(
        account_id=by.account_id,
        defaults={"rhythm": rhythm.value, "email": address, "told_at": at},
    )
