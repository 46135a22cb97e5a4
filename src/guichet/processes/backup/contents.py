"""What is in a backup, where it comes from, and what is not in it, with the reason."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from guichet.conf.environment import Environment
from guichet.processes import passphrases
from guichet.processes.backup import owners
from guichet.processes.backup.archive import Member
from guichet.processes.backup.manifest import FileFacts
from guichet.processes.backup.owners import Owner

STATE: Final = "state/"
KEYSTORE: Final = "keystore/"
SIGNING: Final = "django-secret"
CHECKPOINTS: Final = "checkpoints.jsonl"
REGISTERS: Final = "registers.sqlite"
UNLOCKING: Final = "secrets/keystore"
ASIDE: Final = "before-restore-"
"""Begins the names of folders, and schemas, that keep what was there before a restore."""
OF_SQLITE: Final = ("", "-wal", "-shm", "-journal")
"""What the names of a SQLite database's files add to its own (https://www.sqlite.org/tempfiles.html)."""
FOLDER: Final = "backups"
ENCRYPTED: Final = ".age"
KEY: Final = "backup"
"""Folder of the key that signs manifests."""
REMADE: Final[Mapping[str, str]] = {
    "published": "made again from the database; the numbers of the lists are in the manifest",
    "responder": "keys of a few days: the publisher asks for new ones",
    "static": "made again by “guichet init”",
    "log": "logs of the processes",
    "run": "signs of life of the processes",
    FOLDER: "the backups themselves",
}
NO_REGISTERS: Final = "public registers: import them again (“guichet directory import”)"
NOT_UNLOCKED: Final = (
    "the keystore's passphrase: without it the keys in this backup open nothing; keep it elsewhere"
)
ELSEWHERE: Final = "the keys are in a token, which has backups of its own: {}"


@dataclass(frozen=True, slots=True)
class Choice:
    """What an operator leaves out or puts in."""

    registers: bool = True
    passphrase: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of an installation are, as its environment says."""

    state: Path
    keystore: Path | None  # None: on a token
    keystore_name: str
    secret: Path
    passphrase: Path
    registers: Path
    database: Path | None  # None: on a server

    @classmethod
    def of(cls, environment: Environment) -> "Places":
        """As this process would use them."""
        scheme, _, rest = environment.keystore.partition(":")
        url = environment.database_url
        return cls(
            state=environment.state,
            keystore=Path(rest).resolve() if scheme == "file" else None,
            keystore_name="file" if scheme == "file" else named_token(environment.keystore),
            secret=environment.secret_file,
            passphrase=passphrases.place(environment),
            registers=environment.registers,
            database=Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:") else None,
        )

    def of_member(self, name: str) -> Path | None:
        """Where a member goes; None for what is no part of this installation."""
        if name.startswith(STATE):
            return self.state / name.removeprefix(STATE)
        if name.startswith(KEYSTORE) and self.keystore is not None:
            return self.keystore / name.removeprefix(KEYSTORE)
        if name == SIGNING:
            return self.secret
        if name == CHECKPOINTS:
            return self.state / "journal" / CHECKPOINTS
        return self.registers if name == REGISTERS else None

    def is_of_registers(self, path: Path) -> bool:
        """Whether a path is the file of the public registers, one beside it (SQLite's log), or a
        folder of nothing else.
        """
        if path.is_dir():
            within = [one for one in path.rglob("*") if one.is_file()]
            return bool(within) and all(map(self.is_of_registers, within))
        return path in beside(self.registers)

    def original_of(self, name: str) -> Path | None:
        """What a copied member was copied from, if it is a file."""
        found = self.database if name.startswith("database.") else self.of_member(name)
        return found if found and found.exists() else None


def beside(database: Path) -> tuple[Path, ...]:
    """The files of a SQLite database, there or not: itself first."""
    return tuple(database.with_name(f"{database.name}{suffix}") for suffix in OF_SQLITE)


def folders(places: Places, files: Iterable[FileFacts]) -> tuple[tuple[str, Owner], ...]:
    """The folders of these files, outermost first, with who may enter them."""
    names = {parent.as_posix() for one in files for parent in PurePosixPath(one.name).parents[:-1]}
    found = ((name, places.of_member(f"{name}/")) for name in sorted(names))
    return tuple((name, owners.of(path)) for name, path in found if path and path.is_dir())


def named_token(url: str) -> str:
    """A PKCS#11 address without its attributes that may hold a PIN (RFC 7512 2.4)."""
    parts = urlsplit(url)
    return f"{parts.scheme}:{parts.path}"


def members(places: Places, choice: Choice) -> Iterator[Member]:
    """Files of the state folder, the keystore and the signing secret; the rest is copied apart.

    Raises OSError for a folder that this user may not read.
    """
    if places.secret.is_file():
        yield Member(SIGNING, places.secret)
    if choice.passphrase and places.passphrase.is_file():
        yield Member(STATE + UNLOCKING, places.passphrase)
    if places.keystore is not None:
        for path in _files(places.keystore):
            yield Member(KEYSTORE + path.relative_to(places.keystore).as_posix(), path)
    for path in _files(places.state, _is_remade):
        name = path.relative_to(places.state).as_posix()
        if _is_ours(path, name, places):
            yield Member(STATE + name, path)


def _files(folder: Path, beside: Callable[[str], bool] = lambda _: False) -> Iterator[Path]:
    """The files in a folder and below it, less folders at its top whose names are `beside` it.

    Raises OSError for a folder that this user may not read: its files would be missed in silence.
    """
    found: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        if Path(parent) == folder:
            folders[:] = [name for name in folders if not beside(name)]
        found += (Path(parent, name) for name in names)
    return (path for path in sorted(found) if path.is_file() and not path.is_symlink())


def _refuse(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _is_remade(top: str) -> bool:
    return top in REMADE or top.startswith(ASIDE)


def _is_ours(path: Path, name: str, places: Places) -> bool:
    top = name.partition("/")[0]
    if _is_remade(top) or name == f"journal/{CHECKPOINTS}":
        return False
    if any(part.startswith(".") for part in name.split("/")) or path.suffix == ENCRYPTED:
        return False  # aside, or a backup kept within the state
    if places.is_of_registers(path) or path == places.secret:
        return False
    if places.keystore is not None and path.is_relative_to(places.keystore):
        return False
    if places.database is not None and path in beside(places.database):
        return False
    return name != UNLOCKING and path != places.passphrase


def left_out(places: Places, choice: Choice) -> Mapping[str, str]:
    """What is not in the backup, and why."""
    found = dict(REMADE)
    if not choice.registers:
        found[REGISTERS] = NO_REGISTERS
    if places.keystore is None:
        found["keystore"] = ELSEWHERE.format(places.keystore_name)
    if not choice.passphrase:
        found[UNLOCKING] = NOT_UNLOCKED
    return found
