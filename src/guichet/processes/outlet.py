"""The publisher's shipping to copies elsewhere, in a thread: a place that hangs holds up nothing.

How it stands is told in the log and in a file beside what is published.
"""

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from guichet.validation.copies import standing
from guichet.validation.copies.outlet import Origin, Outlet
from guichet.validation.copies.places import Place
from guichet.validation.copies.standing import Standing

logger = logging.getLogger(__name__)
PACE_SECONDS: Final = 0.5
"""Between two heads: a revocation waits for no longer."""
AFTER_TROUBLE_SECONDS: Final = 3.0
JOIN_SECONDS: Final = 5.0


class Shipping:
    """The thread; `address` is where to, `keys` the folder of the key that seals."""

    def __init__(self, address: str, origin: Origin, keys: Path, stop: threading.Event) -> None:
        self._address = address
        self._origin = origin
        self._keys = keys
        self._stop = stop
        self._standing = standing.read(origin.published / standing.OUTLET) or Standing(0, None)
        self._thread = threading.Thread(target=self._run, name="outlet", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self) -> None:
        """Wait for its end, once told to stop; not for a place that hangs."""
        self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        outlet: Outlet | None = None
        while not self._stop.is_set():
            try:
                outlet = outlet or Outlet(Place(self._address), self._origin, self._keys)
                head = outlet.ship(datetime.now(UTC))
                if head is not None:
                    self._tell(Standing(head.sequence, head.at))
                pause = PACE_SECONDS
            except Exception as error:
                if self._stop.is_set():  # the store was closed under us
                    return
                self._tell_trouble(error)
                pause = AFTER_TROUBLE_SECONDS
            self._stop.wait(pause)

    def _tell_trouble(self, error: Exception) -> None:
        before = self._standing
        if before.trouble != (trouble := str(error) or type(error).__name__):
            logger.error("nothing is shipped to %s", self._address, exc_info=error)
            self._tell(Standing(before.sequence, before.published_at, trouble=trouble))

    def _tell(self, said: Standing) -> None:
        if self._standing.trouble and not said.trouble:
            logger.warning("shipped to %s again", self._address)
        self._standing = said
        try:
            said.write(self._origin.published / standing.OUTLET)
        except OSError:
            logger.exception("how the shipping stands cannot be written")
