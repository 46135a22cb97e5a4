"""The verbs of `guichet ceremony` behind the command line; each returns its exit code."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from guichet.domain.ceremonies.plan import PlanError
from guichet.domain.ceremonies.steps import steps
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.keystore import KeystoreError, open_keystore
from guichet.processes import passphrases
from guichet.processes.ceremony import bundle, custody, guard, plans, rehearsal, run, seal
from guichet.processes.ceremony.desk import Desk, HaltedError, TerminalDesk
from guichet.processes.ceremony.record import write_whole
from guichet.processes.ceremony.setting import Setting
from guichet.processes.told import ACTOR
from guichet.x509.errors import Unreadable

DONE, HALTED, WRONG = 0, 1, 2
FOLDER: Final = "ceremonies"


def plan(path: Path, desk: Desk | None = None) -> int:
    """Check a plan, or write one from questions when its file is not there; show its steps."""
    desk = desk or TerminalDesk()

    def shown() -> None:
        if path.exists():
            found = plans.load(path)
        else:
            keystore = settings.GUICHET.keystore
            found = plans.write(path, desk, keystore, timezone.localdate())
            desk.say(f"Written: {path}. Complete it by hand where needed.")
        desk.checklist(tuple((step, False) for step in steps(found)))
        desk.say(f"Ceremony {found.id}. Rehearse it: guichet ceremony dry-run {path}")

    return _guarded(desk, shown)


def hold(path: Path, desk: Desk | None = None) -> int:
    """Hold a ceremony, or go on with one that was cut."""
    desk = desk or TerminalDesk()

    def held() -> None:
        environment = settings.GUICHET
        found = plans.load(path)
        setting = Setting(
            plan=found,
            beside=path.parent,
            files=path.parent,
            folder=environment.state / FOLDER / found.id,
            desk=desk,
            open_keystore=lambda secret: open_keystore(environment.keystore, secret),
            in_service=passphrases.secret(environment),
            pki_base=environment.pki_url,
        )
        guard.check(setting, environment.keystore)
        for other in setting.folder.parent.glob(f"*/{seal.KEY}"):
            if other.parent != setting.folder:
                desk.say(f"Mind: another ceremony was begun and is not over, {other.parent}.")
        made = run.hold(setting)
        desk.say(f"The ceremony is over. Transcript: {made}")
        desk.say(
            "Print transcript.pdf and have it signed; `guichet ceremony unlock` opens service."
        )

    return _guarded(desk, held)


def rehearse(path: Path, into: Path | None, *, unattended: bool, short: bool) -> int:
    """Rehearse a plan; the process was given a state folder for that alone."""
    desk = TerminalDesk()

    def rehearsed() -> None:
        found = plans.load(path)
        target = into or path.parent / f"rehearsal-{found.id}"
        made = rehearsal.rehearse(found, path.parent, target, unattended=unattended, short=short)
        desk.say(f"Rehearsed. Transcript: {made}")

    return _guarded(desk, rehearsed)


def unlock(to: Path | None, desk: Desk | None = None) -> int:
    """Join officers' shares and write the credential that the signer reads; print nothing of it."""
    desk = desk or TerminalDesk()

    def unlocked() -> None:
        environment = settings.GUICHET
        place = to or environment.keystore_passphrase_file
        path = place or passphrases.default_path(environment)
        if path.exists():
            raise HaltedError(f"{path} is there already: the signer reads it, or remove it first.")
        joined = custody.assemble(desk)
        try:
            keystore = open_keystore(environment.keystore, joined.secret)
            for label in sorted(keystore.labels())[:1]:
                keystore.public_key(label)
        except KeystoreError as error:
            raise HaltedError(str(error)) from error
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, joined.secret)
        with transaction.atomic():
            journal.record(
                Event.SHARES_JOINED,
                subject="keystore",
                actor=ACTOR,
                at=timezone.now(),
                facts=joined.facts,
            )
        desk.say(f"The keystore opens. Its secret is in {path}, for its owner alone.")

    return _guarded(desk, unlocked)


def sign(folder: Path, officer: int, desk: Desk | None = None) -> int:
    """Add an officer's signature to a transcript, by the card's file."""
    desk = desk or TerminalDesk()

    def signed() -> None:
        path = Path(desk.ask("The officer's card: file .p12, or .pem with key and certificate"))
        password = desk.ask_secret("Its password").encode()
        try:
            name = bundle.sign(folder, officer, path, password)
        except (OSError, Unreadable) as error:
            raise HaltedError(f"Not signed: {custody.explain(error)}") from error
        desk.say(f"Signed by {name}.")

    return _guarded(desk, signed)


def _guarded(desk: Desk, work: Callable[[], None]) -> int:
    """Do something of a ceremony; what stops it is told in words."""
    try:
        work()
    except PlanError as error:
        desk.refuse("The plan cannot be followed:")
        for line in error.lines:
            desk.refuse(f"  {line}")
        return WRONG
    except HaltedError as error:
        desk.refuse(str(error))
        return HALTED
    except (KeyboardInterrupt, EOFError):
        desk.refuse("\nStopped. Run the same command to go on.")
        return HALTED
    return DONE
