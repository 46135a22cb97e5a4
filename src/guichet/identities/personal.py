"""Personal data of accounts, cards, sessions; and who a word typed by an operator names."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import Q

from guichet.database.personal import Erasing, Fate, Hindrance, Holding, Part
from guichet.domain.duties import STAFF
from guichet.domain.personal import INSTEAD, NOWHERE, Person
from guichet.domain.retention import AFTER_CERTIFICATE
from guichet.identities.models import (
    AccessReview,
    Account,
    AccountLink,
    Card,
    EmergencyAccess,
    ExternalIdentity,
    LoginTicket,
    MachineAccount,
    MachineCredential,
    OpenSession,
    ReviewedAccount,
    RoleHolding,
    RoleRequest,
)

REFS: Final = ("card", "account")
NAME_SEPARATOR: Final = " / "
STAFF_RECORD: Final = "says who was given powers over certificates, and by whom: seven years"


class AmbiguousError(Exception):
    """Several people are called so; `refs` are their accounts."""

    def __init__(self, word: str, refs: list[str]) -> None:
        super().__init__(f"{word} names several accounts: give one of {', '.join(refs)}")
        self.refs = refs


def named(word: str) -> Person:
    """Whoever this names: "card:…", "account:…", a card's number or an e-mail address.

    Somebody without an account is known by that word alone. Raises AmbiguousError.
    """
    kind, _, rest = word.partition(":")
    bare = rest if kind in REFS and rest else word.strip()
    if "@" in bare:
        own = Person(emails=frozenset({bare.lower()}))
        found = Account.objects.filter(Q(email__iexact=bare) | Q(login_email=bare.lower()))
    elif (public_id := _uuid(bare)) is not None:
        own, found = Person(), Account.objects.filter(public_id=public_id)
    else:
        own = Person(cards=frozenset({bare}), refs=frozenset({f"card:{bare}"}))
        found = Account.objects.filter(cards__number=bare)
    accounts = {one for account in found.distinct() for one in (account, account.twin) if one}
    people = {frozenset({one.pk, one.twin_id or one.pk}) for one in accounts}
    if len(people) > 1:
        raise AmbiguousError(word, sorted(f"account:{one.public_id}" for one in accounts))
    for one in accounts:
        own = own.joined(_of(one))
    return own


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _of(account: Account) -> Person:
    cards = list(account.cards.all())
    emails = {
        account.email,
        account.login_email or "",
        *account.links.values_list("email", flat=True),
    }
    holders = {card.holder_name for card in cards}
    names = {
        account.display_name,
        f"{account.given_names} {account.surname}".strip(),
        f"{account.surname} {account.given_names}".strip(),
        *holders,
    }
    words = {account.given_names, account.surname}
    words |= {part for name in holders for part in name.split(NAME_SEPARATOR)}
    return Person(
        accounts=frozenset({account.pk}),
        refs=frozenset({f"account:{account.public_id}", *(f"card:{c.number}" for c in cards)}),
        cards=frozenset(card.number for card in cards),
        emails=frozenset(
            email.lower() for email in emails if email and not _is_shared(email, account)
        ),
        numbers=frozenset(filter(None, (account.phone, account.national_id))),
        names=frozenset(filter(None, names)),
        words=frozenset(filter(None, words)),
    )


def _is_shared(email: str, account: Account) -> bool:
    """Whether somebody else has this address too: it names neither of them."""
    others = Account.objects.filter(email__iexact=email).exclude(pk=account.pk)
    return others.exclude(pk=account.twin_id or 0).exists()


def hinders(person: Person, _at: datetime) -> Iterable[Hindrance]:
    """Somebody who holds a role of the staff works here."""
    for account in Account.objects.filter(pk__in=person.accounts, is_active=True):
        if held := sorted({*account.roles} & {str(role) for role in STAFF}):
            yield Hindrance(
                f"the account holds roles of the staff: {', '.join(held)}",
                "end them (Gestion, Accès)",
            )


def forget_accounts(person: Person, _at: datetime) -> dict[str, int]:
    """The account stays as a number that others refer to, and tells nobody: no way in is left."""
    accounts = Account.objects.filter(pk__in=person.accounts)
    keys = OpenSession.objects.filter(account__in=accounts).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
    gone = {
        "identities_externalidentity": ExternalIdentity.objects.filter(
            account__in=accounts
        ).delete()[0],
        "identities_loginticket": LoginTicket.objects.filter(card__account__in=accounts).delete()[
            0
        ],
        "identities_accountlink": AccountLink.objects.filter(account__in=accounts).delete()[0],
        "identities_opensession": OpenSession.objects.filter(account__in=accounts).delete()[0],
    }
    for account in accounts:
        account.display_name, account.given_names, account.surname = INSTEAD, "", ""
        account.email, account.login_email = f"x{account.pk}{NOWHERE}", None
        account.email_verified_at, account.phone, account.national_id = None, "", None
        account.roles, account.is_active, account.password = [], False, make_password(None)
        account.save()
    return {table: count for table, count in gone.items() if count}


def _accounts(person: Person) -> Q:
    return Q(pk__in=person.accounts)


def _of_accounts(person: Person) -> Q:
    return Q(account__in=person.accounts)


HOLDINGS: Final = (
    Holding(model=Account, also=_accounts, hidden=frozenset({"password"})),
    Holding(model=Card, texts=("number", "holder_name"), also=_of_accounts),
    Holding(model=ExternalIdentity, also=_of_accounts, fate=Fate.DELETED),
    Holding(
        model=AccountLink,
        texts=("email",),
        also=_of_accounts,
        fate=Fate.DELETED,
        hidden=frozenset({"secret_hash", "binding"}),
    ),
    Holding(
        model=OpenSession,
        also=_of_accounts,
        fate=Fate.DELETED,
        hidden=frozenset({"session_key"}),
    ),
    Holding(
        model=MachineAccount,
        texts=("name", "contact_email", "created_by", "creator_ref", "disabled_by"),
    ),
    Holding(
        model=MachineCredential,
        texts=("label", "created_by", "revoked_by"),
        hidden=frozenset({"mark", "hint"}),
    ),
    Holding(
        model=RoleHolding,
        texts=("given_by", "approved_by", "ended_by"),
        also=_of_accounts,
        kept=lambda at: Q(since__gt=at - AFTER_CERTIFICATE),
        why=STAFF_RECORD,
    ),
    Holding(
        model=RoleRequest,
        texts=("why", "asked_ref", "decided_ref", "note"),
        also=_of_accounts,
        kept=lambda at: Q(asked_at__gt=at - AFTER_CERTIFICATE),
        why=STAFF_RECORD,
    ),
    Holding(
        model=EmergencyAccess,
        texts=("why", "opened_ref", "reviewed_ref", "note"),
        also=_of_accounts,
        kept=lambda at: Q(opened_at__gt=at - AFTER_CERTIFICATE),
        why=STAFF_RECORD,
    ),
    Holding(
        model=AccessReview,
        texts=("begun_ref", "ended_ref"),
        kept=lambda at: Q(begun_at__gt=at - AFTER_CERTIFICATE),
        why=STAFF_RECORD,
    ),
    Holding(
        model=ReviewedAccount,
        texts=("reviewer_ref", "note"),
        also=_of_accounts,
        kept=lambda at: Q(review__begun_at__gt=at - AFTER_CERTIFICATE),
        why=STAFF_RECORD,
    ),
    *(
        Holding(model=model, texts=("username",), fate=Fate.DELETED)
        for model in (AccessAttempt, AccessFailureLog, AccessLog)
    ),
)
PART: Final = Part(HOLDINGS, Erasing(hinders=hinders, before=forget_accounts))
