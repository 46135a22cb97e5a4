"""The queue of the signer, from its own machine."""

from uuid import UUID

import typer

from guichet.cli.base import django_set_up, end, group

queue = group("queue", "What waits for the signer, and what it could not sign.")


@queue.command("list")
def queue_list() -> None:
    """What waits by priority, and each request set aside with its reason."""
    django_set_up()
    from guichet.processes.signing_queue import describe

    typer.echo("\n".join(describe()))


@queue.command("retry")
def queue_retry(request: UUID) -> None:
    """Send a request back to the signer, once the cause is mended; it keeps its serial number."""
    django_set_up()
    from guichet.processes.signing_queue import send_back

    end(send_back(request))


@queue.command("abandon")
def queue_abandon(request: UUID) -> None:
    """Give a request up: its requester is told (asks for confirmation)."""
    django_set_up()
    from guichet.processes.signing_queue import give_up

    typer.confirm(f"Abandon {request}? This cannot be undone.", abort=True)
    end(give_up(request))
