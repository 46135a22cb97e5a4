"""Bodies that do not come: whoever sends half of one holds nobody up."""

import asyncio

import pytest

from guichet.validation import patience
from guichet.validation.patience import Patience


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "BODY_S", 0.0)
    monkeypatch.setattr(patience, "LOOK_S", 0.0)


async def never() -> bytes:
    await asyncio.Event().wait()
    return b""


async def at_once() -> bytes:
    return b"body"


def test_what_comes_is_given() -> None:
    waits = Patience()

    async def both() -> tuple[bytes, bytes]:
        return await waits.within(at_once()), await waits.within(at_once())

    assert asyncio.run(both()) == (b"body", b"body")


def test_what_does_not_come_is_not_waited_for() -> None:
    """Each of several, and the task that waited goes on: it has an answer to give."""
    waits = Patience()

    async def served() -> str:
        try:
            await waits.within(never())
        except TimeoutError:
            await asyncio.sleep(0)
            return "answered"
        return "given"

    async def several() -> list[list[str]]:
        """The looks end with the last that waits, and begin again."""
        return [list(await asyncio.gather(served(), served())) for _turn in range(2)]

    assert asyncio.run(several()) == [["answered", "answered"]] * 2


def test_who_ends_a_task_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that stops is not taken for a client that dawdles."""
    monkeypatch.setattr(patience, "BODY_S", 3600.0)
    waits = Patience()

    async def ended() -> bool:
        task = asyncio.ensure_future(waits.within(never()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return task.cancelled()

    assert asyncio.run(ended())


def test_who_ends_a_task_that_is_cut_ends_it() -> None:
    """Both at once: the server that stops prevails."""
    waits = Patience()

    async def ended() -> bool:
        task = asyncio.ensure_future(waits.within(never()))
        await asyncio.sleep(0)
        waits._look()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return task.cancelled()

    assert asyncio.run(ended())
