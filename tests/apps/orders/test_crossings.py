"""Operations that meet wait for each other: on PostgreSQL none is ended by a deadlock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from apps.orders import crossings
from kit import races


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("race", "told"),
    [
        (crossings.group_and_cancellation, ["done", "move-forbidden"]),
        (crossings.certificate_and_other, ["done", "done"]),
        (crossings.tag_taken_and_given, ["done", "done"]),
        (crossings.mail_abandoned_and_contact_kept, ["done", "done"]),
        (crossings.renewal_withdrawn_and_service_closed, ["done", "done"]),
    ],
)
def test_each_is_done_or_refused(
    race: Callable[[], list[str]], told: list[str], tmp_path: Path
) -> None:
    assert races.told_by(race, tmp_path) == told
