"""A short journal, and somebody who owns the database. Models are imported inside the fixtures."""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def state(tmp_path: Any, settings: Any) -> None:
    """Checkpoints of one test are not another's."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)


@pytest.fixture
def entries(db: None) -> None:
    """Five entries."""
    from apps.journal.attacks import AT
    from guichet.journal import operations

    for number in range(5):
        operations.record(
            "order-placed",
            subject=f"order:{number}",
            actor="SOPHIE",
            at=AT + timedelta(seconds=number),
            facts={"usage": "AUTH_CLI", "number": number, "mail": None},
        )


@pytest.fixture
def attacker(entries: None) -> Iterator[Callable[..., None]]:
    """Somebody who owns the database: triggers lifted, any statement."""
    from django.db import connection

    from guichet.journal import triggers

    triggers.allow_changes(connection)

    def execute(statement: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    yield execute
    triggers.forbid_changes(connection)
