"""Having servers take a new certificate: their settings are tested first, then they reload.

Commands are run as lists of words, without a shell.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from guichet_client.errors import ClientError, Exit
from guichet_client.wording import Say

TIMEOUT_S: Final = 120
OUTPUT_AT_MOST: Final = 2000
SYSTEMD: Final = Path("/run/systemd/system")

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preset:
    """A server: the test of its settings, and its reload with and without systemd.

    Of several commands, the first whose program is there.
    """

    tests: tuple[Command, ...]
    by_systemd: Command
    by_itself: tuple[Command, ...]


PRESETS: Final[Mapping[str, Preset]] = {
    "nginx": Preset(
        (("nginx", "-t", "-q"),),
        ("systemctl", "reload", "nginx"),
        (("nginx", "-s", "reload"),),
    ),
    "apache": Preset(
        (("apache2ctl", "configtest"), ("apachectl", "configtest"), ("httpd", "-t")),
        ("systemctl", "reload", "apache2"),
        (("apache2ctl", "graceful"), ("apachectl", "graceful"), ("httpd", "-k", "graceful")),
    ),
    "haproxy": Preset(
        (("haproxy", "-c", "-q", "-f", "/etc/haproxy/haproxy.cfg"),),
        ("systemctl", "reload", "haproxy"),
        (("service", "haproxy", "reload"),),
    ),
    # Keycloak reads its files again by itself since 26; before, it must start anew.
    "keycloak": Preset(
        (),
        ("systemctl", "try-restart", "keycloak"),
        (("service", "keycloak", "restart"),),
    ),
}
UNITS_OF_APACHE: Final = {"apache2ctl": "apache2", "apachectl": "httpd", "httpd": "httpd"}


def tests(reloads: Sequence[str]) -> list[Command]:
    """The tests of these servers' settings. Raises ClientError (HOOK) when a program is missing."""
    return [_present(name, PRESETS[name].tests) for name in reloads if PRESETS[name].tests]


def actions(reloads: Sequence[str], commands: Sequence[Command]) -> list[Command]:
    """What follows a certificate's replacement, in order."""
    return [*(_reload(name) for name in reloads), *commands]


def run(command: Command, facts: Mapping[str, str]) -> None:
    """Run one, `facts` told as GUICHET_CLIENT_… variables. Raises ClientError (HOOK)."""
    told = {f"GUICHET_CLIENT_{key.upper()}": value for key, value in facts.items()}
    words = " ".join(command)
    try:
        done = subprocess.run(  # noqa: S603 our own words, no shell
            command,
            env=os.environ | told,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ClientError(Exit.HOOK, Say.HOOK_FAILED, command=words, output=error) from error
    if done.returncode:
        output = done.stdout.decode("utf-8", "replace").strip()[-OUTPUT_AT_MOST:]
        output = output or Say.HOOK_STATUS.text(status=done.returncode)
        raise ClientError(Exit.HOOK, Say.HOOK_FAILED, command=words, output=output)


def _reload(name: str) -> Command:
    preset = PRESETS[name]
    if not SYSTEMD.exists():
        return _present(name, preset.by_itself)
    if name == "apache":
        program = Path(_present(name, preset.tests)[0]).name
        return ("systemctl", "reload", UNITS_OF_APACHE[program])
    return preset.by_systemd


def _present(name: str, alternatives: Sequence[Command]) -> Command:
    """The first whose program is there: /usr/sbin is not on every user's path."""
    path = os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/sbin" + os.pathsep + "/sbin"
    for words in alternatives:
        if found := shutil.which(words[0], path=path):
            return (found, *words[1:])
    wanted = ", ".join(words[0] for words in alternatives)
    raise ClientError(Exit.HOOK, Say.PROGRAM_MISSING, name=name, wanted=wanted)
