"""Asking a time-stamping authority over HTTP (RFC 3161 3.4), in a thread that nothing waits for."""

import asyncio
import threading
from datetime import timedelta
from typing import Final

import httpx
from django.utils import timezone

from guichet.journal.publishing import Places
from guichet.journal.stamping import Ask, Stamper
from guichet.journal.timestamps import Authority
from guichet.processes.seldom import Patient

IDLE_SECONDS: Final = 1.0
RETRY: Final = timedelta(minutes=1)
ANSWER_AT_MOST: Final = 1 << 16
QUERY: Final = "application/timestamp-query"


def start(stop: threading.Event, where: Places, authority: Authority) -> threading.Thread:
    """Have checkpoints stamped until told to stop; the thread ends at once without an address."""
    thread = threading.Thread(
        target=_run, args=(stop, where, authority), name="timestamps", daemon=True
    )
    thread.start()
    return thread


def asker(authority: Authority) -> Ask:
    """Asks this authority, whole within its seconds, however slowly it answers."""

    def ask(query: bytes) -> bytes:
        try:
            return asyncio.run(asyncio.wait_for(_asked(authority, query), authority.seconds))
        except TimeoutError as error:
            raise OSError(f"{authority.url}: no answer in {authority.seconds} s") from error
        except httpx.HTTPError as error:
            raise OSError(f"{authority.url}: {type(error).__name__} {error}") from error

    return ask


def _run(stop: threading.Event, where: Places, authority: Authority) -> None:
    if not authority.url:
        return
    stamper = Stamper(where.published, where.write, authority, asker(authority))
    step = Patient(stamper.stamp, RETRY)
    while not stop.is_set():
        step(timezone.now())
        stop.wait(IDLE_SECONDS)


async def _asked(authority: Authority, query: bytes) -> bytes:
    headers = {"Content-Type": QUERY}
    async with (
        httpx.AsyncClient(timeout=authority.seconds) as client,
        client.stream("POST", authority.url, content=query, headers=headers) as answer,
    ):
        answer.raise_for_status()
        found = bytearray()
        async for chunk in answer.aiter_bytes():
            found += chunk
            if len(found) > ANSWER_AT_MOST:
                raise OSError(f"{authority.url}: more than a time-stamp")
    return bytes(found)
