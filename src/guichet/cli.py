"""The `guichet` command. Django is set up only inside the verbs that need it."""

import os
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Guichet: order, withdraw, use, renew and revoke software certificates.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
demo = typer.Typer(help="The demo: everything needed to try the product.", no_args_is_help=True)
journal = typer.Typer(help="The tamper-evident journal.", no_args_is_help=True)
crl = typer.Typer(help="Certificate revocation lists.", no_args_is_help=True)
publication = typer.Typer(help="Copies of what is published.", no_args_is_help=True)
directory = typer.Typer(help="The public registers, copied locally.", no_args_is_help=True)
habilitation = typer.Typer(help="Rights of cards, and dossiers.", no_args_is_help=True)
app.add_typer(demo, name="demo")
app.add_typer(journal, name="journal")
app.add_typer(crl, name="crl")
app.add_typer(publication, name="publication")
app.add_typer(directory, name="directory")
app.add_typer(habilitation, name="habilitation")


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.conf.settings")
    import django

    django.setup()


def _until_stopped() -> threading.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


@app.command()
def init() -> None:
    """Create the state folder and the database, or bring them up to date."""
    _django()
    from guichet.processes.setup import bring_up_to_date

    bring_up_to_date()


@app.command()
def serve(listener: Annotated[str, typer.Argument(help="portal, card or bench")]) -> None:
    """Serve one HTTPS port of the front."""
    _django()
    from guichet.processes.serve import LISTENERS
    from guichet.processes.serve import serve as serve_listener

    if listener not in LISTENERS:
        raise typer.BadParameter(f"{listener}: one of {', '.join(LISTENERS)}")
    serve_listener(listener)


@app.command()
def signer() -> None:
    """Sign what is asked, in order; the only process that opens the keystore."""
    _django()
    from guichet.processes.signer import run

    run(_until_stopped())


@app.command()
def validation() -> None:
    """Answer OCSP and serve CRLs and CA certificates from what is published."""
    from guichet.conf.environment import Environment
    from guichet.validation.server import main

    main(Environment.read(os.environ))


@app.command()
def publisher() -> None:
    """Publish statuses, signed answers, CRLs; keep the responders' keys; watch freshness."""
    _django()
    from guichet.processes.publisher import run

    run(_until_stopped())


@app.command("copy")
def copy_publication() -> None:
    """Follow what a publisher elsewhere ships; “guichet validation” answers from it."""
    from guichet.conf.environment import Environment
    from guichet.processes.copying import SettingError, run
    from guichet.validation.copies.refusals import PlaceError

    try:
        run(Environment.read(os.environ), _until_stopped())
    except (PlaceError, SettingError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@publication.command("key")
def publication_key() -> None:
    """Print the public key of this publisher, which copies must know; make it at first."""
    from guichet.conf.environment import Environment
    from guichet.validation.copies import seals

    key = seals.own_key(Environment.read(os.environ).publication_keys)
    typer.echo(seals.written(key.public_key()))


@app.command()
def worker() -> None:
    """The clerk: e-mails, deadlines, collecting what was issued."""
    _django()
    from guichet.processes.clerk import run

    run(_until_stopped())


@app.command()
def revoke(
    serial: Annotated[str, typer.Argument(help="serial number, hexadecimal, colons allowed")] = "",
    reason: Annotated[str, typer.Option(help="RFC 5280 reason")] = "unspecified",
    file: Annotated[Path | None, typer.Option(help="file of serial numbers, one a line")] = None,
) -> None:
    """Revoke a certificate, or all those of a file (operators; asks for confirmation)."""
    if bool(serial) is (file is not None):
        raise typer.BadParameter("give a serial number, or --file")
    _django()
    if file is not None:
        from guichet.processes.incidents import revoke_file

        raise typer.Exit(revoke_file(file, reason, confirm=typer.confirm))
    from guichet.processes.console import revoke_serial

    typer.confirm(f"Revoke {serial}? This cannot be undone.", abort=True)
    told = revoke_serial(serial, reason)
    typer.echo(told.text)
    raise typer.Exit(0 if told.ok else 1)


@demo.command("run")
def demo_run() -> None:
    """Prepare the demo where needed, then serve it until Ctrl-C."""
    os.environ["GUICHET_DEMO"] = "1"
    _django()
    from guichet.demo.run import run

    raise typer.Exit(run())


@demo.command("prepare")
def demo_prepare() -> None:
    """Prepare the demo without serving it."""
    os.environ["GUICHET_DEMO"] = "1"
    _django()
    from guichet.demo.prepare import prepare

    prepare()


@demo.command("provider")
def demo_provider() -> None:
    """Serve the OpenID Connect providers of the demo (e-CPS, FranceConnect, ProConnect)."""
    from guichet.conf.environment import Environment
    from guichet.processes.oidc_provider import main

    main(Environment.read(os.environ))


@journal.command("verify")
def journal_verify() -> None:
    """Recompute the chain and compare it with the checkpoints kept outside the database."""
    _django()
    from guichet.processes.console import verify_journal

    report = verify_journal()
    typer.echo(report.text)
    raise typer.Exit(0 if report.ok else 1)


@crl.command("list")
def crl_list() -> None:
    """The newest lists of each authority, complete, delta and shards: number, entries, dates."""
    _django()
    from guichet.processes.console import describe_crls

    typer.echo("\n".join(describe_crls()))


@crl.command("check")
def crl_check() -> None:
    """Fetch every list, answer and certificate as relying parties do; tell what is wrong."""
    _django()
    from guichet.processes.console import check_freshness

    told = check_freshness()
    typer.echo(told.text)
    raise typer.Exit(0 if told.ok else 1)


@directory.command("import")
def directory_import(
    kind: Annotated[str, typer.Argument(help="sirene, finess or annuaire")],
    file: Annotated[Path, typer.Argument(help="official file: plain, .gz or .zip")],
    whole: Annotated[bool, typer.Option(help="the file is the whole national register")] = False,
) -> None:
    """Read an official file into the register; lines that cannot be read are left out and told."""
    from datetime import UTC, datetime

    from rich.console import Console

    from guichet.conf.environment import Environment
    from guichet.directories.importing import ImportAsked, Kind
    from guichet.processes.registers import import_official

    if kind not in set(Kind):
        raise typer.BadParameter(f"{kind}: one of {', '.join(Kind)}")
    here = Environment.read(os.environ)
    asked = ImportAsked(kind=Kind(kind), path=file, whole=whole)
    now, screen = datetime.now(UTC), Console(soft_wrap=True)
    code = import_official(here.state, here.registers, asked, now=now, screen=screen)
    raise typer.Exit(code)


@directory.command("status")
def directory_status() -> None:
    """The files imported: their day, rows, lines left out."""
    from rich.console import Console

    from guichet.conf.environment import Environment
    from guichet.processes.registers import describe

    raise typer.Exit(describe(Environment.read(os.environ).registers, Console(soft_wrap=True)))


@habilitation.command("list")
def habilitation_list(
    structure: Annotated[str, typer.Argument(help="national identifier of a structure")],
) -> None:
    """The open rights of a structure, card by card."""
    _django()
    from guichet.processes.habilitations import list_rights

    told = list_rights(structure)
    typer.echo(told.text, err=not told.ok)
    raise typer.Exit(0 if told.ok else 1)


@habilitation.command("show")
def habilitation_show(
    number: Annotated[int, typer.Argument(help="number of a dossier")],
) -> None:
    """State, dates and rights of a dossier; what is left of one that was purged."""
    _django()
    from guichet.processes.habilitations import describe_dossier

    told = describe_dossier(number)
    typer.echo(told.text, err=not told.ok)
    raise typer.Exit(0 if told.ok else 1)


@habilitation.command("purge")
def habilitation_purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say it, delete nothing")] = False,
) -> None:
    """Delete the drafts and the decided dossiers whose time is over; a stub stays."""
    _django()
    from guichet.processes.habilitations import purge

    for line in purge(dry_run=dry_run):
        typer.echo(line)


@app.command()
def doctor() -> None:
    """Print and explain each setting as this process reads it."""
    from guichet.conf.environment import VARIABLES, ConfigurationError, Environment

    try:
        environment = Environment.read(os.environ)
    except ConfigurationError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for variable in VARIABLES:
        given = os.environ.get(variable.name)
        value = ("(given)" if "SECRET" in variable.name else given) if given else variable.default
        typer.echo(f"{variable.name:28} {value:34} {variable.meaning}")
    state = Path(environment.state)
    typer.echo(f"State folder {state}: {'present' if state.is_dir() else 'not made yet'}")
