"""Key ceremonies."""

from pathlib import Path
from typing import Annotated

import typer

from guichet.cli.base import State, django_set_up, group

ceremony = group("ceremony", "Key ceremonies: planned, rehearsed, held, told by a transcript.")
PlanFile = Annotated[Path, typer.Argument(help="the ceremony's plan, a TOML file")]
Bundle = Annotated[Path, typer.Argument(help="folder of a transcript")]


def _hardened(state: State = State.USED) -> None:
    """Secrets pass through this process: its memory is for itself alone."""
    from guichet.processes.hardening import harden

    harden()
    django_set_up(state)


@ceremony.command("plan")
def ceremony_plan(path: PlanFile) -> None:
    """Check a plan and show its steps; write one from questions when there is no such file."""
    django_set_up(State.UNNEEDED)
    from guichet.processes.ceremony.console import plan

    raise typer.Exit(plan(path))


@ceremony.command("dry-run")
def ceremony_dry_run(
    path: PlanFile,
    into: Annotated[
        Path | None, typer.Option(help="folder of its transcript, not there yet")
    ] = None,
    unattended: Annotated[
        bool, typer.Option("--unattended", help="answer yes to everything; show no share")
    ] = False,
    short_keys: Annotated[
        bool, typer.Option("--short-keys", help="RSA keys of 2048 bits: quick")
    ] = False,
) -> None:
    """Rehearse a plan on a throw-away keystore (SoftHSM for a token's) and database."""
    from guichet.processes.ceremony.throwaway import prepare

    with prepare(path):
        _hardened(State.MADE)
        from guichet.processes.ceremony.console import rehearse

        code = rehearse(path, into, unattended=unattended, short=short_keys)
    raise typer.Exit(code)


@ceremony.command("run")
def ceremony_run(path: PlanFile) -> None:
    """Hold a ceremony step by step; the same command goes on with one that was cut."""
    _hardened()
    from guichet.processes.ceremony.console import hold

    raise typer.Exit(hold(path))


@ceremony.command("unlock")
def ceremony_unlock(
    to: Annotated[Path | None, typer.Option(help="file that the signer reads")] = None,
) -> None:
    """Join officers' shares, and give the signer the secret of its keystore."""
    _hardened()
    from guichet.processes.ceremony.console import unlock

    raise typer.Exit(unlock(to))


@ceremony.command("sign")
def ceremony_sign(
    folder: Bundle,
    officer: Annotated[int, typer.Option(help="the officer's number in the plan", min=1)],
) -> None:
    """Sign a transcript by an officer's card file, after the ceremony."""
    _hardened(State.UNNEEDED)
    from guichet.processes.ceremony.console import sign

    raise typer.Exit(sign(folder, officer))


@ceremony.command("verify")
def ceremony_verify(
    folder: Bundle,
    seal: Annotated[
        str, typer.Option(help="SHA-256 of the seal's certificate, from the signed paper")
    ] = "",
    trust: Annotated[
        list[Path] | None, typer.Option(help="PEM of the authorities of the cards, roots too")
    ] = None,
    certificate: Annotated[
        list[Path] | None, typer.Option(help="PEM of a certificate that must be in it")
    ] = None,
) -> None:
    """Verify a transcript offline: files, steps, certificates, seal and signatures."""
    from guichet.processes.ceremony.verify import check

    raise typer.Exit(check(folder, trust or (), certificate or (), seal))
