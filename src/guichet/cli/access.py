"""The first people of a new installation; the others are asked for and approved on the portal."""

from typing import Annotated

import typer

from guichet.cli.base import django_set_up, end, group

access = group("access", "Who works at the counter.")


@access.command("bootstrap")
def access_bootstrap(
    name: Annotated[str, typer.Option(help="as pages show it: “PETIT / OSCAR”")],
    email: Annotated[str, typer.Option(help="where to write to this person")],
    national_id: Annotated[str, typer.Option(help="national identifier of the person")],
    card: Annotated[str, typer.Option(help="number of the card to log in with")],
    role: Annotated[list[str], typer.Option(help="operator, supervisor or ca-officer; repeatable")],
) -> None:
    """Register one of the first two people who may give roles; refused once two exist."""
    django_set_up()
    from guichet.processes.first_people import register

    end(register(name=name, email=email, national_id=national_id, card=card, roles=role))


@access.command("list")
def access_list() -> None:
    """Everybody who holds a role of the counter: roles, since when, last login."""
    django_set_up()
    from guichet.processes.first_people import describe_all

    typer.echo("\n".join(describe_all()))
