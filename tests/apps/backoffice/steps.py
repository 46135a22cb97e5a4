"""One thing that somebody asks of the site, counted, and undone if it may have written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, TestCase

from guichet.backoffice.announcements import BOARD

WRITTEN = ("INSERT", "UPDATE", "DELETE")
ASKED = ("SELECT", *WRITTEN)
# Noted once or twice a minute, whatever the page: it fell to one page or another.
BESIDE = ('"django_session"', '"automation_callwindow"')
HOUR_SECONDS = 3600.0
GET = "GET"
# An act, how it was answered, and the statements that it made.
Made = tuple[Any, ...]
# What is asked, given the answer that came before it (none: a step that begins).
Asking = Callable[[HttpResponse | None], HttpResponse]


@dataclass(frozen=True, order=True)
class Act:
    """What is counted: which view, by whom, and by which method or button."""

    route: str
    who: str
    what: str = GET

    @property
    def name(self) -> str:
        """The method or button, and the route."""
        return f"{self.what} {self.route}"


@dataclass(eq=False)
class Step:
    """Something asked by a browser; `then` begins from its answer, before it is undone.

    `prepare` has what it acts on reach the state that it needs; that is undone too, and not
    counted. `wrote` tells whether a statement ever changed a row; `told` are the statements that
    were made when it was asked for the first time.
    """

    act: Act
    browser: Client
    ask: Asking
    status: int = 0
    count: int = 0
    wrote: bool = False
    told: tuple[str, ...] | None = None
    prepare: Callable[[], object] | None = None
    then: list[Step] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        return self.act.what != GET

    @property
    def is_undone(self) -> bool:
        return self.writes or self.prepare is not None


@contextmanager
def asked(step: Step, before: HttpResponse | None) -> Iterator[tuple[HttpResponse, int]]:
    """The answer and how many statements read or write; what was written is undone afterwards."""
    if not step.is_undone:
        yield counted(step, before)
        return
    cookies = deepcopy(step.browser.cookies)
    with transaction.atomic():
        if step.prepare is not None:
            step.prepare()
        yield counted(step, before)
        transaction.set_rollback(True)
    step.browser.cookies = cookies


def counted(step: Step, before: HttpResponse | None) -> tuple[HttpResponse, int]:
    """What is answered with nothing kept in the cache, and how many statements read or write.

    Those of what waits for the commit count too: it is done at once, since the commit never comes.
    """
    cache.clear()
    BOARD.keep((), HOUR_SECONDS)
    told: list[str] = []

    def listen(execute: Any, sql: str, *rest: Any) -> Any:
        told.append(sql.lstrip("("))
        return execute(sql, *rest)

    committed = TestCase.captureOnCommitCallbacks(execute=True)
    with connection.execute_wrapper(listen), committed:
        answer = step.ask(before)
        if answer.streaming:  # read to its end, an export closes its file
            tuple(answer)
    asked = [sql for sql in told if sql.startswith(ASKED) and not any(t in sql for t in BESIDE)]
    if step.told is None:
        step.told = tuple(asked)
    step.wrote |= any(sql.startswith(WRITTEN) for sql in asked)
    return answer, len(asked)


def again(step: Step, before: HttpResponse | None = None) -> Iterator[tuple[Step, int, int]]:
    """Ask once more, with all that follows: each step, with the new status and count."""
    with asked(step, before) as (answer, count):
        yield step, answer.status_code, count
        for following in step.then:
            yield from again(following, answer)


def distinct(port: str, steps: Iterable[Step], seen: set[tuple[str, Made]]) -> Iterator[Step]:
    """Of steps that ask the same of the database, word for word, the first; and what leads on.

    Five pages of dossiers are one: what is asked for each of many things tells them apart, since
    there is one of it on a page, and none on the other.
    """
    for step in steps:
        made = port, (step.act, step.status, step.told)
        is_new = made not in seen
        seen.add(made)
        step.then = list(distinct(port, step.then, seen))
        if is_new or step.then:
            yield step


def learn(step: Step) -> None:
    """Ask for the first time, with all that follows, and keep how each was answered."""
    for each, status, count in again(step):
        each.status, each.count = status, count
