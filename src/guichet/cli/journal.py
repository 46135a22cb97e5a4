"""The journal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guichet.cli.base import django_set_up, group

if TYPE_CHECKING:
    from guichet.processes.console import Told

journal = group("journal", "The tamper-evident journal.")

Kept = Annotated[
    list[Path] | None,
    typer.Option(help="file of a checkpoint of the log, kept elsewhere; may be repeated"),
]


@journal.command("verify")
def journal_verify(checkpoint: Kept = None) -> None:
    """Recompute the chain and its log, and compare them with all that is kept outside."""
    django_set_up()
    from guichet.processes.console import verify_journal

    _end(verify_journal(checkpoint or ()))


@journal.command("checkpoint")
def journal_checkpoint() -> None:
    """Print the checkpoint of the log that is published: keep it elsewhere, and verify with it."""
    django_set_up()
    from guichet.journal.log import CHECKPOINT
    from guichet.processes.console import show_of_log

    _end(show_of_log(CHECKPOINT))


@journal.command("key")
def journal_key() -> None:
    """Print the public key of the log, by which its checkpoints and proofs are verified."""
    django_set_up()
    from guichet.journal.log import VKEY
    from guichet.processes.console import show_of_log

    _end(show_of_log(VKEY))


@journal.command("proof")
def journal_proof(seqs: list[int]) -> None:
    """Print proofs of these entries, by their numbers, as JSON. It opens what they seal."""
    django_set_up()
    from guichet.processes.console import prove_entries

    _end(prove_entries(seqs))


def _end(told: "Told") -> None:
    typer.echo(told.text)
    raise typer.Exit(0 if told.ok else 1)
