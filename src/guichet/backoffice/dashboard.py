"""The state of the counter in numbers, each leading to the page that explains it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from guichet.authority import queue
from guichet.automation.webhooks import waiting as webhooks
from guichet.backoffice.spans import span
from guichet.habilitations.queries.overseen import Desk
from guichet.notifications import queries as outbox
from guichet.orders import figures, overseen
from guichet.orders.figures import Figures
from guichet.web.states import shown_of_order

DAYS: Final = 30
DRAWN: Final = ("placed", "available", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of the dashboard; `href` is where it is explained, `since` of what waits longest."""

    label: str
    value: str
    href: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the chart: how many orders were placed, made available, failed."""

    day: date
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """The last thirty days: each of them, and how long orders waited."""

    days: tuple[Day, ...]
    median: str
    p95: str
    waited: int


def orders() -> tuple[Number, ...]:
    """Orders by state."""
    return tuple(
        Number(
            label=str(shown_of_order(state).label),
            value=str(count),
            href=f"/gestion/demandes/?etat={state.value}",
        )
        for state, count in overseen.by_state().items()
    )


def endings(at: datetime) -> tuple[Number, ...]:
    """Products that end within thirty, sixty and ninety days."""
    return tuple(
        Number(
            label=_("dans les %(days)d jours") % {"days": ending.days},
            value=str(ending.count),
            href=f"/gestion/produits/?jours={ending.days}",
        )
        for ending in overseen.endings(at)
    )


def queues(desk: Desk) -> Iterator[Number]:
    """What waits for a process or for a person."""
    signer = queue.waiting()
    yield Number(
        label=_("demandes à signer"),
        value=number_format(sum(row.count for row in signer), use_l10n=True),
        href="/gestion/signatures/",
        since=min((row.oldest for row in signer), default=None),
    )
    yield Number(
        label=_("courriels à envoyer"),
        value=number_format(outbox.waiting(), use_l10n=True),
        href="/gestion/files/",
        since=outbox.oldest_waiting(),
    )
    hooks = webhooks.waiting()
    yield Number(
        label=_("notifications à livrer (webhooks)"),
        value=number_format(hooks.count, use_l10n=True),
        href="/gestion/files/",
        since=hooks.oldest,
    )
    yield Number(
        label=_("dossiers à prendre en instruction"),
        value=number_format(desk.unfollowed, use_l10n=True),
        href="/gestion/dossiers/?onglet=a-suivre",
        since=desk.unfollowed_since,
    )
    yield Number(
        label=_("dossiers en instruction"),
        value=number_format(desk.instructed, use_l10n=True),
        href="/gestion/dossiers/?onglet=tous&etat=in-instruction",
        since=desk.instructed_since,
    )


def course(at: datetime) -> Course:
    """What happened to orders in the last thirty days, today included."""
    today = timezone.localdate(at)
    first = today - timedelta(days=DAYS - 1)
    by_day = {first + timedelta(days=n): Figures() for n in range(DAYS)}
    for group, counted in figures.between(first, today).items():
        by_day[group.day].add(counted)
    whole = figures.added(by_day.values())
    return Course(
        days=tuple(
            Day(day, tuple(counted.counts[name] for name in DRAWN))
            for day, counted in by_day.items()
        ),
        median=span(whole.percentile(50)),
        p95=span(whole.percentile(95)),
        waited=whole.delays.total(),
    )
