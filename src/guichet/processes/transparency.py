"""The journal's log at work: beside the publisher, in a thread that holds nothing up."""

import threading
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone

from guichet.authority import recovery
from guichet.journal import log, publishing
from guichet.journal.endorsing import Endorser
from guichet.journal.publishing import LogWriter, Places
from guichet.journal.tiles import reader
from guichet.processes import timestamping
from guichet.processes.seldom import Patient
from guichet.processes.witnessing import post
from guichet.validation.exclusive import exclusive
from guichet.validation.files import replace, sweep

IDLE_SECONDS: Final = 0.5
STAMPING_STOP_SECONDS: Final = 5.0


def places() -> Places:
    """Where the log of these settings is. Its key keeps the name that it was made with."""
    environment = settings.GUICHET
    address = urlsplit(environment.pki_url)
    return Places(
        published=log.published(),
        keys=environment.state / publishing.FOLDER,
        origin=f"{address.netloc}{address.path.rstrip('/')}/{log.FOLDER}",
        write=replace,
    )


def endorser() -> Endorser:
    """Who asks the witnesses of these settings."""
    return Endorser(settings.GUICHET.journal_witnesses, reader(log.published()), post)


def run(stop: threading.Event) -> None:
    """Integrate what the journal tells, until told to stop; to be run by who publishes alone."""
    where = places()
    folders = (path for path in where.published.rglob("*") if path.is_dir())
    sweep(where.published, where.keys, *folders)
    stamping = timestamping.start(stop, where, settings.GUICHET.journal_tsa)
    step = Patient(_Held(LogWriter(where, endorser())).integrate)
    try:
        while not stop.is_set():
            close_old_connections()
            if not step(timezone.now()):
                stop.wait(IDLE_SECONDS)
    finally:
        connections.close_all()
        stamping.join(STAMPING_STOP_SECONDS)


class _Held:
    """A log that rests while a restored journal waits: whether it goes on is decided with it.

    Nothing is restored under a process that runs: once clear, it is not asked again.
    """

    def __init__(self, writer: LogWriter) -> None:
        self._writer = writer
        self._is_clear = False

    def integrate(self, at: datetime) -> int:
        """As the writer does. Raises django.db.Error."""
        self._is_clear = self._is_clear or not recovery.is_held()
        return self._writer.integrate(at) if self._is_clear else 0


def catch_up(at: datetime) -> int:
    """Integrate everything now, while no publisher runs; return how many entries the log holds.

    Nothing while a restored journal waits. Raises BusyError, LogStoppedError.
    """
    if recovery.is_held():
        return 0
    with exclusive(settings.GUICHET.published):
        return publishing.catch_up(places(), at)
