"""Proofs of domains as time passes: looked at again, warned of, lost."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.habilitations.domain_proofs import (  # noqa: F401 the fixtures
    RECORD,
    _hospital,
    _quick,
    jean,
    proved,
    zone,
)
from apps.habilitations.rights_kit import (
    HOSPITAL,
    NOW,
    mails,
    written_to,
)
from guichet.habilitations import dns as guichet_dns
from guichet.habilitations.operations import upkeep
from guichet.habilitations.policy import policy
from guichet.journal import queries as journal

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=31)


def test_a_month_later_the_clerk_looks_again(zone, jean) -> None:
    """A record that is there keeps the proof; nothing is asked before its time."""
    row = proved(zone, jean)
    assert upkeep.check_domains_again(NOW + timedelta(days=29)) == 0
    assert upkeep.check_domains_again(NOW + MONTH) == 1
    assert upkeep.check_domains_again(NOW + MONTH) == 0
    row.refresh_from_db()
    assert (row.proved_at, row.checked_at) == (NOW, NOW + MONTH)


def test_a_record_taken_away_is_warned_of_then_lost(zone, jean) -> None:
    """Warned first, lost after the grace; republished in time it stays."""
    row = proved(zone, jean)
    zone.publish(RECORD)
    at = NOW + MONTH
    assert upkeep.check_domains_again(at) == 1
    assert upkeep.check_domains_again(at + timedelta(days=1)) == 0
    assert written_to("domain-missing") == ["jean@hopital.fr"]
    assert row.token in mails("domain-missing")[0].text
    row.refresh_from_db()
    assert row.proved_at == NOW
    assert upkeep.check_domains_again(at + policy().domain_grace) == 1
    row.refresh_from_db()
    assert row.proved_at is None
    assert written_to("domain-lost") == ["jean@hopital.fr"]
    assert journal.entries_about(f"structure:{HOSPITAL}")[-1].event == "domain-proof-lost"
    assert upkeep.check_domains_again(at + 3 * MONTH) == 0


def test_a_record_put_back_in_time_keeps_the_proof(zone, jean) -> None:
    """Nothing is lost."""
    row = proved(zone, jean)
    zone.publish(RECORD)
    upkeep.check_domains_again(NOW + MONTH)
    zone.publish(RECORD, row.token)
    upkeep.check_domains_again(NOW + MONTH + policy().domain_grace)
    row.refresh_from_db()
    assert (row.proved_at, row.last_answer) == (NOW, "found")


def test_a_silent_dns_is_asked_again_the_next_day(zone, jean, monkeypatch) -> None:
    """And loses nobody's proof, however long it is silent."""
    row = proved(zone, jean)
    zone.silent = True
    monkeypatch.setattr(guichet_dns, "LIFETIME_S", 0.02)
    monkeypatch.setattr(guichet_dns, "TRY_S", 0.01)
    for days in range(31, 41):
        assert upkeep.check_domains_again(NOW + timedelta(days=days)) == 1
    row.refresh_from_db()
    assert row.proved_at == NOW
    assert mails("domain-missing") == []
