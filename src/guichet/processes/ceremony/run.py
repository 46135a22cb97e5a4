"""Holding a ceremony: each step announced, confirmed, done, kept; nothing is done twice."""

import fcntl
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from cryptography.hazmat.backends.openssl.backend import backend
from django.utils import timezone

from guichet.domain.ceremonies.plan import DIVIDED, Officer
from guichet.domain.ceremonies.steps import Step, StepKind, steps
from guichet.domain.ceremonies.transcript import sha256
from guichet.journal.events import Event
from guichet.keystore import Keystore, KeystoreError
from guichet.processes.ceremony import acts, bundle, custody, seal
from guichet.processes.ceremony.desk import HaltedError
from guichet.processes.ceremony.record import Fact, Record, write_whole
from guichet.processes.ceremony.setting import PLAN_NAME, Setting, card_of
from guichet.processes.ceremony.telling import tell

LOCK: Final = "lock"
SOFTWARE: Final = ("guichet", "cryptography", "pycryptodome", "python-pkcs11", "typst")
Facts = Mapping[str, Fact]


def hold(setting: Setting) -> Path:
    """Hold the ceremony from where it stands to its end; return the folder of its transcript.

    Raises HaltedError: somebody said no, a step failed, or another terminal holds it; the same call
    goes on from there.
    """
    with alone(setting.folder):
        return _held(setting)


def _held(setting: Setting) -> Path:
    record = Record(setting.folder)
    every = steps(setting.plan)
    write_whole(setting.folder / PLAN_NAME, setting.plan.text)
    setting.desk.checklist(tuple((step, record.is_done(step)) for step in every))
    under_way = _UnderWay(setting, record)
    for number, step in enumerate(every, start=1):
        if record.is_done(step):
            continue
        setting.desk.announce(number, len(every), step)
        if not setting.desk.confirm(f"{step.english}?"):
            raise HaltedError("Stopped here. Run the same command to go on.")
        begun = timezone.now()
        facts = under_way.do(step, begun)
        record.add(step, begun, timezone.now(), facts)
    return bundle.finish(setting, record)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep any other terminal from the same ceremony. Raises HaltedError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / LOCK).open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HaltedError("Another terminal holds this ceremony: go on there.") from error
        yield


@dataclass(slots=True)
class _UnderWay:
    """A ceremony under way: the keystore is opened once, by the step that does or when needed."""

    setting: Setting
    record: Record
    keystore: Keystore | None = None

    def do(self, step: Step, at: datetime) -> Facts:
        """Do a step, and tell what came of it."""
        match step.kind:
            case StepKind.OPEN:
                return _open(self.setting, at)
            case StepKind.PRESENCE if step.officer is not None:
                return _presence(self.setting, step.officer, at)
            case StepKind.CUSTODY:
                return self._custody(at)
            case StepKind.ACT if step.act is not None:
                return acts.perform(step, step.act, self.setting, self._opened(at), self.record, at)
            case _:
                return {}

    def _custody(self, at: datetime) -> Facts:
        try:
            self.keystore, facts = custody.take_up(self.setting)
        except KeystoreError as error:
            raise HaltedError(str(error)) from error
        if self.setting.plan.custody in DIVIDED:
            seq = tell(Event.SHARES_HANDED_OUT, self.setting.plan, at, facts)
            return {**facts, "journal": str(seq)}
        return {**facts, **self._joined(at, facts)}

    def _joined(self, at: datetime, facts: Facts) -> Facts:
        """Whose shares opened the keystore, told each time that they do."""
        if "joined" not in facts:
            return {}
        told = {"set": facts["set"], "joined": facts["joined"], "moment": at.isoformat()}
        return {"journal": str(tell(Event.SHARES_JOINED, self.setting.plan, at, told))}

    def _opened(self, at: datetime) -> Keystore:
        """The keystore, opened again when an earlier run went past its step."""
        if self.keystore is None:
            of_set = str(self.record.facts("custody").get("set", ""))
            self.keystore, facts = custody.reopen(self.setting, of_set)
            self._joined(at, facts)
        return self.keystore


def _open(setting: Setting, at: datetime) -> Facts:
    plan = setting.plan
    certificate = seal.make(setting.folder, plan, at)
    told: dict[str, Fact] = {
        "plan": plan.sha256,
        "environment": plan.environment,
        "seal": sha256(certificate),
        "rehearsal": int(setting.is_rehearsal),
    }
    seq = tell(Event.CEREMONY_BEGUN, plan, at, told)
    return {
        "seal_sha256": sha256(certificate),
        "python": platform.python_version(),
        "openssl": backend.openssl_version_text(),
        **{name: version(name) for name in SOFTWARE},
        "journal": str(seq),
    }


def _presence(setting: Setting, officer: Officer, at: datetime) -> Facts:
    question = f"{officer.name} ({officer.role}) is here, and an identity document was seen?"
    if not setting.desk.confirm(question):
        raise HaltedError(f"{officer.name} is awaited. Run the same command to go on.")
    card = card_of(officer, setting.beside)
    facts: dict[str, Fact] = {"officer": officer.name, "role": officer.role}
    facts |= {"card_sha256": sha256(card)} if card else {}
    return facts | {"journal": str(tell(Event.OFFICER_PRESENT, setting.plan, at, facts))}
