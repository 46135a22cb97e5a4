"""The blast radius of an incident: who is touched, which services, and what they are left with."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, cast

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.domain.orders.states import EXPIRING_BEFORE, OrderState
from guichet.orders.incident_progress import with_renewals
from guichet.orders.incident_words import TOUCHED_STATES
from guichet.orders.incidents import touched_facts
from guichet.orders.models import Contact, Order, Product, Touched
from guichet.web.spreadsheets import Heading, Value

SERVICES: Final = 50
CHUNK: Final = 500
COLUMNS: Final[tuple[tuple[str, Any], ...]] = (
    ("serial", _("Numéro de série")),
    ("authority", _("Autorité")),
    ("profile", _("Offre et usage")),
    ("structure", _("Identifiant national structure")),
    ("structure_name", _("Raison sociale")),
    ("beneficiary", _("Bénéficiaire")),
    ("fqdn", _("Nom de domaine ou de serveur")),
    ("mail", _("Adresse de messagerie")),
    ("order", _("N° de demande")),
    ("product", _("N° de produit")),
    ("not_after", _("Fin de validité")),
    ("channel", _("Canal")),
    ("requester", _("Demandeur")),
    ("editor", _("Éditeur délégataire")),
    ("contacts", _("Contacts joignables")),
    ("spare", _("Un autre certificat valable")),
    ("renewed", _("Renouvelé")),
    ("pending", _("Renouvellement en cours")),
    ("state", _("État dans l’incident")),
    ("failure", _("Échec")),
)


@dataclass(frozen=True, slots=True)
class Service:
    """What certificates of an incident are for: a name of a structure, and its certificates.

    `is_bare`: no other certificate valid now serves it. `until` is the end of the first to expire.
    """

    structure_id: str
    structure_name: str
    profile: str
    beneficiary: str
    count: int
    is_bare: bool
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Figures of an incident; `bare` are certificates whose service has no other valid one.

    `people` are distinct addresses that take our e-mails; `unreachable` are certificates without
    any. `expiring` end within 90 days. `renewing` have a successor on its way.
    """

    certificates: int
    unordered: int
    unwithdrawn: int
    structures: int
    people: int
    unreachable: int
    expiring: int
    bare: int
    renewing: int
    by_program: int
    editors: Sequence[tuple[str, int]]
    services: Sequence[Service]


Row = Mapping[str, Any]
Key = tuple[str, str, str, str]
READ: Final = (
    "structure_id",
    "order__structure_name",
    "profile",
    "order__beneficiary",
    "order__state",
    "order__channel",
    "not_after",
    "is_reached",
    "is_pending",
    "is_renewed",
    "has_spare",
)
FIGURES: Final[Mapping[str, Callable[[Row, datetime], bool]]] = {
    "ordered": lambda row, at: True,
    "unwithdrawn": lambda row, at: row["order__state"] != OrderState.WITHDRAWN.value,
    "unreachable": lambda row, at: not row["is_reached"],
    "expiring": lambda row, at: row["not_after"] <= at + EXPIRING_BEFORE,
    "bare": lambda row, at: not row["has_spare"],
    "renewing": lambda row, at: row["is_pending"] or row["is_renewed"],
    "by_program": lambda row, at: row["order__channel"] == "api",
}


@dataclass(slots=True)
class _Served:
    """What is counted of one service."""

    until: datetime
    count: int = 0
    bare: int = 0

    def add(self, row: Row) -> None:
        self.count += 1
        self.bare += not row["has_spare"]
        self.until = min(self.until, row["not_after"])


def report(number: int, at: datetime) -> Report:
    """The blast radius of an incident at this instant: one reading of its certificates."""
    touched = Touched.objects.filter(incident=number)
    rows = _with_spares(with_renewals(touched), at).values(*READ)
    counts: Counter[str] = Counter()
    services: dict[Key, _Served] = {}
    for row in rows.iterator(CHUNK):
        counts.update(name for name, holds in FIGURES.items() if holds(row, at))
        key = cast("Key", tuple(row[name] for name in READ[:4]))
        services.setdefault(key, _Served(row["not_after"])).add(row)
    figures = {name: counts[name] for name in FIGURES}
    ordered = figures.pop("ordered")
    certificates = touched.count()
    return Report(
        **figures,
        certificates=certificates,
        unordered=certificates - ordered,
        structures=len({key[0] for key in services}),
        people=_people(number),
        editors=_editors(touched),
        services=[_service(key, one) for key, one in _first(services)],
    )


def heading() -> Heading:
    """The title of the table and its columns, in the active language."""
    return Heading(gettext("Incident"), tuple((code, str(name)) for code, name in COLUMNS))


def table_rows(number: int, at: datetime) -> Iterator[list[Value]]:
    """Every certificate of an incident as a row, read a few hundred at a time."""
    rows = Touched.objects.filter(incident=number).order_by("pk").iterator(CHUNK)
    while chunk := [row.pk for row in islice(rows, CHUNK)]:
        yield from _rows(chunk, at)


def _rows(chunk: Sequence[int], at: datetime) -> Iterator[list[Value]]:
    some = Touched.objects.filter(pk__in=chunk).select_related("order", "order__product")
    told = {row.pk: row for row in _with_spares(with_renewals(some), at)}
    contacts = _contacts([row.order_id for row in told.values()])
    for row in some.order_by("pk"):
        facts, order, more = touched_facts(row), row.order, told.get(row.pk)
        yield [
            facts.serial_hex,
            facts.authority,
            facts.profile,
            facts.structure_id,
            order.structure_name if order else "",
            facts.beneficiary,
            order.fqdn if order else "",
            order.mail if order else "",
            facts.order,
            facts.product,
            facts.not_after,
            order.channel if order else "",
            order.requester_label if order else "",
            order.editor_name if order else "",
            ", ".join(contacts.get(row.order_id or 0, ())),
            *((more.has_spare, more.is_renewed, more.is_pending) if more else (None, None, None)),
            str(TOUCHED_STATES[facts.state].label),
            facts.failure,
        ]


def _contacts(orders: Sequence[int | None]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = Contact.objects.filter(order__in=orders, bounced_at=None).order_by("pk")
    for order, email in rows.values_list("order_id", "email"):
        found.setdefault(order, []).append(email)
    return found


def _with_spares(rows: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """Rows told whether the incident leaves their service another valid certificate."""
    also = Touched.objects.filter(incident=OuterRef(OuterRef("incident")), order=OuterRef("order"))
    same = {n: OuterRef(f"order__{n}") for n in ("structure_id", "usage", "beneficiary", "offer")}
    spare = Product.objects.filter(~Exists(also), revoked_at=None, not_after__gt=at, **same)
    told: QuerySet[Any] = rows.annotate(has_spare=Exists(spare))
    return told


def _people(number: int) -> int:
    orders = Touched.objects.filter(incident=number, order__isnull=False).values("order")
    rows = Contact.objects.filter(order__in=orders, bounced_at=None)
    return rows.aggregate(people=Count("email", distinct=True))["people"] or 0


def _editors(touched: QuerySet[Touched]) -> list[tuple[str, int]]:
    orders = Order.objects.filter(pk__in=touched.values("order"), editor_name__gt="")
    found = orders.order_by().values_list("editor_name").annotate(count=Count("pk"))
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _first(services: Mapping[Key, _Served]) -> Sequence[tuple[Key, _Served]]:
    """Those left with nothing first, then those with the most certificates."""
    ordered = sorted(services.items(), key=lambda pair: (-pair[1].bare, -pair[1].count, pair[0]))
    return ordered[:SERVICES]


def _service(key: Key, served: _Served) -> Service:
    structure_id, structure_name, profile, beneficiary = key
    return Service(
        structure_id=structure_id,
        structure_name=structure_name,
        profile=profile,
        beneficiary=beneficiary,
        count=served.count,
        is_bare=bool(served.bare),
        until=served.until,
    )
