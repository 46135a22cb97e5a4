"""ACME accounts: opened by an EAB key of a machine account, and closed with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from josepy.jwk import JWK, JWKOct
from josepy.jws import JWS

from guichet.automation.acme import addresses, envelope, keys
from guichet.automation.acme.problems import Problem
from guichet.automation.models import AcmeAccount
from guichet.domain.acme.states import ACCOUNTS, AccountAct, AccountStatus, OrderStatus
from guichet.domain.identifiers import EmailAddress
from guichet.domain.machines import CredentialKind
from guichet.domain.refusals import Code, Refusal
from guichet.identities import machines
from guichet.identities.actors import Actor
from guichet.identities.machines import Entered
from guichet.identities.operations import machines as credentials
from guichet.journal import operations as journal
from guichet.journal.events import Event

CHANNEL: Final = "acme"
MAC_ALGORITHMS: Final = ("HS256", "HS384", "HS512")
MAILTO: Final = "mailto:"
CONTACTS_AT_MOST: Final = 10
ORDERS_A_PAGE: Final = 100
CURSOR_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class AccountAsked:
    """An account to open: its key, whom to write to, and the binding as it was sent."""

    key: JWK
    contact: tuple[str, ...]
    binding: Any


def signing(address: str) -> tuple[AcmeAccount, JWK]:
    """The account of an address, and its key. Raises Problem accountDoesNotExist."""
    key = addresses.account_key(address)
    row = AcmeAccount.objects.filter(key=key).first() if key else None
    if row is None:
        raise _no_account()
    return row, keys.stored(row.jwk)


def find(key: JWK) -> AcmeAccount | None:
    """The account of a key, if there is one, whatever its status."""
    return AcmeAccount.objects.filter(thumbprint=keys.thumbprint(key)).first()


def existing(key: JWK) -> AcmeAccount:
    """The account of a key. Raises Problem accountDoesNotExist."""
    found = find(key)
    if found is None:
        raise _no_account()
    return found


def actor_of(row: AcmeAccount, at: datetime) -> Actor:
    """Whom an open account acts for, its machine account; that it was here is noted.

    Raises Problem unauthorized, 401 (deactivated, RFC 8555 §7.3.6; its EAB key revoked), Refusal:
    MACHINE_DISABLED, MACHINE_UNKNOWN.
    """
    if row.status != AccountStatus.VALID.value:
        detail = _(
            "Ce compte ACME est désactivé. Ouvrez-en un autre, avec une nouvelle clé de compte et "
            "une nouvelle clé EAB."
        )
        raise Problem("unauthorized", detail, HTTPStatus.UNAUTHORIZED)
    actor = machines.actor_of_machine(row.machine, at)
    if not machines.returns(row.credential, channel=CHANNEL, at=at):
        detail = _(
            "La clé EAB qui a ouvert ce compte ACME a été révoquée. Créez-en une autre sur la page "
            "de l’automate, et ouvrez avec elle un autre compte."
        )
        raise Problem("unauthorized", detail, HTTPStatus.UNAUTHORIZED)
    return actor


def open_account(asked: AccountAsked, at: datetime) -> tuple[AcmeAccount, bool]:
    """Open the account of a key, or give the one that it has: (account, whether it is new).

    The EAB key is used up in the same transaction. Raises Problem: externalAccountRequired,
    malformed, unauthorized; Refusal: CREDENTIAL_WRONG, MACHINE_DISABLED.
    """
    if known := find(asked.key):
        return known, False
    entered = _bound(asked, at)
    try:
        return _open(asked, entered, at), True
    except (IntegrityError, Refusal):
        # The same request was sent twice, and the other one was faster.
        if known := find(asked.key):
            return known, False
        raise


@transaction.atomic
def change_contact(row: AcmeAccount, contact: Sequence[str], by: Actor, at: datetime) -> None:
    """Write to others from now on."""
    row.contact = list(contact)
    row.save(update_fields=["contact"])
    _journal(Event.ACME_ACCOUNT_CHANGED, row, by, at, {"contact": " ".join(contact)[:400]})


@transaction.atomic
def deactivate(row: AcmeAccount, by: Actor, at: datetime) -> AcmeAccount:
    """Close an account for ever (RFC 8555 §7.3.6). Raises Refusal(MOVE_FORBIDDEN)."""
    locked = AcmeAccount.objects.select_for_update().get(pk=row.pk)
    status = ACCOUNTS.next(AccountStatus(locked.status), AccountAct.DEACTIVATE)
    locked.status, locked.deactivated_at = status.value, at
    locked.save(update_fields=["status", "deactivated_at"])
    _journal(Event.ACME_ACCOUNT_DEACTIVATED, locked, by, at, {})
    return locked


def change_key(row: AcmeAccount, new: JWK, by: Actor, at: datetime) -> AcmeAccount:
    """Let another key sign for an account (RFC 8555 §7.3.5).

    Raises Problem 409 with the address of the account that has this key already, be it this one.
    """
    if known := find(new):
        raise _taken(known)
    try:
        with transaction.atomic():
            locked = AcmeAccount.objects.select_for_update().get(pk=row.pk)
            locked.jwk, locked.thumbprint = new.to_json(), keys.thumbprint(new)
            locked.save(update_fields=["jwk", "thumbprint"])
            _journal(Event.ACME_ACCOUNT_KEY_CHANGED, locked, by, at, _key_facts(locked))
    except IntegrityError as error:
        raise _taken(existing(new)) from error
    return locked


def orders_of(row: AcmeAccount, cursor: str) -> tuple[tuple[UUID, ...], str]:
    """One page of an account's orders, the newest first, and the cursor of the next one.

    Those that came to nothing are left out (RFC 8555 §7.1.2.1).
    """
    rows = row.orders.exclude(status=OrderStatus.INVALID.value).order_by("-pk")
    if cursor.isascii() and cursor.isdigit():
        rows = rows.filter(pk__lt=int(cursor[:CURSOR_DIGITS]))
    page = list(rows.values_list("pk", "key")[: ORDERS_A_PAGE + 1])
    has_more = len(page) > ORDERS_A_PAGE
    shown = page[:ORDERS_A_PAGE]
    return tuple(key for _pk, key in shown), str(shown[-1][0]) if has_more else ""


def contacts(sent: Any) -> tuple[str, ...]:
    """The contacts of an account. Raises Problem: malformed, unsupportedContact, invalidContact."""
    if not isinstance(sent, list) or len(sent) > CONTACTS_AT_MOST:
        raise Problem("malformed", _("« contact » est une liste de dix adresses au plus."))
    return tuple(map(_contact, sent))


def _contact(sent: Any) -> str:
    if not isinstance(sent, str) or not sent.lower().startswith(MAILTO):
        detail = _("Un contact est une adresse électronique, précédée de mailto:.")
        raise Problem("unsupportedContact", detail)
    try:
        return f"{MAILTO}{EmailAddress.parse(sent[len(MAILTO) :])}"
    except Refusal as refusal:
        detail = _("Un contact est une seule adresse électronique, sans destinataire de copie.")
        raise Problem("invalidContact", detail) from refusal


def _bound(asked: AccountAsked, at: datetime) -> Entered:
    """The machine account whose EAB key binds this account key (RFC 8555 §7.3.4)."""
    if asked.binding is None:
        detail = _(
            "Un compte ACME s’ouvre par une clé EAB. Créez-en une sur la page d’un "
            "automate de votre structure."
        )
        raise Problem("externalAccountRequired", detail, HTTPStatus.FORBIDDEN)
    header, message = _binding(asked.binding)
    key_id = header["kid"]
    if not message.verify(JWKOct(key=machines.eab_key(key_id))):
        raise Refusal(Code.CREDENTIAL_WRONG)
    if keys.thumbprint(keys.read(envelope.json_object(message.payload))) != keys.thumbprint(
        asked.key
    ):
        raise Problem("malformed", _("La clé EAB lie une autre clé de compte."))
    return machines.enter(CredentialKind.EAB, key_id, channel=CHANNEL, at=at)


def _binding(sent: Any) -> tuple[Mapping[str, Any], JWS]:
    header, message = envelope.mac_of_members(sent, MAC_ALGORITHMS)
    if header.get("url") != addresses.url("new-account") or "nonce" in header:
        raise Problem("malformed", _("La liaison EAB est signée pour une autre adresse."))
    return header, message


@transaction.atomic
def _open(asked: AccountAsked, entered: Entered, at: datetime) -> AcmeAccount:
    credentials.spend(credential=entered.credential, by=entered.actor, at=at)
    scope = entered.actor.machine
    row = AcmeAccount.objects.create(
        machine=UUID(scope.account if scope else ""),
        credential=entered.credential,
        thumbprint=keys.thumbprint(asked.key),
        jwk=asked.key.to_json(),
        contact=list(asked.contact),
        status=AccountStatus.VALID.value,
        created_at=at,
    )
    facts = _key_facts(row) | {"contact": " ".join(asked.contact)[:400]}
    _journal(Event.ACME_ACCOUNT_OPENED, row, entered.actor, at, facts)
    return row


def _key_facts(row: AcmeAccount) -> dict[str, str]:
    return {"key": row.thumbprint}


def _journal(
    event: Event, row: AcmeAccount, by: Actor, at: datetime, facts: Mapping[str, str]
) -> None:
    journal.record(event, subject=str(row), actor=by.ref, at=at, facts=facts)


def _taken(by: AcmeAccount) -> Problem:
    place = {"Location": addresses.url("account", by.key)}
    detail = _("Un compte a déjà cette clé. Faites-en une nouvelle.")
    return Problem("malformed", detail, HTTPStatus.CONFLICT, headers=place)


def _no_account() -> Problem:
    detail = _("Aucun compte ACME n’a cette clé ou cette adresse. Ouvrez-en un par une clé EAB.")
    return Problem("accountDoesNotExist", detail)
