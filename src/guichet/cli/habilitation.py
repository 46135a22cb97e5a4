"""Rights and dossiers."""

from typing import Annotated

import typer

from guichet.cli.base import LARGEST_NUMBER, django_set_up, end, group

habilitation = group("habilitation", "Rights of cards, and dossiers.")


@habilitation.command("list")
def habilitation_list(
    structure: Annotated[str, typer.Argument(help="national identifier of a structure")],
) -> None:
    """The open rights of a structure, card by card."""
    django_set_up()
    from guichet.processes.habilitations import list_rights

    end(list_rights(structure))


@habilitation.command("show")
def habilitation_show(
    number: Annotated[int, typer.Argument(help="number of a dossier", max=LARGEST_NUMBER)],
) -> None:
    """State, dates and rights of a dossier; what is left of one that was purged."""
    django_set_up()
    from guichet.processes.habilitations import describe_dossier

    end(describe_dossier(number))


@habilitation.command("purge")
def habilitation_purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say it, delete nothing")] = False,
) -> None:
    """Delete the drafts and the decided dossiers whose time is over; a stub stays."""
    django_set_up()
    from guichet.processes.habilitations import purge

    for line in purge(dry_run=dry_run):
        typer.echo(line)
