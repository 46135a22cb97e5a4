"""Single-use links sent by e-mail: signed for one purpose, kept hashed, burnt by their use."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.core.signing import BadSignature, Signer

from guichet.domain.refusals import Code, Refusal
from guichet.identities.models import Account, AccountLink, LinkPurpose
from guichet.identities.operations.hashing import digest

LIVES: Final[Mapping[LinkPurpose, timedelta]] = {
    LinkPurpose.CONFIRM: timedelta(hours=24),
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.ADDRESS: timedelta(hours=24),
}
KEPT: Final = timedelta(days=7)


def issue(
    account: Account, purpose: LinkPurpose, *, email: str, at: datetime, binding: str = ""
) -> str:
    """A new link's token, for `email` alone to read."""
    AccountLink.objects.filter(expires_at__lt=at - KEPT).delete()
    secret = secrets.token_urlsafe(32)
    AccountLink.objects.create(
        account=account,
        purpose=purpose,
        secret_hash=digest(secret),
        email=email,
        binding=binding,
        created_at=at,
        expires_at=at + LIVES[purpose],
    )
    return _signer(purpose).sign(secret)


def find(token: str, purpose: LinkPurpose, at: datetime) -> AccountLink:
    """The link of a token, still to be used. Raises Refusal ACCOUNT_LINK_INVALID."""
    try:
        secret = _signer(purpose).unsign(token)
    except BadSignature as error:
        raise Refusal(Code.ACCOUNT_LINK_INVALID) from error
    waiting = AccountLink.objects.select_related("account").filter(
        used_at=None, expires_at__gt=at, account__is_active=True
    )
    link = waiting.filter(secret_hash=digest(secret), purpose=purpose).first()
    if link is None:
        raise Refusal(Code.ACCOUNT_LINK_INVALID)
    return link


def use(link: AccountLink, at: datetime) -> None:
    """Burn the link, once, and its like. Raises Refusal ACCOUNT_LINK_INVALID the second time."""
    if AccountLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at) != 1:
        raise Refusal(Code.ACCOUNT_LINK_INVALID)
    burn(link.account, link.purpose, at=at)


def burn(account: Account, *purposes: str, at: datetime) -> None:
    """Make every waiting link of these purposes useless."""
    AccountLink.objects.filter(account=account, purpose__in=purposes, used_at=None).update(
        used_at=at
    )


def is_bound(link: AccountLink, nonce: str) -> bool:
    """Whether the link was asked for by the session that holds this nonce."""
    return bool(link.binding) and secrets.compare_digest(link.binding, digest(nonce))


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"identities.links.{purpose}", sep=".")
