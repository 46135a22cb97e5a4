"""Revoking, and the lists that tell it."""

from pathlib import Path
from typing import Annotated

import typer

from guichet.cli.base import app, django_set_up, end, group

crl = group("crl", "Certificate revocation lists.")


@app.command()
def revoke(
    serial: Annotated[str, typer.Argument(help="serial number, hexadecimal, colons allowed")] = "",
    reason: Annotated[str, typer.Option(help="RFC 5280 reason")] = "unspecified",
    file: Annotated[Path | None, typer.Option(help="file of serial numbers, one a line")] = None,
) -> None:
    """Revoke a certificate, or all those of a file (operators; asks for confirmation)."""
    if bool(serial) is (file is not None):
        raise typer.BadParameter("give a serial number, or --file")
    django_set_up()
    if file is not None:
        from guichet.processes.incidents import revoke_file

        raise typer.Exit(revoke_file(file, reason, confirm=typer.confirm))
    from guichet.processes.console import revoke_serial

    typer.confirm(f"Revoke {serial}? This cannot be undone.", abort=True)
    end(revoke_serial(serial, reason))


@crl.command("list")
def crl_list() -> None:
    """The newest lists of each authority, complete, delta and shards: number, entries, dates."""
    django_set_up()
    from guichet.processes.console import describe_crls

    typer.echo("\n".join(describe_crls()))


@crl.command("check")
def crl_check() -> None:
    """Fetch every list, answer and certificate as relying parties do; tell what is wrong."""
    django_set_up()
    from guichet.processes.console import check_freshness

    end(check_freshness(), is_report=True)
