"""Webhooks: what may be told, to which addresses, and what becomes of a hook and of a delivery."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

from guichet.domain.addresses import Fqdn
from guichet.domain.destinations import Address as IpAddress
from guichet.domain.destinations import Network, is_allowed
from guichet.domain.machine import Machine
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import visible


class Topic(StrEnum):
    """One kind of notice. Programs branch on these: append, never rename."""

    ORDER_AVAILABLE = "order.available"
    ORDER_FAILED = "order.failed"
    ORDER_WITHDRAWN = "order.withdrawn"
    ORDER_EXPIRED = "order.expired"
    ORDER_CANCELLED = "order.cancelled"
    PRODUCT_EXPIRING = "product.expiring"
    PRODUCT_EXPIRED = "product.expired"
    PRODUCT_RENEWAL_WANTED = "product.renewal-wanted"
    PRODUCT_RECALLED = "product.recalled"
    PRODUCT_RECALL_CANCELLED = "product.recall-cancelled"
    PRODUCT_REVOKED = "product.revoked"
    RIGHT_ENDING = "right.ending"
    ASSOCIATION_CHANGED = "association.changed"
    PING = "ping"


CHOSEN: Final = tuple(topic for topic in Topic if topic is not Topic.PING)
"""The topics that somebody chooses; a ping is sent when it is asked for."""


class HookState(StrEnum):
    """Where a hook stands. Paused or failing, what it should tell waits; gone, nothing is told."""

    ACTIVE = "active"
    PAUSED = "paused"
    FAILING = "failing"
    GONE = "gone"


class HookAct(StrEnum):
    """What happens to a hook; the clerk gives up one that fails for long."""

    PAUSE = "pause"
    RESUME = "resume"
    GIVE_UP = "give-up"
    LEAVE = "leave"  # its receiver answers 410


HOOKS: Final = Machine[HookState, HookAct](
    {
        (HookState.ACTIVE, HookAct.PAUSE): HookState.PAUSED,
        (HookState.ACTIVE, HookAct.GIVE_UP): HookState.FAILING,
        (HookState.ACTIVE, HookAct.LEAVE): HookState.GONE,
        (HookState.PAUSED, HookAct.RESUME): HookState.ACTIVE,
        (HookState.PAUSED, HookAct.LEAVE): HookState.GONE,
        (HookState.FAILING, HookAct.RESUME): HookState.ACTIVE,
        (HookState.FAILING, HookAct.LEAVE): HookState.GONE,
    }
)
TOLD: Final = frozenset({HookState.ACTIVE, HookState.PAUSED, HookState.FAILING})
"""The states in which notices are written, whether they leave at once or wait."""


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    ABANDONED = "abandoned"


class DeliveryAct(StrEnum):
    """What happens to a delivery."""

    DELIVER = "deliver"
    ABANDON = "abandon"
    SEND_AGAIN = "send-again"


DELIVERIES: Final = Machine[DeliveryState, DeliveryAct](
    {
        (DeliveryState.WAITING, DeliveryAct.DELIVER): DeliveryState.DELIVERED,
        (DeliveryState.WAITING, DeliveryAct.ABANDON): DeliveryState.ABANDONED,
        (DeliveryState.WAITING, DeliveryAct.SEND_AGAIN): DeliveryState.WAITING,
        (DeliveryState.DELIVERED, DeliveryAct.SEND_AGAIN): DeliveryState.WAITING,
        (DeliveryState.ABANDONED, DeliveryAct.SEND_AGAIN): DeliveryState.WAITING,
    }
)

FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=6)
TRIED_FOR: Final = timedelta(days=3)
"""How long a delivery is tried, and how long a hook may fail before it is paused."""
FIRST_REST: Final = timedelta(seconds=5)
LONGEST_REST: Final = timedelta(minutes=5)
OVERLAP: Final = timedelta(hours=24)
"""How long the key before a rotation goes on signing beside the new one."""
KEPT_FOR: Final = timedelta(days=30)
HOOKS_AT_MOST: Final = 20
URL_AT_MOST: Final = 500
LOOPBACK: Final = "localhost"


def pause_after(attempts: int, chance: float) -> timedelta:
    """How long a delivery waits after that many tries: 30 s, then three times longer, 6 h at most.

    `chance`, from 0 to 1, spreads it by a fifth each way, so that receivers are not hit at once.
    """
    tripled: timedelta = FIRST_PAUSE * 3 ** min(attempts - 1, 8)
    return min(tripled, LONGEST_PAUSE) * (0.8 + 0.4 * chance)


def rest_after(failures: int) -> timedelta:
    """How long a hook is left alone after failures in a row, whatever waits for it."""
    doubled: timedelta = FIRST_REST * 2 ** min(failures - 1, 8)
    return min(doubled, LONGEST_REST)


def is_over(since: datetime, at: datetime) -> bool:
    """Whether what fails since then is given up."""
    return at - since >= TRIED_FOR


@dataclass(frozen=True, slots=True)
class HookUrl:
    """Where a hook sends: https, to a public address or to a network that an operator opened."""

    value: str

    @classmethod
    def parse(cls, text: str, opened: Iterable[Network]) -> Self:
        """Parse an address; http serves for this machine alone, where it is opened.

        Raises Refusal: WEBHOOK_URL_INVALID, WEBHOOK_URL_NOT_HTTPS, WEBHOOK_URL_FORBIDDEN.
        """
        typed, networks = text.strip(), tuple(opened)
        parts = _split(typed)
        host = parts.hostname or ""
        literal = _literal(host)
        is_near = host == LOOPBACK or (literal is not None and literal.is_loopback)
        if literal is None and host != LOOPBACK:
            _admit_name(host, typed)
        if not _is_open(host, literal, networks):
            raise Refusal(Code.WEBHOOK_URL_FORBIDDEN, field="url", host=visible(host))
        if parts.scheme != "https" and not is_near:
            raise Refusal(Code.WEBHOOK_URL_NOT_HTTPS, field="url", text=visible(typed))
        return cls(typed)

    def __str__(self) -> str:
        return self.value


def _split(typed: str) -> SplitResult:
    """Scheme, host, port, path and query, and nothing else: no name of a user, no fragment."""
    try:
        parts = urlsplit(typed)
        is_whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        is_whole = False
    is_plain = typed.isascii() and typed.isprintable() and " " not in typed and "#" not in typed
    if not is_whole or not is_plain or "@" in parts.netloc or len(typed) > URL_AT_MOST:
        raise Refusal(Code.WEBHOOK_URL_INVALID, field="url", text=visible(typed))
    return parts


def _admit_name(host: str, typed: str) -> None:
    try:
        Fqdn.parse(host)
    except Refusal as refusal:
        raise Refusal(Code.WEBHOOK_URL_INVALID, field="url", text=visible(typed)) from refusal


def _literal(host: str) -> IpAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_open(host: str, literal: IpAddress | None, opened: tuple[Network, ...]) -> bool:
    if host == LOOPBACK:
        return any(network.is_loopback for network in opened)
    return literal is None or is_allowed(literal, opened)
