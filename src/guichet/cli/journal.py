"""The journal."""

import typer

from guichet.cli.base import django_set_up, group

journal = group("journal", "The tamper-evident journal.")


@journal.command("verify")
def journal_verify() -> None:
    """Recompute the chain and compare it with the checkpoints kept outside the database."""
    django_set_up()
    from guichet.processes.console import verify_journal

    report = verify_journal()
    typer.echo(report.text)
    raise typer.Exit(0 if report.ok else 1)
