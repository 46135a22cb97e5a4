"""How often something may be asked, by whom: counted in the database, the same for every process.

Whose tries they are is kept as a keyed hash: no address, of mail or of the network, is stored.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.crypto import salted_hmac

from guichet.domain.refusals import Code, Refusal
from guichet.domain.tries import seconds_to_wait
from guichet.identities.models import Try

KEPT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of a kind `within` a time."""

    kind: str
    most: int
    within: timedelta


HOUR: Final = timedelta(hours=1)
SIGN_UP_BY_PLACE: Final = Limit("sign-up-place", 20, HOUR)
SIGN_UP_BY_EMAIL: Final = Limit("sign-up-email", 3, HOUR)
RESET_BY_PLACE: Final = Limit("reset-place", 20, HOUR)
RESET_BY_EMAIL: Final = Limit("reset-email", 3, HOUR)
RESEND_BY_PLACE: Final = Limit("resend-place", 20, HOUR)
RESEND_BY_EMAIL: Final = Limit("resend-email", 1, timedelta(minutes=2))
ADDRESS_BY_ACCOUNT: Final = Limit("address-account", 5, HOUR)


@transaction.atomic
def count(limit: Limit, whose: str | None, *, at: datetime) -> None:
    """Count one try; nobody's are not counted.

    Raises Refusal TOO_MANY_TRIES beyond the limit, with the seconds until one counts no more.
    """
    if whose is None:
        return
    bucket = salted_hmac("identities.try", f"{limit.kind}:{whose}", algorithm="sha256").hexdigest()
    Try.objects.filter(at__lt=at - KEPT).delete()
    counted = Try.objects.filter(bucket=bucket, at__gt=at - limit.within).order_by("-at")
    latest = list(counted.values_list("at", flat=True)[: limit.most])
    if seconds := seconds_to_wait(latest, limit.most, limit.within, at):
        raise Refusal(Code.TOO_MANY_TRIES, seconds=seconds)
    Try.objects.create(bucket=bucket, at=at)
