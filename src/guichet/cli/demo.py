"""The demo."""

import os

import typer

from guichet.cli.base import State, django_set_up, group

demo = group("demo", "The demo: everything needed to try the product.")


@demo.command("run")
def demo_run() -> None:
    """Prepare the demo where needed, then serve it until Ctrl-C."""
    os.environ["GUICHET_DEMO"] = "1"
    django_set_up(State.MADE, lasting=True)
    from guichet.demo.run import run

    raise typer.Exit(run())


@demo.command("prepare")
def demo_prepare() -> None:
    """Prepare the demo without serving it."""
    os.environ["GUICHET_DEMO"] = "1"
    django_set_up(State.MADE)
    from guichet.demo.prepare import prepare

    prepare()


@demo.command("provider")
def demo_provider() -> None:
    """Serve the OpenID Connect providers of the demo (FranceConnect, ProConnect)."""
    from guichet.conf.environment import Environment
    from guichet.processes.oidc_provider import main

    main(Environment.read(os.environ))
