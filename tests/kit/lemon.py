"""LemonLDAP::NG of Debian with a state of its own, in a folder that its user reads."""

import grp
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MODULES: Final = ("rewrite", "fcgid")
STATE: Final = "/var/lib/lemonldap-ng"
SETTINGS: Final = Path("/etc/lemonldap-ng/lemonldap-ng.ini")
FIRST: Final = Path(STATE) / "conf" / "lmConf-1.json"
SETTINGS_NAME: Final = "LLNG_DEFAULTCONFFILE"
SERVICE: Final = "www-data"


@dataclass(frozen=True)
class Place:
    """Where a portal lives: its folder, what the guide's names mean in it, how it finds itself."""

    folder: Path
    values: dict[str, str]
    environment: dict[str, str]


@contextmanager
def portal(files: Path, root: Path) -> Iterator[Place]:
    """A new portal beside a copy of the files of a product and a server; it is gone after.

    `files` has the folders monservice and serveur, `root` is whom the portal trusts.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for copied in ("monservice", "serveur"):
            shutil.copytree(files / copied, folder / copied)
        shutil.copy(root, folder / "root.pem")
        for made in ("sessions/lock", "psessions/lock", "notifications", "cache", "conf", "fcgid"):
            (folder / "state" / made).mkdir(parents=True)
        state = str(folder / "state")
        for source, to in ((SETTINGS, "lemonldap-ng.ini"), (FIRST, f"state/conf/{FIRST.name}")):
            (folder / to).write_text(source.read_text().replace(STATE, state))
        if os.geteuid() == 0:
            _give(folder)
        yield Place(
            folder=folder,
            values={
                "/etc/ssl/monservice": f"{folder}/monservice",
                "/etc/ssl/serveur": f"{folder}/serveur",
                "/etc/ssl/certs/ca-certificates.crt": f"{folder}/root.pem",
                "auth.exemple.fr": "localhost",
                SERVICE: SERVICE if os.geteuid() == 0 else grp.getgrgid(os.getgid()).gr_name,
            },
            environment={SETTINGS_NAME: f"{folder}/lemonldap-ng.ini"},
        )


def environment(folder: Path) -> str:
    """What tells Apache's portal of its state; the folder is that of `portal`."""
    return (
        f"\nFcgidIPCDir {folder}/state/fcgid\n"
        f"FcgidProcessTableFile {folder}/state/fcgid_shm\n"
        f"FcgidInitialEnv {SETTINGS_NAME} {folder}/lemonldap-ng.ini\n"
    )


def _give(folder: Path) -> None:
    """The state is the service's own, the rest is read by everybody, as the packages leave it."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    for path in (folder / "state", *(folder / "state").rglob("*")):
        shutil.chown(path, SERVICE, SERVICE)
