"""The clerk process: collects what was issued, sends e-mails, watches deadlines."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Final

from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.utils import timezone

from guichet.authority.heartbeat import beat
from guichet.automation.webhooks import writing
from guichet.automation.webhooks.dispatching import Dispatcher
from guichet.database.stillness import Stillness
from guichet.habilitations.operations.delegating import open_due
from guichet.habilitations.operations.digest import digest
from guichet.habilitations.operations.examining import examine_due
from guichet.habilitations.operations.recovering import settle
from guichet.habilitations.operations.refreshing import refresh_companies
from guichet.habilitations.operations.reminding import remind
from guichet.habilitations.operations.renewing import carry_automatically
from guichet.habilitations.operations.scanning import scan_pending, sweep
from guichet.habilitations.operations.upkeep import check_domains_again, purge_what_is_over
from guichet.identities import operations as identities
from guichet.journal import checkpoints
from guichet.notifications.delivery import deliver_due
from guichet.orders.operations.counting import count_days
from guichet.orders.operations.incident_calling import call_holders
from guichet.orders.operations.incident_preparing import search_incidents
from guichet.orders.operations.incident_running import run_incidents
from guichet.orders.operations.issuing import collect_issued, expire_unwithdrawn
from guichet.orders.operations.reminding import remind as remind_of_products
from guichet.orders.operations.telling import tell_left_over
from guichet.processes import retention
from guichet.processes.seldom import Patient, Seldom
from guichet.samples import operations as samples
from guichet.validation import alarms
from guichet.web import traces

IDLE_SECONDS: Final = 0.5
LOOKS: Final = 4
"""Of those, one for what time alone brings: the steps that run seldom, and what is due."""


def forget_ended_sessions(at: datetime) -> int:
    """Delete sessions that are over, with whatever was typed and waited in them; how many."""
    ended = Session.objects.filter(expire_date__lte=at)
    return ended.delete()[0] if ended.exists() else 0


def live(_at: datetime) -> None:
    """Tell that the clerk makes its rounds."""
    beat("clerk")


LIVE: Final = Patient(live)
# In this order: what people wait for first.
STEPS: Final[tuple[Callable[[datetime], object], ...]] = (
    collect_issued,
    samples.collect,
    run_incidents,
    search_incidents,
    scan_pending,
    deliver_due,
    writing.write_due,
    checkpoints.write,
    expire_unwithdrawn,
    examine_due,
    Seldom(digest, timedelta(minutes=1)),
    Seldom(identities.end_what_is_over, timedelta(minutes=1)),
    Seldom(open_due, timedelta(minutes=1)),
    Seldom(carry_automatically, timedelta(minutes=1)),
    Seldom(settle, timedelta(minutes=1)),
    Seldom(refresh_companies, timedelta(minutes=10)),
    Seldom(check_domains_again, timedelta(hours=1)),
    Seldom(remind, timedelta(hours=6)),
    Seldom(remind_of_products, timedelta(minutes=1)),
    Seldom(tell_left_over, timedelta(minutes=1)),
    Seldom(call_holders, timedelta(seconds=10)),
    Seldom(writing.write_endings, timedelta(minutes=10)),
    Seldom(writing.purge, timedelta(hours=1)),
    Seldom(samples.forget, timedelta(hours=1)),
    Seldom(purge_what_is_over, timedelta(hours=6)),
    Seldom(retention.let_go, timedelta(days=1)),
    Seldom(count_days, timedelta(minutes=10)),
    Seldom(alarms.guarding(), timedelta(minutes=1)),
    sweep,
    forget_ended_sessions,
    LIVE,
)


def run(stop: threading.Event) -> None:
    """Make rounds until told to stop; receivers of webhooks are waited for in other threads."""
    webhooks = threading.Thread(target=Dispatcher().run, args=(stop,), name="webhooks")
    webhooks.start()
    stillness, rounds = Stillness(LOOKS), Rounds()
    while not stop.is_set():
        close_old_connections()
        if stillness.is_over():
            now = timezone.now()
            if stillness.is_away:
                LIVE(now)  # each step would wait for the database before it gives it up
            elif rounds.make(now):
                stillness.begin()
        stop.wait(IDLE_SECONDS)
    webhooks.join()


class Rounds:
    """Of all the steps: one that fails rests, tells the same fault once, and holds up no other."""

    def __init__(self) -> None:
        self._steps = [Patient(_traced(step)) for step in STEPS]

    def make(self, at: datetime) -> bool:
        """Every step once; whether none failed, or rests since it did."""
        for step in self._steps:
            close_old_connections()
            step(at)
        return all(step.is_well for step in self._steps)


def _traced(step: Callable[[datetime], object]) -> Callable[[datetime], object]:
    @wraps(step, assigned=("__name__",), updated=())
    def traced(at: datetime) -> object:
        with traces.span("clerk", step=step.__name__):
            return step(at)

    return traced
