"""What a person says of themselves: names, telephone, address of mail."""

from datetime import datetime

from django.db import transaction

from guichet.domain.identifiers import EmailAddress
from guichet.domain.phones import Phone
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import clean
from guichet.identities import mails
from guichet.identities.models import Account, LinkPurpose
from guichet.identities.operations import links, throttle
from guichet.identities.operations.signing_up import NAME_AT_MOST, display_name
from guichet.journal import operations as journal
from guichet.journal.events import Event


@transaction.atomic
def describe(
    *, account_id: int, given_names: str, surname: str, phone: str, by: str, at: datetime
) -> None:
    """Change the telephone and, of an account that nobody vouches for, the names.

    Raises Refusal NAME_…, FIELD_MISSING, PHONE_INVALID.
    """
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    changed = {"phone": Phone.parse(phone).value if phone.strip() else ""}
    if not account.is_vouched_for:
        changed["given_names"] = clean(given_names, limit=NAME_AT_MOST, field="given_names")
        changed["surname"] = clean(surname, limit=NAME_AT_MOST, field="surname")
        changed["display_name"] = display_name(changed["given_names"], changed["surname"])
    fields = sorted(name for name, value in changed.items() if getattr(account, name) != value)
    if not fields:
        return
    for name in fields:
        setattr(account, name, changed[name])
    account.save(update_fields=fields)
    facts = {"fields": " ".join(fields)}
    journal.record(Event.ACCOUNT_DESCRIBED, subject=str(account), actor=by, at=at, facts=facts)


@transaction.atomic
def ask_address(*, account_id: int, email: str, by: str, at: datetime) -> None:
    """Send a link to a new address, and warn the old one.

    An address that another local account logs in with gets nothing, and nothing says so.
    Raises Refusal EMAIL_INVALID, TOO_MANY_TRIES.
    """
    throttle.count(throttle.ADDRESS_BY_ACCOUNT, str(account_id), at=at)
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    address = EmailAddress.parse(email).value
    if not _is_taken(address, account):
        token = links.issue(account, LinkPurpose.ADDRESS, email=address, at=at)
        mails.send_link(account, LinkPurpose.ADDRESS, address, token, at)
    if account.email and account.email != address:
        mails.tell(account, "address-changing", account.email, at)
    journal.record(Event.EMAIL_CHANGE_ASKED, subject=str(account), actor=by, at=at)


def address_of_link(*, token: str, at: datetime) -> str:
    """The new address of a link. Raises Refusal ACCOUNT_LINK_INVALID."""
    return links.find(token, LinkPurpose.ADDRESS, at).email


@transaction.atomic
def change_address(*, token: str, at: datetime) -> None:
    """Follow the link sent to the new address. Raises Refusal ACCOUNT_LINK_INVALID."""
    link = links.find(token, LinkPurpose.ADDRESS, at)
    account = Account.objects.select_for_update(no_key=True).get(pk=link.account_id)
    if _is_taken(link.email, account):
        raise Refusal(Code.ACCOUNT_LINK_INVALID)
    links.use(link, at)
    links.burn(account, LinkPurpose.RESET, at=at)
    account.email = link.email
    account.email_verified_at = at
    if account.login_email is not None:
        account.login_email = link.email.casefold()
    account.save(update_fields=["email", "email_verified_at", "login_email"])
    journal.record(Event.EMAIL_CHANGED, subject=str(account), actor=str(account), at=at)


def _is_taken(address: str, account: Account) -> bool:
    others = Account.objects.filter(login_email=address.casefold()).exclude(pk=account.pk)
    return account.login_email is not None and others.exists()
