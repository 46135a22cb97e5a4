"""Who enrols: a machine by its certificate over TLS, or by a secret of one use (RFC 7030 §3.2.3).

What an HTTP client says counts only on the card port, whose TLS tells the certificate.
"""

import base64
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from guichet.automation import certificates
from guichet.domain.machines import CredentialKind, Verb, require_verbs
from guichet.domain.refusals import Code, Refusal
from guichet.identities import machines
from guichet.identities.actors import Actor
from guichet.identities.machines import Entered, MachineFacts
from guichet.identities.operations import throttle
from guichet.identities.operations.hashing import digest
from guichet.identities.peer import client_address, peer_of
from guichet.orders import presented, queries
from guichet.x509 import decode

CHANNEL: Final = "est"
CLIENT_AUTH: Final = "1.3.6.1.5.5.7.3.2"
WRONG_BY_PLACE: Final = throttle.Limit("est-wrong-place", 60, throttle.HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstClient:
    """A machine that was let in.

    `secret` is the credential of one use that it showed, `is_spent` whether it served already.
    `certificate` is what it presented over TLS to be let in. Where no account is bound to it,
    `product` is the number of the product that it is: the machine may renew that one alone.
    """

    actor: Actor
    credential: str
    secret: UUID | None = None
    is_spent: bool = False
    certificate: bytes | None = None
    product: int | None = None

    @property
    def account(self) -> UUID:
        """The key of its machine account."""
        return _account_of(self.actor)

    def require(self, *verbs: Verb) -> None:
        """Return when the account is allowed all of this. Raises Refusal(VERB_MISSING)."""
        require_verbs(self.actor.machine, *verbs)


def admit(request: HttpRequest, at: datetime) -> EstClient:
    """The machine that asks, by its secret, or else by its certificate.

    Raises Refusal: EST_AUTHENTICATION_MISSING, CREDENTIAL_WRONG, CLIENT_CERTIFICATE_*,
    MACHINE_DISABLED; TOO_MANY_TRIES for somebody who fails too often.
    """
    try:
        if "Authorization" in request.headers:
            return _by_secret(request.headers["Authorization"], at)
        peer = peer_of(request)
        return _by_certificate(peer.chain if peer else (), at)
    except Refusal as refusal:
        if refusal.code is Code.CREDENTIAL_WRONG:
            throttle.count(WRONG_BY_PLACE, client_address(request), at=at)
        raise


def _account_of(actor: Actor) -> UUID:
    if actor.machine is None:
        raise Refusal(Code.MACHINE_UNKNOWN)
    return UUID(actor.machine.account)


def _by_secret(header: str, at: datetime) -> EstClient:
    name, secret = _basic(header)
    entered, is_spent = _entered(digest(secret), at)
    facts = machines.machine(_account_of(entered.actor))
    if name.casefold() not in {str(facts.key), facts.name.casefold()}:
        raise Refusal(Code.CREDENTIAL_WRONG)
    return EstClient(
        actor=entered.actor,
        credential=f"credential:{entered.credential}",
        secret=entered.credential,
        is_spent=is_spent,
    )


def _entered(mark: str, at: datetime) -> tuple[Entered, bool]:
    try:
        return machines.enter(CredentialKind.EST_SECRET, mark, channel=CHANNEL, at=at), False
    except Refusal as refusal:
        if refusal.code is not Code.CREDENTIAL_WRONG:
            raise
    return machines.enter_again(CredentialKind.EST_SECRET, mark, at=at), True


def _basic(header: str) -> tuple[str, str]:
    """User name and password (RFC 7617). Raises Refusal(EST_AUTHENTICATION_MISSING)."""
    scheme, _, coded = header.partition(" ")
    with suppress(ValueError):
        name, colon, password = (
            base64.b64decode(coded.strip(), validate=True).decode().partition(":")
        )
        if scheme.lower() == "basic" and colon:
            return name.strip(), password
    raise Refusal(Code.EST_AUTHENTICATION_MISSING)


def _by_certificate(chain: tuple[bytes, ...], at: datetime) -> EstClient:
    if not chain:
        raise Refusal(Code.EST_AUTHENTICATION_MISSING)
    entered = certificates.enter(chain, channel=CHANNEL, at=at)
    if entered is not None:
        return EstClient(
            actor=entered.actor,
            credential=f"credential:{entered.credential}",
            certificate=chain[0],
        )
    certificates.require_good(chain, at)
    found = presented.product_of(chain[0])
    if found is None or CLIENT_AUTH not in decode.describe(chain[0]).extended_key_usage:
        raise Refusal(Code.CLIENT_CERTIFICATE_UNBOUND)
    for account in _renewers(found, at):
        actor = machines.actor_of_machine(account.key, at)
        with suppress(Refusal):
            number = queries.product(found.number, actor, at).number
            return EstClient(
                actor=actor, credential=account.ref, certificate=chain[0], product=number
            )
    raise Refusal(Code.CLIENT_CERTIFICATE_UNBOUND)


def _renewers(found: presented.Presented, at: datetime) -> Iterator[MachineFacts]:
    """The open accounts of its structure that renew, the one that ordered it first."""
    wanted = {Verb.RENEW, Verb.WITHDRAW}
    accounts = machines.machines_of(found.structure_id)
    ordered = sorted(accounts, key=lambda account: account.ref != found.requester_ref)
    return (a for a in ordered if a.is_open(at) and wanted <= a.scope.verbs)
