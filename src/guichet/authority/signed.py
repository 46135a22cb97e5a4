"""What became of a lot of intents that the signer took through its steps."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from guichet.authority.intents import Intent
from guichet.authority.signing import SigningFaultError
from guichet.keystore import KeystoreError

logger = logging.getLogger(__name__)
Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(slots=True)
class Signed:
    """What became of intents: certificates (DER), faults of their own, a key not to be opened."""

    certificates: list[tuple[Intent, bytes]] = field(default_factory=list)
    faults: list[tuple[Intent, str]] = field(default_factory=list)
    unsigned: list[Intent] = field(default_factory=list)
    trouble: KeystoreError | None = None

    def each(
        self, ones: Sequence[tuple[Intent, Given]], step: Callable[[Intent, Given], Made]
    ) -> list[tuple[Intent, Made]]:
        """What a step makes of each; those with a fault of their own, or without a key, are noted.

        A step of all before the next of any, as `intents.prepare` does and why it does.
        """
        made: list[tuple[Intent, Made]] = []
        for rank, (intent, given) in enumerate(ones):
            try:
                made.append((intent, step(intent, given)))
            except SigningFaultError as fault:
                logger.exception("request %s cannot be signed", intent.request_id)
                self.faults.append((intent, str(fault)))
            except KeystoreError as trouble:
                self.trouble = trouble
                self.unsigned += [intent for intent, _ in ones[rank:]]
                break
        return made

    def every(self) -> Iterator[Intent]:
        """All of them."""
        yield from (intent for intent, _ in self.certificates)
        yield from (intent for intent, _ in self.faults)
        yield from self.unsigned
