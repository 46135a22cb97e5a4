"""Keys of the delegated OCSP responders: one per authority, in `<state>/responder/`."""

from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from guichet.authority import queries
from guichet.authority.queries import Authority
from guichet.domain.certificates.authority_states import Work
from guichet.journal.events import Event
from guichet.validation.delegated_keys import DelegatedKey, Kind
from guichet.validation.files import replace
from guichet.validation.signers import NEVER

RESPONDER: Final = Kind(
    profile="OCSP",
    label="OCSP",
    actor="responder",
    asked=Event.RESPONDER_KEY_REQUESTED,
    installed=Event.RESPONDER_KEY_INSTALLED,
)


def maintain(at: datetime) -> int:
    """Ask for, then install, the keys that are missing or past half their life.

    An authority that retires still answers; one without a key here, or that is over, does not.
    Returns how many requests or installations were made; call it again once the signer ran.
    """
    done = 0
    for authority in queries.authorities():
        if authority.permits(Work.DELEGATES):
            done += DelegatedKey(RESPONDER, authority, folder()).maintain(at)
        else:
            _close(authority)
    return done


def folder() -> Path:
    """Where the keys are: readable by the responder's user alone."""
    found: Path = settings.GUICHET.state / "responder"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def _close(authority: Authority) -> None:
    """Nobody will sign answers of this authority: the publisher need not try again."""
    mark = folder() / f"{authority.code}{NEVER}"
    if not mark.exists():
        (folder() / f"{authority.code}.next.pem").unlink(missing_ok=True)
        replace(mark, b"", mode=0o600)
