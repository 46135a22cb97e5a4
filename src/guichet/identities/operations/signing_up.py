"""A local account from sign-up to the confirmation of its address.

Whether an address is known already is told to its mailbox alone: a sign-up costs the same and
returns the same either way.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from guichet.domain.identifiers import EmailAddress
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import clean
from guichet.identities import mails
from guichet.identities.models import Account, LinkPurpose
from guichet.identities.operations import links, throttle
from guichet.identities.operations.hashing import digest
from guichet.identities.operations.policy import require_admitted
from guichet.journal import operations as journal
from guichet.journal.events import Event

NAME_AT_MOST: Final = 80
DISPLAY_AT_MOST: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpAsked:
    """What a person typed to open a local account."""

    email: str
    password: str
    given_names: str
    surname: str
    language: str = "fr"


def folded(email: str) -> str:
    """The form of an address that is unique among local accounts. Raises Refusal EMAIL_INVALID."""
    return EmailAddress.parse(email).value.casefold()


def sign_up(*, asked: SignUpAsked, nonce: str, at: datetime) -> None:
    """Open a local account that waits for its address to be confirmed, and write to it.

    `nonce` stays in the session: the link needs no password in the browser that signed up. A
    second sign-up before the confirmation replaces the first. Raises Refusal PASSWORD_…, NAME_…,
    TOO_MANY_TRIES.
    """
    typed = _account(asked, at)
    require_admitted(asked.password, typed)
    throttle.count(throttle.SIGN_UP_BY_EMAIL, typed.login_email, at=at)
    typed.password = make_password(asked.password)
    try:
        _keep(typed, nonce, at)
    except IntegrityError:  # the same address signed up at the same instant: that one counts
        return


@transaction.atomic
def resend(*, email: str, at: datetime) -> None:
    """Send the confirmation again to an account that waits for it; nothing to others.

    Raises Refusal TOO_MANY_TRIES: once in two minutes for one address, whoever's it is.
    """
    throttle.count(throttle.RESEND_BY_EMAIL, folded(email), at=at)
    waiting = Account.objects.filter(login_email=folded(email), is_active=True)
    account = waiting.filter(email_verified_at=None).first()
    if account is None:
        return
    last = account.links.filter(purpose=LinkPurpose.CONFIRM).order_by("-pk").first()
    _send_confirmation(account, last.binding if last else "", at)


def confirmation_needs_password(*, token: str, nonce: str, at: datetime) -> bool:
    """Whether this browser is another than the one that signed up.

    Raises Refusal ACCOUNT_LINK_INVALID.
    """
    return not links.is_bound(links.find(token, LinkPurpose.CONFIRM, at), nonce)


def confirm(*, token: str, nonce: str, password: str, at: datetime) -> int:
    """Follow a confirmation link; the account's id.

    Another browser than the one that signed up must know the password: whoever types somebody
    else's address opens nothing. Raises Refusal ACCOUNT_LINK_INVALID, PASSWORD_WRONG.
    """
    link = links.find(token, LinkPurpose.CONFIRM, at)
    account = link.account
    if not links.is_bound(link, nonce) and not account.check_password(password):
        raise Refusal(Code.PASSWORD_WRONG, field="password")
    with transaction.atomic():
        links.use(link, at)
        account.email_verified_at = at
        account.save(update_fields=["email_verified_at"])
        journal.record(Event.EMAIL_CONFIRMED, subject=str(account), actor=str(account), at=at)
    return account.pk


def display_name(given_names: str, surname: str) -> str:
    """How an account without a card is named."""
    return f"{given_names} {surname}"[:DISPLAY_AT_MOST]


def _account(asked: SignUpAsked, at: datetime) -> Account:
    email = EmailAddress.parse(asked.email).value
    given_names = clean(asked.given_names, limit=NAME_AT_MOST, field="given_names")
    surname = clean(asked.surname, limit=NAME_AT_MOST, field="surname")
    return Account(
        display_name=display_name(given_names, surname),
        given_names=given_names,
        surname=surname,
        email=email,
        login_email=folded(email),
        language=asked.language,
        created_at=at,
    )


@transaction.atomic
def _keep(typed: Account, nonce: str, at: datetime) -> None:
    known = (
        Account.objects.select_for_update(no_key=True).filter(login_email=typed.login_email).first()
    )
    if known is not None and known.email_verified_at is not None:
        mails.tell(known, "already", known.email, at)
        return
    if known is not None:
        typed.pk, typed.public_id = known.pk, known.public_id
        links.burn(known, LinkPurpose.CONFIRM, at=at)
    typed.save()
    _send_confirmation(typed, digest(nonce), at)
    journal.record(Event.ACCOUNT_SIGNED_UP, subject=str(typed), actor=str(typed), at=at)


def _send_confirmation(account: Account, binding: str, at: datetime) -> None:
    token = links.issue(account, LinkPurpose.CONFIRM, email=account.email, at=at, binding=binding)
    mails.send_link(account, LinkPurpose.CONFIRM, account.email, token, at)
