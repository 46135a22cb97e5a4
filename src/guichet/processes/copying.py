"""The copy process: what a publisher ships elsewhere, taken into the folder of responders here.

No Django, no database, no key but the public one of the publisher.
"""

import logging
import threading
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guichet.conf.environment import Environment
from guichet.conf.readers import ConfigurationError
from guichet.validation.copies import seals, standing
from guichet.validation.copies.follower import Follower
from guichet.validation.copies.places import Place
from guichet.validation.copies.refusals import PublicationRefusedError
from guichet.validation.copies.standing import Standing
from guichet.validation.exclusive import in_turn

logger = logging.getLogger(__name__)
POLL_SECONDS: Final = 0.5
TROUBLE_SECONDS: Final = 1.0
REFUSED_SECONDS: Final = 5.0
TOLD_EVERY: Final = timedelta(seconds=5)


def run(environment: Environment, stop: threading.Event) -> None:
    """Copy until told to stop; wait while another process writes in the folder.

    Raises ConfigurationError, and PlaceError for an address that nothing installed here can open.
    """
    place, key = Place(_required(environment)), _key(environment.publication_key)
    folder = environment.published
    in_turn(folder, stop, lambda: Copying(place, key, folder).run(stop))


def _required(environment: Environment) -> str:
    if not environment.publication:
        raise ConfigurationError(
            "GUICHET_PUBLICATION: say where the publication is, such as s3://…"
        )
    return environment.publication


def _key(text: str) -> Ed25519PublicKey:
    try:
        return seals.read(text)
    except ValueError as error:
        raise ConfigurationError(
            "GUICHET_PUBLICATION_KEY: say what “guichet publication key” prints at the publisher's"
        ) from error


class Copying:
    """Rounds of one copy, and how it stands."""

    def __init__(self, place: Place, key: Ed25519PublicKey, published: Path) -> None:
        self._place = place
        self._key = key
        self._published = published
        self._standing = standing.read(published / standing.COPY) or Standing(0, None)
        self._follower: Follower | None = None
        self._refused = ""

    def run(self, stop: threading.Event) -> None:
        """Follow until told to stop, whatever happens."""
        self._tell(self._standing)
        while not stop.is_set():
            stop.wait(self.make_a_round())
        self._close()

    def make_a_round(self) -> float:
        """Take what is new; return after how many seconds to look again."""
        before = self._standing
        try:
            self._follower = self._follower or Follower(self._place, self._key, self._published)
            head = self._follower.follow()
        except PublicationRefusedError as refusal:
            if self._refused != str(refusal):
                # A shared folder may show the head before what it names.
                self._refused = str(refusal)
                return TROUBLE_SECONDS
            self._tell(Standing(before.sequence, before.published_at, refused=self._refused))
            return REFUSED_SECONDS
        except Exception as error:
            self._close()
            trouble = str(error) or type(error).__name__
            self._tell(Standing(before.sequence, before.published_at, trouble=trouble))
            return TROUBLE_SECONDS
        self._refused = ""
        if head is not None:
            self._tell(Standing(head.sequence, head.at))
        return POLL_SECONDS

    def _close(self) -> None:
        if self._follower is not None:
            self._follower.close()
            self._follower = None

    def _tell(self, said: Standing) -> None:
        path = self._published / standing.COPY
        if (said.refused, said.trouble) != (self._standing.refused, self._standing.trouble):
            logger.error("%s", said.refused or said.trouble or "the publication is taken again")
        elif path.exists() and not _is_later(said, self._standing):
            return
        self._standing = said
        try:
            said.write(path)
        except OSError:
            logger.exception("how the copy stands cannot be written")


def _is_later(said: Standing, before: Standing) -> bool:
    if said.published_at is None or before.published_at is None:
        return said.published_at != before.published_at
    return abs(said.published_at - before.published_at) >= TOLD_EVERY
