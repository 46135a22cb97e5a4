"""Statistics: the same sums whatever they are told by, on the page and in files."""

import csv
import io
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

from django.http import StreamingHttpResponse
from django.utils import timezone

from apps.orders.counter import Person, Sign, withdrawn
from guichet.backoffice.statistics import Dimension
from guichet.orders.figures import MEASURES
from guichet.orders.models import Order, Product

Staff = Callable[[str], Person]
BASE = "/gestion/statistiques/"


def test_every_telling_has_the_same_sum(
    staff: Staff, sophie: Person, sign: Sign, django_assert_num_queries: Any
) -> None:
    """Two orders, one of which failed; a product revoked; by a fixed number of queries."""
    withdrawn(sophie, sign)
    Order.objects.filter(number=sophie.orders()).update(state="failed", ended_at=timezone.now())
    Product.objects.update(revoked_at=timezone.now())
    auditor = staff("auditor")
    auditor.get(BASE)
    for dimension in Dimension:
        with django_assert_num_queries(14):
            table = auditor.get(BASE, par=dimension.value).context["table"]
        counts = dict(zip(MEASURES, table.total.counts, strict=True))
        assert counts == dict.fromkeys(MEASURES, 0) | {
            "placed": 2, "available": 1, "withdrawn": 1, "failed": 1, "revoked": 1,
        }  # fmt: skip
        for place, name in enumerate(MEASURES):
            assert sum(row.counts[place] for row in table.rows) == counts[name]
    assert len(auditor.get(BASE, par="mois", mois="24").context["table"].rows) == 24
    assert auditor.get(BASE, par="rien", mois="-1").status_code == 200


def test_files_hold_every_row(staff: Staff, sophie: Person, sign: Sign) -> None:
    """Codes first, then names; who may not export is told so."""
    withdrawn(sophie, sign)
    operator = staff("operator")
    answer = operator.get(f"{BASE}export.csv")
    assert isinstance(answer, StreamingHttpResponse)
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    codes, _names, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert len(rows) == 1
    row = dict(zip(codes, rows[0], strict=True))
    assert (row["environment"], row["offer"], row["usage"]) == ("TEST", "ORG", "AUTH_CLI")
    assert (row["placed"], row["withdrawn"], row["channel"]) == ("1", "1", "Portail")
    for ending, part in (("xlsx", "xl/workbook.xml"), ("ods", "content.xml")):
        content = b"".join(operator.get(f"{BASE}export.{ending}"))  # type: ignore[arg-type]
        assert part in ZipFile(io.BytesIO(content)).namelist()
    assert staff("support").get(f"{BASE}export.csv").status_code == 403
    assert sophie.get(BASE).status_code == 403
