"""Alarms: raised once, told once and each day, cleared, whatever happens between."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from guichet.domain.freshness import Finding, Kind, Point, Problem, Reading, Rule
from guichet.journal import queries as journal
from guichet.journal.events import Event
from guichet.notifications import queries as mails
from guichet.validation import alarms, texts
from guichet.validation.models import Alarm
from guichet.validation.watch import recording
from guichet.validation.watch.loop import Watch
from kit.pki import NOW

MINUTE = timedelta(minutes=1)
LIST = "crl/A.crl"
FORGED = Finding(Rule.WRONG, LIST, {"problem": "forged"})
OPERATORS = ("exploitation@guichet.test", "astreinte@guichet.test")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def operators(settings: Any) -> None:
    settings.GUICHET = replace(settings.GUICHET, operator_emails=OPERATORS)


def told() -> list[str]:
    return [mail.subject for mail in mails.about(alarms.ABOUT)]


def events(subject: str = LIST) -> list[str]:
    return [entry.event for entry in journal.entries_about(f"alarm:{subject}")]


def settle(watch: Watch, minute: int, *findings: Finding) -> None:
    watch._settle(findings, NOW + minute * MINUTE)


def test_the_life_of_an_alarm(settings: Any) -> None:
    """Two rounds raise it, two clear it; one entry in the journal and one e-mail for each."""
    with Watch() as watch:
        settle(watch, 0, FORGED)
        assert not Alarm.objects.exists()
        for minute in range(1, 5):
            settle(watch, minute, FORGED)
        row = Alarm.objects.get()
        assert (row.state, row.raised_at, row.facts) == ("raised", NOW + MINUTE, FORGED.facts)
        assert events() == [Event.ALARM_RAISED]
        (mail,) = mails.about(alarms.ABOUT)
        assert mail.to == OPERATORS
        assert mail.subject == "Alerte du service de validation\u202f: Contenu refusé"
        assert "La signature n’est pas celle de l’autorité." in mail.text
        settle(watch, 5)
        settle(watch, 6, FORGED)
        settle(watch, 7)
        assert events() == [Event.ALARM_RAISED]
        settle(watch, 8)
        row.refresh_from_db()
        assert (row.state, row.cleared_at) == ("cleared", NOW + 8 * MINUTE)
        assert events() == [Event.ALARM_RAISED, Event.ALARM_CLEARED]
        assert told()[1:] == ["Fin d’alerte du service de validation\u202f: Contenu refusé"]
        settle(watch, 9)
    assert len(told()) == 2


def test_told_again_each_day_and_all_at_once() -> None:
    alarms.raise_alarm(FORGED, NOW)
    alarms.raise_alarm(Finding(Rule.SILENT, "signer", {}), NOW)
    assert [alarms.tell(NOW + timedelta(hours=hours)) for hours in (0, 1, 23, 24, 47)] == [
        *(1, 0, 0, 1, 0)
    ]
    assert told() == ["Alerte du service de validation\u202f: Contenu refusé et 1 autre"] * 2
    alarms.raise_alarm(Finding(Rule.WRONG, "crl/B.crl", FORGED.facts), NOW)
    alarms.tell(NOW + timedelta(hours=48))
    assert "- Contenu refusé\u202f: crl/A.crl, crl/B.crl\n" in mails.about(alarms.ABOUT)[-1].text


def test_nobody_to_tell(settings: Any) -> None:
    """The alarm stands all the same; whoever comes later is told."""
    settings.GUICHET = replace(settings.GUICHET, operator_emails=())
    assert alarms.raise_alarm(FORGED, NOW)
    assert alarms.tell(NOW) == 0
    settings.GUICHET = replace(settings.GUICHET, operator_emails=OPERATORS)
    assert alarms.tell(NOW + MINUTE) == 1


def test_two_watchdogs_make_one_alarm() -> None:
    assert alarms.raise_alarm(FORGED, NOW)
    assert not alarms.raise_alarm(FORGED, NOW + MINUTE)
    assert alarms.clear_alarm(FORGED.key, NOW + MINUTE)
    assert not alarms.clear_alarm(FORGED.key, NOW + MINUTE)
    assert events() == [Event.ALARM_RAISED, Event.ALARM_CLEARED]


def test_a_silent_watchdog_is_told_by_another_process() -> None:
    """And cleared by its own next rounds; what was stopped as a whole is given time to start."""
    guard = alarms.guarding()
    assert not guard(NOW)
    point = Point(name=LIST, kind=Kind.LIST, authority="A")
    recording.store([Reading(point=point, at=NOW)], {})
    assert not guard(NOW + 5 * MINUTE)
    assert guard(NOW + 6 * MINUTE)
    assert not guard(NOW + 7 * MINUTE)
    assert len(told()) == 1
    assert not alarms.guarding()(NOW + 60 * MINUTE)
    with Watch() as watch:
        settle(watch, 8)
        settle(watch, 9)
    assert events("watchdog") == [Event.ALARM_RAISED, Event.ALARM_CLEARED]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("rule", Rule)
def test_every_alarm_has_its_words(rule: Rule, language: str) -> None:
    """With the facts that its finding has."""
    at = NOW.isoformat()
    facts: dict[Rule, dict[str, str | int]] = {
        Rule.WRONG: {"problem": Problem.WENT_BACK.value},
        Rule.UNREACHABLE: {"problem": Problem.UNREACHABLE.value},
        Rule.LATE: {"this_update": at},
        Rule.ENDING: {"next_update": at},
        Rule.DELEGATE_ENDING: {"ends": at},
        Rule.SLOW: {"milliseconds": 2300},
        Rule.SILENT: {"since": at},
        Rule.SET_ASIDE: {"count": 2},
        Rule.WAITING: {"since": at},
        Rule.MAIL_TEXT: {"fault": "TypeError"},
        Rule.LOG: {"entry": 7},
        Rule.EMERGENCY: {"since": at},
    }
    with translation.override(language):
        words = texts.alarm_words(rule.value, facts[rule])
        never = texts.alarm_words(Rule.SILENT.value, {})
    assert all((words.title, words.detail, words.remedy, never.detail))
    assert "%" not in words.detail


def test_every_problem_has_its_words() -> None:
    assert set(texts.PROBLEMS) == set(Problem)
    assert set(texts.KINDS) == set(texts.EXPLAINED) == set(Kind)
