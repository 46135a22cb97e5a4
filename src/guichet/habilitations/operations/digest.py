"""Telling instructors of news: at once, every morning, every Monday, or never.

Called by the clerk. Each person's own row is locked, and says until when they were told: news is
told once, whoever runs this and however often.
"""

from datetime import datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from guichet.habilitations.models import MailPreference
from guichet.habilitations.operations.desk import Rhythm
from guichet.habilitations.queries.news import DossierNews, news_for
from guichet.identities.actors import Actor, Role
from guichet.identities.holders import contacts
from guichet.identities.staff import staff
from guichet.notifications import operations as notifications
from guichet.notifications.mails import Mail

MERGED: Final = timedelta(minutes=5)
MORNING: Final = time(8)
SHOWN: Final = 50


def digest(at: datetime) -> int:
    """Mail what is due to every instructor and supervisor; returns how many mails were written."""
    people = staff(Role.INSTRUCTOR.value, Role.SUPERVISOR.value)
    return sum(_tell(who, at) for who in people)


@transaction.atomic
def _tell(who: Actor, at: datetime) -> bool:
    """Whether a mail was written. The first time, nothing of the past is told."""
    MailPreference.objects.get_or_create(
        account_id=who.account_id, defaults={"email": who.email, "told_at": at}
    )
    row = MailPreference.objects.select_for_update().get(account_id=who.account_id)
    since = row.told_at or at
    if not is_due(Rhythm(row.rhythm), since, at):
        return False
    found = news_for(who, since, at)
    row.told_at = at
    row.save(update_fields=["told_at"])
    if found:
        notifications.enqueue(mail=_mail(row, who, found, since), at=at)
    return bool(found)


def is_due(rhythm: Rhythm, since: datetime, at: datetime) -> bool:
    """Whether the moment has come since somebody was last told."""
    if rhythm is Rhythm.NEVER:
        return False
    if rhythm is Rhythm.ONCE:
        return at - since >= MERGED
    return since < last_appointment(rhythm, at)


def last_appointment(rhythm: Rhythm, at: datetime) -> datetime:
    """The last morning (or Monday morning) of the site's time zone that is not to come."""
    today = timezone.localtime(at).date()
    if rhythm is Rhythm.WEEKLY:
        today -= timedelta(days=today.weekday())
    step = timedelta(days=7 if rhythm is Rhythm.WEEKLY else 1)
    found = timezone.make_aware(datetime.combine(today, MORNING))
    return found if found <= at else timezone.make_aware(datetime.combine(today - step, MORNING))


def _mail(row: MailPreference, who: Actor, found: tuple[DossierNews, ...], since: datetime) -> Mail:
    known = contacts([who.account_id])
    template = "news" if len(found) == 1 else "digest"
    return Mail(
        to=(row.email or who.email,),
        template=f"habilitations/mail/{template}",
        context={
            "name": who.display_name or who.label,
            "found": found[:SHOWN],
            "first": found[0],
            "count": len(found),
            "more": max(0, len(found) - SHOWN),
            "since": timezone.localtime(since),
            "desk_url": f"{settings.GUICHET.portal_url}/gestion/dossiers/",
        },
        language=known[0].language if known else "fr",
        about=f"account:{who.account_id}",
        dedupe_key=f"digest:{who.account_id}:{since.isoformat()}",
    )
