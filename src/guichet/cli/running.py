"""The processes, each started by its verb."""

import os
from logging.config import dictConfig
from typing import Annotated

import typer

from guichet.cli.base import State, app, django_set_up, group, require_state, until_stopped

publication = group("publication", "Copies of what is published.")


@app.command()
def init() -> None:
    """Create the state folder and the database, or bring them up to date."""
    django_set_up(State.MADE, lasting=True)
    from guichet.processes.setup import bring_up_to_date

    bring_up_to_date()


@app.command()
def serve(listener: Annotated[str, typer.Argument(help="portal, card or bench")]) -> None:
    """Serve one HTTPS port of the front."""
    if listener == "portal":
        _share_figures()
    django_set_up(lasting=True)
    from guichet.processes.serve import LISTENERS
    from guichet.processes.serve import serve as serve_listener

    if listener not in LISTENERS:
        raise typer.BadParameter(f"{listener}: one of {', '.join(LISTENERS)}")
    serve_listener(listener)


def _share_figures() -> None:
    """Several processes of the portal answer Prometheus as one."""
    from guichet.conf.environment import Environment
    from guichet.web import shared_metrics

    environment = Environment.read(os.environ)
    if environment.unix_sockets is not None and environment.front_workers > 1:
        shared_metrics.share(environment.unix_sockets / "figures")


@app.command()
def signer() -> None:
    """Sign what is asked, in order; the only process that opens the keystore."""
    django_set_up(lasting=True)
    from guichet.authority.custody import StrangeKeysError
    from guichet.processes.hardening import harden
    from guichet.processes.signer import run

    harden()
    with until_stopped() as stop:
        try:
            run(stop)
        except StrangeKeysError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(os.EX_CONFIG) from error


@app.command()
def validation() -> None:
    """Answer OCSP and serve CRLs and CA certificates from what is published."""
    from guichet.conf.environment import Environment
    from guichet.validation.server import main

    main(Environment.read(os.environ))


@app.command()
def publisher() -> None:
    """Publish statuses, signed answers, CRLs; keep the responders' keys; watch freshness."""
    django_set_up(lasting=True)
    from guichet.processes.hardening import OTHERS_READ, harden
    from guichet.processes.publisher import run

    harden(OTHERS_READ)
    with until_stopped() as stop:
        run(stop)


@app.command("copy")
def copy_publication() -> None:
    """Follow what a publisher elsewhere ships; “guichet validation” answers from it."""
    from guichet.conf.environment import Environment
    from guichet.processes.copying import run
    from guichet.validation.copies.refusals import PlaceError
    from guichet.web import logs

    environment = Environment.read(os.environ)
    dictConfig(logs.configuration(environment.log_format, environment.log_level))
    with until_stopped() as stop:
        try:
            run(environment, stop)
        except PlaceError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error


@publication.command("key")
def publication_key() -> None:
    """Print the public key of this publisher, which copies must know; make it at first."""
    from guichet.validation.copies import seals

    key = seals.own_key(require_state().publication_keys)
    typer.echo(seals.written(key.public_key()))


@app.command()
def worker() -> None:
    """The clerk: e-mails, deadlines, collecting what was issued."""
    django_set_up(lasting=True)
    from guichet.processes.clerk import run

    with until_stopped() as stop:
        run(stop)
