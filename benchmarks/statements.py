"""How the database finds what the signer asks of it: every statement of its work, explained."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.apps import apps
from django.db import connection

LARGE: Final = ("authority_signingrequest", "authority_certificate", "journal_entry")
VERBS: Final = ("SELECT", "UPDATE", "DELETE")
MANY_MARKS: Final = re.compile(r"(%s, )+%s")
SCANNED: Final = {
    "postgresql": re.compile(r'Seq Scan on "?(?P<table>\w+)'),
    "sqlite": re.compile(r"SCAN (?P<table>\w+)(?: USING (?:COVERING )?INDEX (?P<index>\w+))?"),
}


class Explained:
    """Plans of the statements of a block, each kind of statement once."""

    def __init__(self) -> None:
        self.plans: dict[str, str] = {}
        self._is_asking = False
        indexes = (index for model in apps.get_models() for index in model._meta.indexes)  # noqa: SLF001
        self._partial = {index.name for index in indexes if index.condition is not None}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Explain what runs in the block."""
        with connection.execute_wrapper(self._explained):
            yield

    def whole_reads(self) -> list[str]:
        """Statements that read the whole of a large table, with their plans."""
        return [f"{sql}\n{plan}" for sql, plan in self.plans.items() if self._is_whole(plan)]

    def _is_whole(self, plan: str) -> bool:
        """A partial index holds what waits alone: to read all of it is as short as what waits."""
        return any(
            scan["table"] in LARGE and scan.groupdict().get("index") not in self._partial
            for scan in SCANNED[connection.vendor].finditer(plan)
        )

    def _explained(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: Any,
    ) -> Any:
        kind = MANY_MARKS.sub("…", sql)
        if not self._is_asking and sql.startswith(VERBS) and kind not in self.plans:
            self._is_asking = True
            try:
                self.plans[kind] = self._plan(sql, params[0] if many else params)
            finally:
                self._is_asking = False
        return execute(sql, params, many, context)

    def _plan(self, sql: str, params: Any) -> str:
        query = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        with connection.cursor() as cursor:
            cursor.execute(f"{query} {sql}", params)
            return "\n".join(str(row[-1]) for row in cursor.fetchall())
