"""The journal."""

from pathlib import Path
from typing import Annotated

import typer

from guichet.cli.base import LARGEST_NUMBER, django_set_up, end, group

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

    end(verify_journal(checkpoint or ()), is_report=True)


@journal.command("checkpoint")
def journal_checkpoint() -> None:
    """Print the checkpoint of the log that is published: keep it elsewhere, and verify with it."""
    django_set_up()
    from guichet.journal.tiles import CHECKPOINT
    from guichet.processes.console import show_of_log

    end(show_of_log(CHECKPOINT))


@journal.command("key")
def journal_key() -> None:
    """Print the public key of the log, by which its checkpoints and proofs are verified."""
    django_set_up()
    from guichet.journal.log import VKEY
    from guichet.processes.console import show_of_log

    end(show_of_log(VKEY))


@journal.command("proof")
def journal_proof(seqs: Annotated[list[int], typer.Argument(max=LARGEST_NUMBER)]) -> None:
    """Print proofs of these entries, by their numbers, as JSON. It opens what they seal."""
    django_set_up()
    from guichet.processes.console import prove_entries

    end(prove_entries(seqs))


@journal.command("witness")
def journal_witness(
    folder: Annotated[Path, typer.Argument(help="what the witness keeps: its key, what it saw")],
    log: Annotated[list[str], typer.Option(help="key of a log (guichet journal key); repeated")],
    name: Annotated[str, typer.Option(help="name of the witness, for its key")] = "",
    follow: Annotated[str, typer.Option(help="address of a log: …/journal")] = "",
    listen: Annotated[str, typer.Option(help="host:port, for logs that ask")] = "",
) -> None:
    """Be a witness, elsewhere: cosign a checkpoint that continues what was seen, refuse a fork.

    Without --follow or --listen, the key of the witness is printed, made where there is none.
    """
    from guichet.processes import witness_console

    end(witness_console.run(folder, log, name, follow=follow, listen=listen))
