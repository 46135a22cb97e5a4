"""Several hooks served at once, each by one worker: a receiver that hangs delays its own alone."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

from django.db import close_old_connections, connections
from django.utils import timezone

from guichet.automation.webhooks import sending
from guichet.database.stillness import Stillness

logger = logging.getLogger(__name__)
WORKERS: Final = 8
PER_STRUCTURE: Final = 2
SEEN: Final = 100
IDLE_SECONDS: Final = 0.5
LONGEST_SECONDS: Final = 16.0
LOOKS: Final = 4
"""Of those, one for what time alone brings: what is to be sent again, hooks that rested."""


class _Trouble:
    """Rounds that fail: each fault is told once, and they are made more and more rarely."""

    def __init__(self) -> None:
        self.pause = IDLE_SECONDS
        self._told = ""

    def meet(self, error: Exception) -> None:
        """A round failed."""
        self.pause = min(2 * self.pause, LONGEST_SECONDS)
        if self._told != (said := f"{type(error).__name__}: {error}"):
            told = "webhooks could not be handed out; it goes on being tried"
            logger.error(told, exc_info=error)
        self._told = said

    def end(self) -> None:
        """A round did not fail."""
        if self._told:
            logger.warning("webhooks are handed out again")
        self.pause, self._told = IDLE_SECONDS, ""


class Dispatcher:
    """Hands hooks that have something waiting to workers; one structure never takes them all."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="webhook")
        self._lock = threading.Lock()
        self._busy: dict[int, str] = {}
        self._closed = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Make rounds until told to stop, then wait for what is under way."""
        stillness, trouble = Stillness(LOOKS), _Trouble()
        while not stop.is_set():
            close_old_connections()
            if stillness.is_over() and not stillness.is_away:
                was_busy = bool(self._busy)
                try:
                    self.round(timezone.now())
                except Exception as error:
                    trouble.meet(error)
                else:
                    trouble.end()
                    # A hook that was being served may have more to send.
                    if not was_busy and not self._busy:
                        stillness.begin()
            stop.wait(trouble.pause)
        self.close()
        connections.close_all()

    def round(self, at: datetime) -> int:
        """Hand out the hooks that can be served now; how many."""
        with self._lock:
            busy = list(self._busy)
        found = sending.ready(at).exclude(pk__in=busy).values_list("pk", "structure_id")
        return sum(self._hand_out(hook, structure) for hook, structure in found[:SEEN])

    def close(self) -> None:
        """Take no more, and wait for what is under way: seconds at most."""
        self._closed.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _hand_out(self, hook: int, structure: str) -> int:
        with self._lock:
            theirs = list(self._busy.values()).count(structure)
            if hook in self._busy or theirs >= PER_STRUCTURE or len(self._busy) >= self._workers:
                return 0
            self._busy[hook] = structure
        self._pool.submit(self._serve, hook)
        return 1

    def _serve(self, hook: int) -> None:
        try:
            sending.serve(hook, timezone.now, self._closed.is_set)
        except Exception:
            logger.exception("a webhook was not served; it will be tried again")
        finally:
            connections.close_all()
            with self._lock:
                self._busy.pop(hook, None)
