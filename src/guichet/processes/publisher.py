"""The publisher process: what relying parties read is made here, and watched.

Without the database it goes on: answers are signed again from what is published.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from guichet.associations import signing
from guichet.associations.publishing import Bulletin
from guichet.authority.heartbeat import beat
from guichet.database.stillness import Stillness
from guichet.processes import transparency
from guichet.processes.outlet import Shipping
from guichet.processes.seldom import Patient, Seldom
from guichet.validation import responder_keys
from guichet.validation.copies.outlet import Origin
from guichet.validation.exclusive import in_turn
from guichet.validation.publisher import Publisher
from guichet.validation.watch import loop as watch

logger = logging.getLogger(__name__)
IDLE_SECONDS: Final = 0.4
LOOKS: Final = 5
"""Of those, one for what time alone brings, and for what was lost of the published folder."""
WATCHDOG_STOP_SECONDS: Final = 5.0
Step = Callable[[datetime], object]


def run(stop: threading.Event) -> None:
    """Publish until told to stop; wait while another publisher is at work, to take over."""
    in_turn(settings.GUICHET.published, stop, lambda: _publish(stop))


def _publish(stop: threading.Event) -> None:
    environment = settings.GUICHET
    publisher = Publisher(environment.published, environment.state / "responder")
    shipping: Shipping | None = None
    if environment.publication:
        origin = Origin(environment.published, lambda: publisher.store)
        keys = environment.publication_keys
        shipping = Shipping(environment.publication, origin, keys, stop)
        shipping.start()
    watchdog = threading.Thread(target=watch.run, args=(stop,), name="watchdog", daemon=True)
    watchdog.start()
    log = threading.Thread(target=transparency.run, args=(stop,), name="log")
    log.start()
    try:
        _make_rounds(publisher, stop)
    finally:
        if shipping is not None:
            shipping.join()
        stop.set()
        log.join()
        publisher.close()
        watchdog.join(WATCHDOG_STOP_SECONDS)


def live(_at: datetime) -> None:
    """Tell that the publisher makes its rounds. Raises OSError."""
    beat("publisher")


def _make_rounds(publisher: Publisher, stop: threading.Event) -> None:
    sign_again = Patient(publisher.sign_again)
    steps = (
        Patient(publisher.publish_statuses),
        Patient(publisher.publish_lists),
        sign_again,
        Patient(Bulletin(settings.GUICHET.published).publish),
        Patient(Seldom(responder_keys.maintain, timedelta(seconds=5))),
        Patient(Seldom(signing.maintain, timedelta(seconds=5))),
    )
    stillness, living = Stillness(LOOKS), Patient(live)
    while not stop.is_set():
        close_old_connections()
        if stillness.is_over():
            # The others would each wait for the database before they give it up.
            possible = (sign_again,) if stillness.is_away else steps
            had_work = make_a_round(possible, timezone.now())
            living(timezone.now())
            if had_work:
                continue
            if not stillness.is_away and all(step.is_well for step in steps):
                stillness.begin()
        stop.wait(IDLE_SECONDS)


def make_a_round(steps: Iterable[Step], at: datetime) -> bool:
    """Every step once; tell whether any had work and so may have more.

    One that fails is logged and does not hold up the others.
    """
    done = False
    for step in steps:
        close_old_connections()
        try:
            done = bool(step(at)) or done
        except Exception:
            logger.exception("the publisher's step %s failed; it goes on", step.__name__)
    return done
