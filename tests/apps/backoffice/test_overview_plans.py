"""No page of the overview reads a table of a million rows whole, whichever database it is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.orders.counter import Person, Sign, withdrawn

Staff = Callable[[str], Person]
pytestmark = pytest.mark.both_databases
LARGE = ("orders_order", "orders_product", "authority_certificate", "authority_signingrequest")


@pytest.mark.parametrize(
    "page",
    [
        "",
        "demandes/?etat=issuing",
        "demandes/?etat=withdrawn",
        "produits/?jours=90",
        "statistiques/?par=structure&mois=36",
        "recherche/?q=50001",
        "recherche/?q=2800143590",
        "autorites/ACI-EL-ORG-TEST/",
    ],
)
def test_large_tables_are_read_by_an_index(
    page: str, staff: Staff, sophie: Person, sign: Sign
) -> None:
    """By the plans that the database itself tells for each query of the page."""
    withdrawn(sophie, sign)
    operator = staff("operator")
    with CaptureQueriesContext(connection) as queries:
        assert operator.get(f"/gestion/{page}").status_code in {200, 302}
    asked = [q["sql"] for q in queries if any(f'FROM "{name}"' in q["sql"] for name in LARGE)]
    assert asked
    for sql in asked:
        for step in _plan(sql):
            assert not _reads_whole(step), (step, sql)


def _plan(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return [row[-1] for row in cursor.fetchall()]
        # On a table of one row reading it whole is best: it is forbidden for the question.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        return [row[0] for row in cursor.fetchall()]


def _reads_whole(step: str) -> bool:
    """A walk along an index is no such reading: a limit ends it."""
    words: Any = step.split()
    return any(
        f"Seq Scan on {name} " in step or (words[:2] == ["SCAN", name] and "INDEX" not in step)
        for name in LARGE
    )
