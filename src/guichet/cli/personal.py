"""What is kept of people: handed out, erased, and for how long."""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guichet.cli.base import app, django_set_up, group

if TYPE_CHECKING:
    from guichet.database.personal.work import Done
    from guichet.domain.personal import Person

personal = group("personal", "What is kept of one person: handed out, or erased.")
Who = Annotated[str, typer.Argument(help="card number, e-mail address, card:… or account:…")]


@personal.command("export")
def export_person(
    who: Who,
    to: Annotated[Path, typer.Option(help="ZIP file to make; it must not exist")] = Path(
        "donnees-personnelles.zip"
    ),
) -> None:
    """Hand out everything that is kept of a person, as JSON and as a text."""
    django_set_up()
    from django.utils import timezone

    from guichet.processes import personal_data

    content = personal_data.export(_found(who), timezone.now())
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        typer.echo(f"{to}: {error.strerror}", err=True)
        raise typer.Exit(1) from error
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    typer.echo(f"{to}: {len(content):,} octets, for that person alone: carry it, do not mail it")


@personal.command("erase")
def erase_person(
    who: Who,
    reason: Annotated[str, typer.Option(help="kept in the journal: it must name nobody")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would go, and stop")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Erase a person, but for what law obliges to keep; say first what goes, what stays and why."""
    django_set_up()
    from django.utils import timezone

    from guichet.processes import personal_data

    person, at = _found(who), timezone.now()
    try:
        _say(personal_data.plan(person, at))
        if dry_run:
            return
        if not yes and typer.prompt("This cannot be undone. Type “erase”", default="") != "erase":
            raise typer.Abort
        told = personal_data.erase(person, reason, at)
    except personal_data.HinderedError as error:
        for one in error.hindrances:
            typer.echo(f"Not yet: {one.what}. First {one.mend}.", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Erased; {told.entries} entries of the journal tell nobody any more.")
    if told.older:
        typer.echo(f"{told.older} entries, older than seals, stay as they are.")
    typer.echo("Backups keep what they hold until they are removed: guichet backup --keep.")


def _found(who: str) -> "Person":
    from guichet.processes import personal_data

    try:
        person = personal_data.named(who)
    except personal_data.AmbiguousError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    if not personal_data.is_kept(person):
        typer.echo(f"Nothing is kept of {who}: is it spelt as it was given?", err=True)
        raise typer.Exit(1)
    return person


def _say(done: "Done") -> None:
    for what, tables in (("delete", done.deleted), ("anonymise", done.scrubbed)):
        for table, count in sorted(tables.items()):
            typer.echo(f"{what:10} {count:>6}  {table}")
    for kept in done.kept:
        typer.echo(f"{'keep':10} {kept.count:>6}  {kept.table}: {kept.why}")


@app.command()
def retention(
    apply: Annotated[bool, typer.Option("--apply", help="let it go now")] = False,
) -> None:
    """What is kept, for how long and why; how much is past its time and would go."""
    django_set_up()
    from django.utils import timezone

    from guichet.domain.retention import RULES
    from guichet.processes import retention as keeping

    at: datetime = timezone.now()
    due = keeping.let_go(at) if apply else keeping.due(at)
    for rule in RULES:
        days = f"{rule.life.days} days" if rule.life is not None else "for ever"
        count = due.get(rule.kind)
        told = "" if count is None else f"{count} {'gone' if apply else 'past their time'}"
        by_hand = " (by hand: guichet personal erase)" if rule.by_hand else ""
        typer.echo(f"{days:>10}  {rule.what}\n{'':12}from {rule.since}; {rule.ground}{by_hand}")
        if told:
            typer.echo(f"{'':12}{told}")
