"""A stop that lets a loop make so many turns, and what it looks at in them."""

import threading
from collections.abc import Callable

TURNS = 40
ASKED_AWAY = 4
"""Times in those turns that a loop asks a database which is away, half as often each time."""


class Turns(threading.Event):
    """Set once a loop paused so many times; `during` is called in each pause, with its number."""

    def __init__(self, during: Callable[[int], object] = lambda _: None) -> None:
        super().__init__()
        self.made, self._during = 0, during
        self.pauses: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.made += 1
        self.pauses.append(timeout)
        self._during(self.made)
        if self.made == TURNS:
            self.set()
        return self.is_set()
