"""E-mails: whether they leave, and in whose name."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from guichet.conf.environment import Environment
from guichet.notifications import queries
from guichet.notifications.operator import Operator, operator
from guichet.notifications.transports import TransportUnavailable, open_transport
from guichet.processes.doctor.findings import Finding, fault, warning, well

LATE: Final = timedelta(minutes=30)
WHY: Final = "People are not told of their orders, of what ends, nor operators of alarms."


def examine(environment: Environment, at: datetime) -> Iterator[Finding]:
    """The way out, what waits, who signs, and whether anybody is told of alarms."""
    yield _way(environment.email_url)
    yield _waiting(at)
    if not environment.demo:
        yield _signed(operator())
    if environment.operator_emails:
        yield well("operators", f"Alarms are told to {len(environment.operator_emails)} addresses")
    else:
        yield warning(
            "operators",
            "Nobody is told of alarms",
            why="Lists may run out unseen.",
            mend="Set GUICHET_OPERATOR_EMAIL",
        )


def _way(url: str) -> Finding:
    if url.startswith("mailbox:"):
        return well("smtp", f"E-mails are kept in {url.removeprefix('mailbox:')}")
    server = urlsplit(url).hostname
    try:
        with open_transport(url):
            return well("smtp", f"{server} takes e-mails")
    except (TransportUnavailable, ValueError, OSError) as error:
        return fault(
            "smtp",
            f"{server} takes no e-mail: {error}",
            why=WHY,
            mend="Correct GUICHET_EMAIL_URL (address, port, password), or see to that server",
        )


def _waiting(at: datetime) -> Finding:
    oldest, count = queries.oldest_waiting(), queries.waiting()
    if oldest is None or at - oldest < LATE:
        return well("outbox", f"{count} e-mails wait, none of them for long")
    return fault(
        "outbox",
        f"{count} e-mails wait, the oldest since {oldest:%Y-%m-%d %H:%M} UTC",
        why=WHY,
        mend="See to the clerk and to the server above: they leave by themselves once both work",
    )


def _signed(by: Operator) -> Finding:
    example = Operator()
    lines = (
        ("name", by.name, example.name, "does not know who writes"),
        ("email", by.email, example.email, "reaches nobody by answering"),
    )
    left = [(field, is_now, why) for field, is_now, was, why in lines if is_now == was]
    if not left:
        return well("operator-name", f"E-mails and papers are signed by {by.name}, {by.email}")
    fields = " and ".join(field for field, _, _ in left)
    return warning(
        "operator-name",
        f"E-mails and papers are signed with the example's {fields}: "
        f"{', '.join(is_now for _, is_now, _ in left)}",
        why=f"Whoever receives them {' and '.join(why for _, _, why in left)}.",
        mend=f"Set the {fields} of GUICHET_OPERATOR (docs/how-to/changer-une-regle.md)",
    )
