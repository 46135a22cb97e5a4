"""The systemd units that renew what is due, twice a day."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from guichet_client import files
from guichet_client.errors import ClientError, Exit
from guichet_client.wording import Say

NAME: Final = "guichet-client"
UNITS: Final = Path("/etc/systemd/system")
SERVICE: Final = """\
[Unit]
Description=Renew the certificates of this server that are due
Documentation=man:systemd.timer(5)
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={command} --config "{config}" --state "{state}" renew --all
# The server was away, or has not answered yet: the next run goes on.
SuccessExitStatus=4 6 7
TimeoutStartSec=30min
UMask=0077
ProtectHome=yes
PrivateTmp=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
"""
TIMER: Final = """\
[Unit]
Description=Twice a day, renew the certificates of this server that are due

[Timer]
OnCalendar=*-*-* 00,12:00:00
# Servers set up alike do not call in the same minute; each keeps its own.
RandomizedDelaySec=6h
FixedRandomDelay=yes
Persistent=yes

[Install]
WantedBy=timers.target
"""


def units(config: Path, state: Path) -> dict[str, str]:
    """The files of the service and of its timer; systemd runs them from another folder."""
    places = {"config": config.absolute(), "state": state.absolute()}
    service = SERVICE.format(command=_command(), **places)
    return {f"{NAME}.service": service, f"{NAME}.timer": TIMER}


def install(folder: Path, texts: dict[str, str], *, start: bool) -> list[Path]:
    """Write the units; have systemd run the timer when asked. Raises ClientError (FILES, HOOK)."""
    if not folder.is_dir():
        raise ClientError(Exit.FILES, Say.NO_UNIT_FOLDER, path=folder)
    for name, text in texts.items():
        files.write(folder / name, text.encode())
    if start:
        _systemctl("daemon-reload")
        _systemctl("enable", "--now", f"{NAME}.timer")
    return [folder / name for name in texts]


def _command() -> str:
    """How this very program is called: by its script, or by its interpreter."""
    script = shutil.which(NAME)
    return f'"{script}"' if script else f'"{sys.executable}" -m guichet_client'


def _systemctl(*arguments: str) -> None:
    words = ("systemctl", *arguments)
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError as error:
        raise ClientError(Exit.HOOK, Say.NO_SYSTEMD, error=error) from error
    if done.returncode:
        command, output = " ".join(words), done.stderr.strip()
        raise ClientError(Exit.HOOK, Say.HOOK_FAILED, command=command, output=output)
