"""Asking the server when a certificate should be renewed (RFC 9773)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509

from guichet_client import renewal
from guichet_client.clock import Clock
from guichet_client.errors import ClientError
from guichet_client.protocols.acme_network import certificate_id
from guichet_client.renewal import Plan, Window
from guichet_client.settings import Settings
from guichet_client.transport import Answer, Call, Transport, retry_after


def plan_of(settings: Settings, leaf: x509.Certificate, kept: Plan | None, clock: Clock) -> Plan:
    """The plan of a certificate's renewal: by the server's window, else by its end.

    A server that does not answer changes nothing: the window that it told last stays.
    """
    now = clock.now()
    begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    by_expiry = renewal.from_expiry(begins, ends, timedelta(days=settings.before_days))
    if not settings.directory or ends <= now:
        return renewal.plan(by_expiry, kept, clock.chance(), now)
    if kept is not None and kept.window.source == "ari" and now < kept.ask_again:
        return kept
    try:
        window, ask_again = _asked(settings, leaf, clock)
    except ClientError:
        window, ask_again = None, renewal.ask_again_at(now, None)
    if window is None:
        window = kept.window if kept and kept.window.source == "ari" else by_expiry
    return renewal.plan(window, kept, clock.chance(), ask_again)


def _asked(
    settings: Settings, leaf: x509.Certificate, clock: Clock
) -> tuple[Window | None, datetime]:
    transport = Transport(settings.trust)
    directory = transport.send(Call(method="GET", url=settings.directory)).data
    address = directory.get("renewalInfo")
    if not isinstance(address, str):
        return None, renewal.ask_again_at(clock.now(), None)
    answer = transport.send(Call(method="GET", url=f"{address}/{certificate_id(leaf)}"))
    seconds = retry_after(answer.headers, clock)
    return _window(answer), renewal.ask_again_at(clock.now(), seconds)


def _window(answer: Answer) -> Window | None:
    """The suggested window; None when it makes no sense (§4.2: such an answer is as none)."""
    told: Any = answer.data.get("suggestedWindow")
    try:
        start, end = (_moment(told[key]) for key in ("start", "end"))
    except (KeyError, TypeError, ValueError):
        return None
    if end <= start:
        return None
    return Window(start, end, "ari", str(answer.data.get("explanationURL") or ""))


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
