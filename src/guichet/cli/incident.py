"""Incidents: read here, proposed and approved on the portal, where two cards are shown."""

from typing import Annotated

import typer

from guichet.cli.base import LARGEST_NUMBER, django_set_up, end, group

incident = group("incident", "Mass revocations.")


@incident.command("list")
def incident_list() -> None:
    """Every incident: number, state, certificates, date of the revocation, name."""
    django_set_up()
    from guichet.processes.incident_console import describe_all

    typer.echo("\n".join(describe_all()))


@incident.command("show")
def incident_show(
    number: Annotated[int, typer.Argument(help="number of the incident", max=LARGEST_NUMBER)],
) -> None:
    """One incident: its criteria, who decided, and what became of its certificates."""
    django_set_up()
    from guichet.processes.incident_console import describe

    end(describe(number))
