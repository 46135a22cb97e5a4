"""Passwords of local accounts: forgotten, changed. Every other session of the account ends."""

from datetime import datetime

from axes.utils import reset as forget_failures
from django.contrib.auth.hashers import make_password
from django.db import transaction

from guichet.identities import mails
from guichet.identities.models import Account, LinkPurpose
from guichet.identities.operations import links, throttle
from guichet.identities.operations.policy import require_admitted
from guichet.identities.operations.signing_up import folded
from guichet.journal import operations as journal
from guichet.journal.events import Event


@transaction.atomic
def ask_reset(*, email: str, at: datetime) -> None:
    """Send a link to choose a new password; nothing to an address without a local account.

    Raises Refusal TOO_MANY_TRIES, whether the address is known or not.
    """
    throttle.count(throttle.RESET_BY_EMAIL, folded(email), at=at)
    account = Account.objects.filter(login_email=folded(email), is_active=True).first()
    if account is None:
        return
    token = links.issue(account, LinkPurpose.RESET, email=account.email, at=at)
    mails.send_link(account, LinkPurpose.RESET, account.email, token, at)
    journal.record(Event.PASSWORD_RESET_ASKED, subject=str(account), actor="anonymous", at=at)


def require_reset_link(*, token: str, at: datetime) -> None:
    """Raise Refusal ACCOUNT_LINK_INVALID unless the link can still be followed."""
    links.find(token, LinkPurpose.RESET, at)


def reset_password(*, token: str, password: str, at: datetime) -> None:
    """Follow a reset link: the new password, an address confirmed by the way, no session left.

    Raises Refusal ACCOUNT_LINK_INVALID, PASSWORD_….
    """
    link = links.find(token, LinkPurpose.RESET, at)
    account = link.account
    require_admitted(password, account)
    account.password = make_password(password)
    account.email_verified_at = account.email_verified_at or at
    with transaction.atomic():
        links.use(link, at)
        account.save(update_fields=["password", "email_verified_at"])
        _after_change(account, Event.PASSWORD_RESET, at)


def change_password(*, account_id: int, password: str, at: datetime) -> None:
    """Choose a new password, the present one having been checked. Raises Refusal PASSWORD_…."""
    account = Account.objects.get(pk=account_id, login_email__isnull=False)
    require_admitted(password, account)
    account.password = make_password(password)
    with transaction.atomic():
        account.save(update_fields=["password"])
        _after_change(account, Event.PASSWORD_CHANGED, at)


def _after_change(account: Account, event: Event, at: datetime) -> None:
    """Nothing that was begun with the old password goes on; its failures are forgotten."""
    links.burn(account, *LinkPurpose.values, at=at)
    forget_failures(username=account.login_email)
    mails.tell(account, "password-changed", account.email, at)
    journal.record(event, subject=str(account), actor=str(account), at=at)
