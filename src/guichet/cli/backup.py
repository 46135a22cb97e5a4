"""Backups: made, verified, put in place, confirmed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from guichet.cli import faults
from guichet.cli.base import State, app, django_set_up, require_state

if TYPE_CHECKING:
    from guichet.processes.backup.verifying import Opening
    from guichet.processes.restore import findings

IdentityFile = Annotated[
    Path, typer.Option("--identity", "-i", help="file of the private key (AGE-SECRET-KEY-1…)")
]
SignerKey = Annotated[
    str, typer.Option(help="public key that must have signed it: “guichet backup key”, or a file")
]
Work = Annotated[
    Path | None, typer.Option(help="folder for the database in clear, while it is verified")
]
Folders = Annotated[list[Path] | None, typer.Option(help="published folder kept elsewhere")]
Urls = Annotated[list[str] | None, typer.Option("--url", help="address that serves the lists")]
Points = Annotated[
    list[Path] | None, typer.Option(help="file of the journal's checkpoints, kept elsewhere")
]


class FileOrVerb(TyperGroup):
    """`guichet restore FILE` is `guichet restore from FILE`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """What is no verb is a file."""
        known = args[0] in self.commands or args[0].startswith("-")
        return super().resolve_command(ctx, args if known else ["from", *args])


backup = typer.Typer(help="Encrypted copies of everything that is needed, at one instant.")
app.add_typer(backup, name="backup")
restore = typer.Typer(
    help="Put a backup in place, and confirm what was lost since.",
    cls=FileOrVerb,
    no_args_is_help=True,
)
app.add_typer(restore, name="restore")


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be done is said, without a trace."""
    from guichet.processes.backup.refusals import BackupError

    try:
        yield
    except (BackupError, OSError) as error:
        typer.echo(faults.told(error) or str(error), err=True)
        raise typer.Exit(1) from error


@backup.callback(invoke_without_command=True)
def make(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="folder, or file.age")] = None,
    registers: Annotated[bool, typer.Option(help="the public registers too")] = True,
    keep: Annotated[int, typer.Option(help="remove the oldest but so many; 0: none", min=0)] = 0,
    with_passphrase: Annotated[
        bool, typer.Option("--with-passphrase", help="the keystore's passphrase too")
    ] = False,
) -> None:
    """Make a backup, encrypted to GUICHET_BACKUP_RECIPIENT; others go on working meanwhile."""
    if context.invoked_subcommand is not None:
        return
    django_set_up()
    from django.conf import settings

    from guichet.processes.backup import console
    from guichet.processes.backup.contents import FOLDER, Choice
    from guichet.processes.backup.making import Asked

    asked = Asked(
        to=to or settings.GUICHET.state / FOLDER,
        recipients=settings.GUICHET.backup_recipients,
        choice=Choice(registers=registers, passphrase=with_passphrase),
        keep=keep,
    )
    with _told():
        console.make(settings.GUICHET, asked)


@backup.command()
def verify(
    file: Annotated[Path, typer.Argument(help="the backup")],
    identity: IdentityFile,
    key: SignerKey = "",
    work: Work = None,
) -> None:
    """Decrypt a backup, check every digest, its database and its journal; nothing is changed."""
    django_set_up(State.UNNEEDED, unfinished=True)
    from guichet.processes.backup import console

    with _told():
        console.verify(file, _opening(file, identity, key, work))


@backup.command()
def keygen(
    to: Annotated[Path, typer.Option(help="file of the private key, to be carried away")],
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="protect the file by a passphrase")
    ] = False,
) -> None:
    """Make the key that opens backups, on a machine that is kept apart."""
    from guichet.processes.backup.keys import make_key

    typed = ""
    if passphrase:
        typed = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    with _told():
        make_key(to, typed, typer.echo)


@backup.command("key")
def backup_key() -> None:
    """Print the public key that backups of this installation are signed with; made at first."""
    from guichet.processes.backup.contents import KEY
    from guichet.validation.copies import seals

    key = seals.own_key(require_state().state / KEY)
    typer.echo(seals.written(key.public_key()))


@restore.command("from")
def restore_from(
    file: Annotated[Path, typer.Argument(help="the backup")],
    identity: IdentityFile,
    key: SignerKey = "",
) -> None:
    """Put a backup in place: “guichet restore FILE”. What is there is kept aside.

    Nothing is signed until “guichet restore confirm”.
    """
    django_set_up(State.MADE, unfinished=True)
    from django.conf import settings

    from guichet.processes.restore import console

    with _told():
        console.restore(settings.GUICHET, file, _opening(file, identity, key), _replaces)


def _replaces(question: str) -> bool:
    typer.echo(question)
    typed: str = typer.prompt("Type “replace” to put the backup in its place", default="")
    return typed.strip() == "replace"


@restore.command()
def check(published: Folders = None, url: Urls = None, checkpoints: Points = None) -> None:
    """Compare the restored state with what was published, and with checkpoints kept elsewhere."""
    django_set_up()
    from django.conf import settings

    from guichet.processes.restore import console

    asked = _elsewhere(published, url, checkpoints)
    with _told():
        console.check(settings.GUICHET, asked)


@restore.command()
def confirm(published: Folders = None, url: Urls = None, checkpoints: Points = None) -> None:
    """Compare again, put back what is known to be lost, and let the signer sign."""
    django_set_up()
    from django.conf import settings

    from guichet.processes.restore import console

    asked = _elsewhere(published, url, checkpoints)
    with _told():
        console.confirm(settings.GUICHET, asked, lambda question: str(typer.prompt(question)))


def _elsewhere(published: Folders, url: Urls, checkpoints: Points) -> "findings.Asked":
    from guichet.processes.restore import findings

    return findings.Asked(folders=published or (), urls=url or (), checkpoints=checkpoints or ())


def _opening(file: Path, identity: Path, key: str, work: Path | None = None) -> "Opening":
    from guichet.processes.backup.console import opening

    with _told():
        return opening(file, identity, key, work)
