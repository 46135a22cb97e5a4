"""P7: pages of the inventory with a million products ÷ the same pages with a thousand.

Half of the products are one structure's; each page is read through the whole site. The same page
means as many rows: drawing one costs more than finding it, so the thousand are made such that each
list fills its page, and each single product is found, in both.
"""

import hashlib
import logging
import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.result import Result
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.habilitations import operations as habilitations
from guichet.identities import operations as identities
from guichet.identities.models import Account
from guichet.identities.sessions import BACKEND
from guichet.orders.models import Order, Product

FEW, MANY = 1_000, 1_000_000
CHUNK: Final = 5_000
REPEATS: Final = 15
CARD: Final = "2800143590"
OURS, THEIRS = "10B0135356", "10B0288882"
SERVICES: Final = ("messagerie", "dossier patient", "imagerie", "laboratoire", "INSI-AUTO")
OFFICES: Final = 23
"""So many that a thousand products fill a page of one office's, and a million have 40,000 of it."""
FIRST: Final = 5_000_000
"""Before the first number: with as many digits as ranks have none is found within another."""
LIFE, SPREAD = 1095, 641
"""Days from issuance to expiry; the ages of any thousand products are spread over them."""


def serial(rank: int) -> str:
    """As the authorities draw them: 16 octets that tell nothing of each other."""
    return hashlib.sha256(str(rank).encode()).hexdigest()[:32].upper()


PAGES: Final = {
    "list": {},
    "one serial": {"q": serial(777)},
    "common word": {"q": "messagerie"},
    "common word and a rarer one": {"q": "service bureau07"},
    "common word and one serial": {"q": f"service {serial(777)}"},
    "number": {"q": "5 000 777"},
    "nothing found": {"q": "introuvable"},
    "expiring": {"etat": "expiring", "tri": "not_after"},
    "usage, by name": {"usage": "SIGN", "tri": "beneficiary"},
    "without owner": {"responsable": "sans"},
    "page 40": {"page": "40"},
}


def measure(many: int = MANY) -> Iterator[Result]:
    """One result a page: medians in milliseconds."""
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)  # a line a request would drown the table
    browser = visitor()
    fill(1, FEW)
    few = {name: median(browser, "/produits/suivre/parc/", asked) for name, asked in PAGES.items()}
    few |= {"home": median(browser, "/", {}), "orders": median(browser, "/produits/suivre/", {})}
    fill(FEW + 1, many)
    analyse()
    for name in few:
        path = {"home": "/", "orders": "/produits/suivre/"}.get(name, "/produits/suivre/parc/")
        value = median(browser, path, PAGES.get(name, {}))
        yield Result("P7", f"{name}: {many:,} products ÷ {FEW:,}", value, few[name], "ms")


def median(browser: Client, path: str, asked: dict[str, str]) -> float:
    """Milliseconds of a page, the first reading apart."""
    taken = []
    for _turn in range(REPEATS + 1):
        started = time.perf_counter()
        answer = browser.get(path, asked, secure=True)
        taken.append(1000 * (time.perf_counter() - started))
        assert answer.status_code == 200, answer.status_code
    return statistics.median(taken[1:])


def queries(browser: Client, asked: dict[str, str]) -> list[tuple[float, str]]:
    """The queries of a page with their seconds, for whoever looks for the slow one."""
    with CaptureQueriesContext(connection) as captured:
        browser.get("/produits/suivre/parc/", asked, secure=True)
    return sorted(((float(q["time"]), q["sql"]) for q in captured), reverse=True)


def visitor() -> Client:
    """Somebody logged in, with rights for one of two structures."""
    now = timezone.now() - timedelta(days=1)
    for national_id, name in ((OURS, "HOPITAL DES 3 DAMES"), (THEIRS, "LABORATOIRE")):
        facts = habilitations.StructureFacts(
            national_id=national_id,
            legal_name=name,
            finess=national_id[1:],
            department_name="Paris",
            department_number="75",
        )
        habilitations.register_structure(facts=facts, by="bench", at=now)
    right = habilitations.RightAsked(
        card_number=CARD,
        structure_id=OURS,
        offer=Offer.ORG,
        usages=frozenset({Usage.AUTH_CLI, Usage.SIGN}),
        domains=(),
        mail_domains=(),
        starts_at=now,
    )
    habilitations.grant_right(asked=right, by="bench", at=now)
    asked = identities.AccountAsked(
        display_name="SOPHIE",
        email="sophie@hopital.fr",
        national_id="899700366240",
        roles=("administrator",),
    )
    pk = identities.register_account(asked=asked, by="bench", at=now)
    identities.register_card(number=CARD, account_id=pk, holder_name="S", by="bench", at=now)
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(Account.objects.get(pk=pk), backend=BACKEND)
    return browser


def fill(first: int, last: int) -> None:
    """Products number `first` to `last`, every other one of our structure."""
    now = timezone.now()
    for start in range(first, last + 1, CHUNK):
        ranks = range(start, min(start + CHUNK, last + 1))
        orders = Order.objects.bulk_create(order(rank, now) for rank in ranks)
        products = [product(rank, row, now) for rank, row in zip(ranks, orders, strict=True)]
        Product.objects.bulk_create(products)


def order(rank: int, now: datetime) -> Order:
    """A withdrawn order."""
    service = f"{SERVICES[rank % len(SERVICES)]} service {rank} bureau{rank % OFFICES:02}"
    usage = "SIGN" if rank % 7 == 0 else "AUTH_CLI"
    structure = OURS if rank % 2 else THEIRS
    words = (
        f"{rank} ORG {usage} {structure} HOPITAL DES 3 DAMES {service.upper()} SOPHIE@HOPITAL.FR"
    )
    return Order(
        number=200_000 + rank,
        state="withdrawn",
        channel="portal",
        language="fr",
        offer="ORG",
        usage=usage,
        structure_id=structure,
        structure_name="HOPITAL DES 3 DAMES",
        service=service,
        beneficiary=service,
        search_text=words,
        actor_email="sophie@hopital.fr",
        requester_ref=f"card:{CARD}",
        requester_label="SOPHIE",
        right_key="bench",
        request_digest="",
        signing_request=f"00000000-0000-4000-8000-{rank:012}",
        certificate_id=rank,
        placed_at=now,
        available_at=now,
        withdrawn_at=now,
    )


def product(rank: int, row: Order, now: datetime) -> Product:
    """Its product: one in fifty is revoked, one in ten has an owner."""
    made: dict[str, Any] = {
        name: getattr(row, name) for name in ("structure_id", "offer", "usage", "beneficiary")
    }
    age = rank * SPREAD % LIFE
    found = Product(
        number=FIRST + rank,
        order=row,
        certificate_id=rank,
        serial_hex=bytes.fromhex(serial(rank)).hex(":").upper(),
        issuer="CN=TEST AC",
        subject=f"CN={row.service}",
        not_before=now - timedelta(days=age),
        not_after=now + timedelta(days=LIFE - age),
        revoked_at=now if rank % 50 == 0 else None,
        owner_name="JEANNE" if rank % 10 == 0 else "",
        owner_email="jeanne@hopital.fr" if rank % 10 == 0 else "",
        code_hash="",
        **made,
    )
    found.search_text = found.searched()
    return found


def analyse() -> None:
    """What the database does by itself, in time."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
