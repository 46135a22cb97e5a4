"""What may be written behind `guichet-client`."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from guichet_client import __version__, store, timer
from guichet_client.protocols.acme_revocation import REASONS
from guichet_client.settings import FORMATS
from guichet_client.wording import Say

CONFIG: Final = Path("/etc/guichet-client")


class Arguments(argparse.Namespace):
    """The command line, parsed."""

    command: str
    config: Path
    state: Path
    json: bool
    verbose: bool
    dry_run: bool
    force: bool
    yes: bool
    no_start: bool
    jitter: int
    names: list[str]
    reason: str
    format: str
    output: Path
    password_file: Path | None
    unit_dir: Path


def parsed(argv: Sequence[str] | None) -> Arguments:
    """Parse a command line; argparse prints what is wrong with it and ends with 2."""
    found = _parser().parse_args(argv, Arguments(all=False))
    if found.command == "renew" and not found.names and not found.all:
        _parser().error(Say.NAME_OR_ALL.text())
    return found


def seconds(text: str) -> int:
    """A whole number of seconds. Raises ValueError, which argparse tells by this name."""
    found = int(text)
    if found < 0:
        raise ValueError(text)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("guichet-client", description=Say.HELP.text())
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--config", type=Path, default=CONFIG, help=Say.HELP_CONFIG.text())
    parser.add_argument("--state", type=Path, default=store.DEFAULT, help=Say.HELP_STATE.text())
    verbs = parser.add_subparsers(dest="command", required=True, metavar="…")
    shared = _shared()

    enrol = verbs.add_parser("enrol", parents=[shared], help=Say.HELP_ENROL.text())
    enrol.add_argument("names", nargs=1, metavar="name")
    enrol.add_argument("--force", action="store_true", help=Say.HELP_FORCE_ENROL.text())

    renew = verbs.add_parser("renew", parents=[shared], help=Say.HELP_RENEW.text())
    renew.add_argument("names", nargs="*", metavar="name")
    renew.add_argument("--all", action="store_true", help=Say.HELP_ALL.text())
    renew.add_argument("--force", action="store_true", help=Say.HELP_FORCE_RENEW.text())
    waits = Say.HELP_JITTER.text()
    renew.add_argument("--jitter", type=seconds, default=0, metavar="s", help=waits)

    status = verbs.add_parser("status", parents=[shared], help=Say.HELP_STATUS.text())
    status.add_argument("names", nargs="*", metavar="name")

    revoke = verbs.add_parser("revoke", parents=[shared], help=Say.HELP_REVOKE.text())
    revoke.add_argument("names", nargs=1, metavar="name")
    revoke.add_argument("--reason", required=True, choices=sorted(REASONS))
    revoke.add_argument("--yes", action="store_true", help=Say.HELP_YES.text())

    export = verbs.add_parser("export", parents=[shared], help=Say.HELP_EXPORT.text())
    export.add_argument("names", nargs=1, metavar="name")
    export.add_argument("--format", choices=FORMATS, default="pkcs12")
    export.add_argument("--output", type=Path, required=True)
    export.add_argument("--password-file", type=Path, help=Say.HELP_PASSWORD.text())

    install = verbs.add_parser("install-timer", parents=[shared], help=Say.HELP_TIMER.text())
    install.add_argument("--unit-dir", type=Path, default=timer.UNITS)
    install.add_argument("--no-start", action="store_true", help=Say.HELP_NO_START.text())
    return parser


def _shared() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help=Say.HELP_JSON.text())
    shared.add_argument("--dry-run", action="store_true", help=Say.HELP_DRY_RUN.text())
    shared.add_argument("--verbose", action="store_true", help=Say.HELP_VERBOSE.text())
    return shared
