"""How often one address may ask: counted in memory, for the bench has no database."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from guichet.domain.refusals import Code, Refusal

ADDRESSES_AT_MOST: Final = 10_000


@dataclass
class Pace:
    """`limit` acts an address in `seconds`, refilled evenly. Each process counts for itself.

    Past ADDRESSES_AT_MOST the address heard of longest ago is forgotten: memory stays bounded.
    """

    limit: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, address: str | None) -> None:
        """Count one act; whoever has no address is counted together. Raises TOO_MANY_CALLS."""
        name = address or ""
        with self._lock:
            now = self.clock()
            left, since = self._left.pop(name, (float(self.limit), now))
            left = min(float(self.limit), left + (now - since) * self.limit / self.seconds)
            self._left[name] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > ADDRESSES_AT_MOST:
                self._left.popitem(last=False)
        if left < 1:
            wait = math.ceil((1 - left) * self.seconds / self.limit)
            raise Refusal(Code.TOO_MANY_CALLS, seconds=wait)

    def forget(self) -> None:
        """Begin again."""
        with self._lock:
            self._left.clear()


LOOKS: Final = Pace(limit=600, seconds=60)
PROBES: Final = Pace(limit=10, seconds=60)
KEEPS: Final = Pace(limit=20, seconds=3600)
