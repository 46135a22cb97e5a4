"""Addresses that refuse our e-mails: told to whoever keeps them, in the transaction that learns it.

Known when an e-mail is handed over, and only then: what a mailbox sends back later is not read.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

# What the e-mail was about, the address, when the e-mail was written, and now.
Listener = Callable[[str, str, datetime, datetime], None]
_LISTENERS: list[Listener] = []


def register(listener: Listener) -> None:
    """Have `listener` told of every address that refuses an e-mail."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)


def tell(about: str, addresses: Iterable[str], written_at: datetime, at: datetime) -> None:
    """Tell the listeners that an e-mail about something could not be handed to these addresses."""
    for address in addresses:
        for listener in _LISTENERS:
            listener(about, address, written_at, at)
