"""Figures, alerts, board and rotation of logs: what the files of deploy/ name is there."""

import json
import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from prometheus_client import Histogram
from prometheus_client.parser import text_string_to_metric_families

from guichet.domain.orders.states import OrderState
from guichet.journal import metrics as metrics_of_journal
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications.models import OutboxMail
from guichet.orders import metrics as metrics_of_orders
from guichet.orders.models import Order
from guichet.validation.tally import Tally
from guichet.web import metrics

ROOT = Path(__file__).resolve().parents[3]
MONITORING = ROOT / "deploy" / "monitoring"
HOW_TO = (ROOT / "docs" / "how-to" / "surveiller.md").read_text()
RULES = (MONITORING / "alerts.yml").read_text()
NOW, HOUR = timezone.now(), timedelta(hours=1)
SUFFIX = re.compile(r"_(bucket|sum|count|total)$")


def scraped() -> dict[str, dict[tuple[str, ...], float]]:
    """What a scrape of the portal tells, by name and values of labels."""
    answer = Client(REMOTE_ADDR="127.0.0.1").get("/metrics")
    assert answer.status_code == 200
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def told() -> set[str]:
    """Names of all that the portal and the responder tell, be there nothing to tell yet."""
    scraped()  # what tells figures is imported with the pages
    by_portal = metrics.REGISTRY._collector_to_names
    families = [family.name for collector in by_portal for family in collector.collect()]
    by_responder = text_string_to_metric_families(Tally().exposition().decode())
    return {*families, *(family.name for family in by_responder)}


def test_every_figure_that_is_named_is_told(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """By an alert, or by a panel of the board."""
    monkeypatch.setattr(metrics_of_journal, "BACKUPS", metrics_of_journal.LastBackup())
    with transaction.atomic():
        journal.record(Event.BACKUP_MADE, subject="backup:1", actor="test", at=NOW)
    board = json.loads((MONITORING / "guichet.json").read_text())
    asked = [t["expr"] for panel in board["panels"] for t in panel.get("targets", ())]
    rules = re.sub(r'".*?"', "", "".join(re.findall(r"(?:expr:|^ {10}).*", RULES, re.M)))
    named = re.findall(r"\b(?:guichet|process)_[a-z_]+", " ".join([rules, *asked]))
    assert len(asked) > 25
    assert {SUFFIX.sub("", name) for name in named} <= told()


def test_alerts_are_raised() -> None:
    """Prometheus' own tool reads the rules, and has figures raise them."""
    for command in (
        ["check", "rules", str(MONITORING / "alerts.yml")],
        ["test", "rules", str(ROOT / "tests" / "vectors" / "alerts.test.yml")],
        ["check", "config", "--syntax-only", str(MONITORING / "prometheus.yml")],
    ):
        done = subprocess.run(["promtool", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_says_what_to_do() -> None:
    """A chapter of the guide each, and no chapter without its alert."""
    alerts = re.findall(r"- alert: (\S+)", RULES)
    chapters = dict(re.findall(r"^### (Guichet\S+)\n(.+)", HOW_TO, re.M))
    assert list(chapters) == alerts
    assert all(len(words) > 40 for words in chapters.values())


def test_what_waits_is_counted(db: None) -> None:
    """And since when."""
    waiting = {"language": "fr", "about": "x:1", "dedupe_key": "1", "next_try_at": NOW}
    OutboxMail.objects.create(to=["a@b.fr"], created_at=NOW - HOUR, **waiting)
    placed(1, OrderState.ISSUING, NOW - HOUR)
    found = scraped()
    assert found["guichet_mails_waiting"] == {(): 1}
    assert found["guichet_orders"] == {("issuing",): 1, ("available",): 0}
    for name, labels in (("mails_oldest", ()), ("orders_oldest", ("issuing",))):
        assert found[f"guichet_{name}_seconds"][labels] >= HOUR.total_seconds()


def placed(number: int, state: OrderState, at: datetime, available: datetime | None = None) -> None:
    Order.objects.create(
        number=number,
        state=state.value,
        signing_request=uuid4(),
        placed_at=at,
        available_at=available,
    )


def test_how_long_issuance_takes(db: None) -> None:
    """Of what became available since the last scrape: each once, and none from before the first."""
    histogram = Histogram("issuance", "test", buckets=(10, 60), registry=None)
    issuances = metrics_of_orders.Issuances(histogram)
    placed(1, OrderState.AVAILABLE, NOW - HOUR, NOW - HOUR)
    issuances.follow(NOW)
    placed(2, OrderState.AVAILABLE, NOW, NOW + timedelta(seconds=30))
    for minutes in (1, 2, 3):
        issuances.follow(NOW + timedelta(minutes=minutes))
    (family,) = histogram.collect()
    counts = {s.labels.get("le", s.name): s.value for s in family.samples}
    assert (counts["10.0"], counts["60.0"], counts["issuance_sum"]) == (0, 1, 30)


def test_refusals_are_counted(db: None) -> None:
    """Under what was spoken, and their code."""
    Client().get("/habilitations/confirmations/nothing/", secure=True)
    assert scraped()["guichet_refusals_total"]["invitation-invalid", "page"] >= 1


def test_logs_are_rotated(tmp_path: Path) -> None:
    """By logrotate itself: the file goes aside, and what writes to it goes on."""
    log = tmp_path / "portal.log"
    told = (ROOT / "deploy" / "logrotate" / "guichet").read_text()
    told = told.replace("/var/lib/guichet/log", str(tmp_path))
    (tmp_path / "conf").write_text(re.sub(r"\n\s+su .*", "", told))
    (tmp_path / "conf").chmod(0o644)
    with log.open("a") as stream:
        stream.write("before\n")
        stream.flush()
        command = ["/usr/sbin/logrotate", "-f", "-s", tmp_path / "status", tmp_path / "conf"]
        subprocess.run(command, check=True, capture_output=True)
        stream.write("after\n")
    assert (log.read_text(), (tmp_path / "portal.log.1").read_text()) == ("after\n", "before\n")
