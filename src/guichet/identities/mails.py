"""The e-mails of an account's life, written into the outbox in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from guichet.identities.models import Account, LinkPurpose
from guichet.notifications import operations as notifications

PAGES: Final[Mapping[LinkPurpose, str]] = {
    LinkPurpose.CONFIRM: "identities:confirm",
    LinkPurpose.RESET: "identities:reset",
    LinkPurpose.ADDRESS: "identities:address-confirm",
}


def send_link(account: Account, purpose: LinkPurpose, to: str, token: str, at: datetime) -> None:
    """Write the e-mail that holds a link; the link is the reader's alone."""
    page = reverse(PAGES[purpose], urlconf="guichet.conf.urls")
    address = f"{settings.GUICHET.portal_url}{page}?{urlencode({'lien': token})}"
    _enqueue(account, purpose.value, to, at, {"address": address})


def tell(account: Account, template: str, to: str, at: datetime, **context: Any) -> None:
    """Write an e-mail without a link: already, password-changed, address-changing."""
    _enqueue(account, template, to, at, context)


def _enqueue(
    account: Account, template: str, to: str, at: datetime, context: Mapping[str, Any]
) -> None:
    mail = notifications.Mail(
        to=(to,),
        template=f"identities/mail/{template}",
        context={"name": account.display_name, **context},
        language=account.language,
        about=str(account),
        dedupe_key=f"{account}:{template}:{at.isoformat()}",
    )
    notifications.enqueue(mail=mail, at=at)
