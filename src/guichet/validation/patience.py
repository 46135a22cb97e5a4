"""How long the body of a request is waited for: one look a second for all, nothing for each."""

import asyncio
from collections.abc import Awaitable
from time import monotonic
from typing import Final, TypeVar, cast

T = TypeVar("T")
BODY_S: Final = 5.0
"""A request of OCSP is a few hundred octets, sent at once."""
LOOK_S: Final = 1.0


class Patience:
    """Waits within tasks of one event loop. A timer for each would cost as much as an answer."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Task[object], float] = {}
        self._cut: set[asyncio.Task[object]] = set()
        self._is_looking = False

    async def within(self, awaited: Awaitable[T]) -> T:
        """What is awaited. Raises TimeoutError when it is not there BODY_S later, or a little."""
        task = cast("asyncio.Task[object]", asyncio.current_task())
        self._waiting[task] = monotonic()
        if not self._is_looking:
            self._is_looking = True
            asyncio.get_running_loop().call_later(LOOK_S, self._look)
        try:
            return await awaited
        except asyncio.CancelledError:
            if task not in self._cut:
                raise
            if task.uncancel():  # somebody else wants it ended too
                raise
            raise TimeoutError("the body did not come in time") from None
        finally:
            self._waiting.pop(task, None)
            self._cut.discard(task)

    def _look(self) -> None:
        late = monotonic() - BODY_S
        for task in [task for task, began in self._waiting.items() if began <= late]:
            del self._waiting[task]
            self._cut.add(task)
            task.cancel()
        self._is_looking = bool(self._waiting)
        if self._is_looking:
            asyncio.get_running_loop().call_later(LOOK_S, self._look)
