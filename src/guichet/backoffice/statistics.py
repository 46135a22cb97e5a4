"""Statistics of the counter: by month, and by offer, usage, kind of structure, channel."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.backoffice.spans import span
from guichet.domain.identifiers import StructureIdKind
from guichet.domain.months import first_days
from guichet.orders import figures
from guichet.orders.figures import MEASURES, Figures, Group
from guichet.web import environments
from guichet.web.spreadsheets import Heading, Value

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PERIODS: Final = (12, 24, 36)
"""Months that are shown, the present one included."""
MEASURE_WORDS: Final[Mapping[str, "_StrPromise"]] = {
    "placed": _("Déposées"),
    "available": _("Mises à disposition"),
    "withdrawn": _("Retirées"),
    "failed": _("En échec"),
    "cancelled": _("Annulées"),
    "revoked": _("Produits révoqués"),
    "ended": _("Produits arrivés à leur fin"),
    "renewed": _("dont remplacés à temps"),
}
KINDS: Final[Mapping[str, "_StrPromise"]] = {
    StructureIdKind.ADELI_PRACTICE: _("Cabinet (ADELI)"),
    StructureIdKind.FINESS: _("Établissement de santé (FINESS)"),
    StructureIdKind.SIREN: _("Entreprise (SIREN)"),
    StructureIdKind.SIRET: _("Établissement (SIRET)"),
    StructureIdKind.RPPS_RANK: _("Cabinet (RPPS)"),
    StructureIdKind.TECHNICAL: _("Identifiant technique"),
}
CHANNELS: Final[Mapping[str, "_StrPromise"]] = {
    "portal": _("Portail"),
    "api": _("API REST"),
    "acme": _("ACME"),
    "est": _("EST"),
}


class Dimension(StrEnum):
    """What figures are told by; the values are those of addresses."""

    MONTH = "mois"
    OFFER = "offre"
    USAGE = "usage"
    KIND = "structure"
    CHANNEL = "canal"


DIMENSIONS: Final[Mapping[Dimension, "_StrPromise"]] = {
    Dimension.MONTH: _("Par mois"),
    Dimension.OFFER: _("Par offre"),
    Dimension.USAGE: _("Par usage"),
    Dimension.KIND: _("Par sorte de structure"),
    Dimension.CHANNEL: _("Par canal"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: counts in the order of MEASURES, delays, the share renewed in time."""

    label: str
    counts: tuple[int, ...]
    median: str
    p95: str
    renewed: str

    @classmethod
    def of(cls, label: str, found: Figures) -> "Row":
        """From what was counted."""
        counts = tuple(found.counts[name] for name in MEASURES)
        median, p95 = span(found.percentile(50)), span(found.percentile(95))
        return cls(label, counts, median, p95, _share(found))


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one dimension, and their sum."""

    rows: tuple[Row, ...]
    total: Row


def table(dimension: Dimension, months: int, at: datetime) -> Table:
    """The figures of the last months, told by one dimension."""
    firsts, counted = _counted(months, at)
    found: defaultdict[str, Figures] = defaultdict(Figures)
    if dimension is Dimension.MONTH:
        found.update((_month(first), Figures()) for first in firsts)
    key = KEYS[dimension]
    for group, one in counted.items():
        found[key(group)].add(one)
    labels = found if dimension is Dimension.MONTH else sorted(found)
    rows = tuple(Row.of(_label(dimension, key), found[key]) for key in labels)
    return Table(rows, Row.of(gettext("Total"), figures.added(counted.values())))


def heading() -> Heading:
    """Of the export: one row a month, offer, usage, kind of structure and channel."""
    columns = (
        ("month", gettext("Mois")),
        ("environment", gettext("Environnement")),
        ("offer", gettext("Offre")),
        ("usage", gettext("Usage")),
        ("structure_kind", gettext("Sorte de structure")),
        ("channel", gettext("Canal")),
        *((name, str(words)) for name, words in MEASURE_WORDS.items()),
        ("median_seconds", gettext("Délai médian, en secondes")),
        ("p95_seconds", gettext("Délai de 95 sur 100, en secondes")),
    )
    return Heading(gettext("Statistiques"), columns)


def rows(months: int, at: datetime) -> Iterator[list[Value]]:
    """The rows of the export, the oldest month first."""
    _firsts, counted = _counted(months, at)
    found: defaultdict[tuple[str, ...], Figures] = defaultdict(Figures)
    for group, one in counted.items():
        kind = str(KINDS[group.structure_kind])
        channel = str(CHANNELS.get(group.channel, group.channel))
        found[f"{group.day:%Y-%m}", group.offer, group.usage, kind, channel].add(one)
    environment = environments.here().word
    for (month, *names), one in sorted(found.items(), key=lambda item: item[0]):
        counts = (one.counts[name] for name in MEASURES)
        yield [month, environment, *names, *counts, _seconds(one, 50), _seconds(one, 95)]


def _counted(months: int, at: datetime) -> tuple[tuple[date, ...], figures.Counted]:
    today = timezone.localdate(at)
    firsts = first_days(today, 1 - months, months)
    return firsts, figures.between(firsts[0], today)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


KEYS: Final[Mapping[Dimension, Callable[[Group], str]]] = {
    Dimension.MONTH: lambda group: _month(group.day),
    Dimension.OFFER: lambda group: group.offer,
    Dimension.USAGE: lambda group: f"{group.offer}/{group.usage}",
    Dimension.KIND: lambda group: group.structure_kind,
    Dimension.CHANNEL: lambda group: group.channel,
}


def _label(dimension: Dimension, key: str) -> str:
    match dimension:
        case Dimension.MONTH:
            return date_format(date.fromisoformat(f"{key}-01"), "F Y")
        case Dimension.KIND:
            return str(KINDS[key])
        case Dimension.CHANNEL:
            return str(CHANNELS.get(key, key))
        case _:
            return key


def _share(found: Figures) -> str:
    ended = found.counts["ended"]
    return f"{round(100 * found.counts['renewed'] / ended)} %" if ended else "—"


def _seconds(found: Figures, hundredths: int) -> int | None:
    delay = found.percentile(hundredths)
    return None if delay is None else round(delay.total_seconds())
