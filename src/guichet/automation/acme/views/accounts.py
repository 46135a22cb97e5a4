"""Accounts: new, shown, changed, given another key."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.automation.acme import accounts, envelope, keys, replies
from guichet.automation.acme.accounts import AccountAsked
from guichet.automation.acme.addresses import url
from guichet.automation.acme.policy import policy
from guichet.automation.acme.problems import Problem
from guichet.automation.acme.receiving import Asked, Signed, by_account, by_key, unknown
from guichet.automation.models import AcmeAccount
from guichet.identities.operations import throttle
from guichet.identities.operations.throttle import Limit
from guichet.identities.peer import client_address


@by_key
def new_account(request: HttpRequest, signed: Signed) -> HttpResponse:
    """Open an account, or find that of a key (RFC 8555 §7.3)."""
    asked = signed.content()
    if asked.get("onlyReturnExisting") is True:
        return _shown(accounts.existing(signed.key))
    known = accounts.find(signed.key)
    if known is not None:
        return _shown(known)
    _require_terms(asked)
    throttle.count(_limit(), client_address(request), at=signed.at)
    wanted = AccountAsked(
        key=signed.key,
        contact=accounts.contacts(asked.get("contact", [])),
        binding=asked.get("externalAccountBinding"),
    )
    row, is_new = accounts.open_account(wanted, signed.at)
    return _shown(row, HTTPStatus.CREATED if is_new else HTTPStatus.OK)


@by_account
def account(request: HttpRequest, asked: Asked, key: UUID) -> HttpResponse:
    """Show an account, change whom to write to, or close it (RFC 8555 §7.3.2, §7.3.6)."""
    if asked.account.key != key:
        raise unknown()
    if asked.is_get:
        return _shown(asked.account)
    sent = asked.content()
    if "status" in sent:
        if sent["status"] != "deactivated":
            raise Problem("malformed", _("Un compte ne peut être que désactivé."))
        return _shown(accounts.deactivate(asked.account, asked.actor, asked.at))
    if "contact" in sent:
        found = accounts.contacts(sent["contact"])
        accounts.change_contact(asked.account, found, asked.actor, asked.at)
    return _shown(asked.account)


@by_account
def orders(request: HttpRequest, asked: Asked, key: UUID) -> HttpResponse:
    """The orders of an account, the newest first (RFC 8555 §7.1.2.1)."""
    if asked.account.key != key:
        raise unknown()
    asked.require_get()
    found, after = accounts.orders_of(asked.account, request.GET.get("cursor", ""))
    response = replies.answer({"orders": [url("order", order) for order in found]})
    if after:
        response["Link"] = f'<{url("orders", key)}?cursor={after}>;rel="next"'
    return response


@by_account
def key_change(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Let another key sign for the account (RFC 8555 §7.3.5)."""
    inner = envelope.of_members(asked.content())
    new = inner.own_key()
    inner.verify(new)
    if inner.header.get("url") != asked.url or "nonce" in inner.header:
        raise Problem("malformed", _("Le message de la nouvelle clé est signé pour autre chose."))
    sent = inner.content()
    is_old = isinstance(sent.get("oldKey"), dict) and _is_key(sent["oldKey"], asked.account)
    if sent.get("account") != url("account", asked.account.key) or not is_old:
        raise Problem("malformed", _("Le message de la nouvelle clé nomme un autre compte."))
    return _shown(accounts.change_key(asked.account, new, asked.actor, asked.at))


def _is_key(jwk: Mapping[str, Any], row: AcmeAccount) -> bool:
    return keys.thumbprint(keys.read(jwk)) == row.thumbprint


def _require_terms(asked: Mapping[str, Any]) -> None:
    if asked.get("termsOfServiceAgreed") is not True:
        terms = f"{settings.GUICHET.portal_url}{reverse('legal')}"
        raise Problem(
            "userActionRequired",
            _("Acceptez les conditions d’utilisation (termsOfServiceAgreed)."),
            HTTPStatus.FORBIDDEN,
            members={"instance": terms},
            headers={"Link": f'<{terms}>;rel="terms-of-service"'},
        )


def _limit() -> Limit:
    return Limit("acme-account", policy().accounts_per_hour, throttle.HOUR)


def _shown(row: AcmeAccount, status: int = HTTPStatus.OK) -> HttpResponse:
    location = url("account", row.key)
    return replies.answer(replies.account(row), status=status, location=location)
