"""guichet-client: when to renew, by the server's window (RFC 9773) or by the certificate's end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from client.counter import LIFE, START, Counter, Time
from guichet_client import advice, renewal, settings
from guichet_client.errors import ClientError, Exit
from guichet_client.protocols.acme_network import problem_of
from guichet_client.renewal import Plan, Window
from guichet_client.transport import Answer, Call, retry_after
from guichet_client.wording import Say

DAY = timedelta(days=1)
WINDOW = Window(START, START + 10 * DAY, "ari")
AWAY = ClientError(Exit.LATER, Say.AWAY, url="u", error="e")


def test_a_moment_is_chosen_once_for_each_window() -> None:
    first = renewal.plan(WINDOW, None, 0.5, START)
    assert first.chosen == START + 5 * DAY
    assert renewal.plan(WINDOW, first, 0.9, START + DAY).chosen == first.chosen
    moved = Window(START - 10 * DAY, START - 9 * DAY, "ari", "https://guichet.test/incident")
    assert renewal.plan(moved, first, 0.0, START).chosen == START - 10 * DAY
    assert renewal.from_json(first.as_json()) == first


@pytest.mark.parametrize("told", [None, {}, {"start": "x"}, {"start": "2026-01-01T00:00:00"}, [1]])
def test_a_plan_that_cannot_be_read_is_none(told: Any) -> None:
    assert renewal.from_json(told) is None


@pytest.mark.parametrize(
    ("life", "before", "opens"), [(90, 45, 60), (1095, 45, 1050), (3, 45, 2), (1095, 400, 730)]
)
def test_by_expiry_the_lead_is_a_third_of_the_life_at_most(
    life: int, before: int, opens: int
) -> None:
    found = renewal.from_expiry(START, START + life * DAY, before * DAY)
    assert found.start == START + opens * DAY
    assert found.start < found.end < START + life * DAY


def test_what_comes_before_the_next_run_is_due_now() -> None:
    plan = renewal.plan(WINDOW, None, 0.0, START)
    assert renewal.is_due(plan, START - timedelta(hours=11))
    assert not renewal.is_due(plan, START - timedelta(hours=12))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("Sun, 01 Mar 2026 00:05:00 GMT", 300),
        ("Sat, 28 Feb 2026 00:00:00 GMT", 0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: int | None) -> None:
    assert retry_after({"Retry-After": header}, Time().clock()) == seconds


@pytest.mark.parametrize(
    ("seconds", "held"), [(None, 6 * 3600), (1, 60), (10**9, 86400), (3600, 3600)]
)
def test_the_server_is_asked_again_within_reason(seconds: int | None, held: int) -> None:
    assert renewal.ask_again_at(START, seconds) == START + timedelta(seconds=held)


class Server:
    """Answers what it is given, in the place of the network."""

    answers: dict[str, Answer | ClientError]
    calls: list[str]

    def __init__(self, trust: object) -> None: ...

    def send(self, call: Call) -> Answer:
        self.calls.append(call.url)
        found = next(one for part, one in self.answers.items() if part in call.url)
        if isinstance(found, ClientError):
            raise found
        return found


def window(start: datetime, end: datetime, **more: str) -> Answer:
    told = {"start": start.isoformat(), "end": end.isoformat()}
    return Answer(200, b"", {"Retry-After": "7200"}, {"suggestedWindow": told} | more)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[Server]:
    monkeypatch.setattr(advice, "Transport", Server)
    monkeypatch.setattr(advice, "certificate_id", lambda leaf: "id")
    Server.calls = []
    listing = {"renewalInfo": "https://guichet.test/acme/renewal-info"}
    Server.answers = {"/directory": Answer(200, b"", {}, listing)}
    return Server


@pytest.fixture
def planned(server: type[Server], tmp_path: Any) -> Any:
    text = 'protocol = "acme"\nserver = "https://guichet.test/directory"\n'
    (tmp_path / "www.toml").write_text(text + '[certificate]\nname = "www.exemple.fr"\n')
    read, time = settings.read(tmp_path, "www"), Time()
    leaf = Counter(time)._signed("x", Counter(time).key.public_key(), LIFE)

    def plan(kept: Plan | None, at: datetime) -> Plan:
        time.at = at
        return advice.plan_of(read, leaf, kept, time.clock())

    return plan


def test_the_servers_window_goes_before_ours_and_an_incident_is_told(
    server: type[Server], planned: Any
) -> None:
    server.answers["/renewal-info/id"] = window(START + 50 * DAY, START + 60 * DAY)
    first = planned(None, START)
    assert (first.window.source, first.chosen) == ("ari", START + 55 * DAY)
    assert planned(first, START + timedelta(hours=1)) == first
    assert len(server.calls) == 2, "not asked again before its Retry-After"
    past = window(START - 2 * DAY, START - DAY, explanationURL="https://guichet.test/incident")
    server.answers["/renewal-info/id"] = past
    told = planned(first, START + timedelta(hours=3))
    assert renewal.is_due(told, START + timedelta(hours=3))
    assert told.window.explanation == "https://guichet.test/incident"


@pytest.mark.parametrize(
    "answer", [AWAY, window(START, START), Answer(200, b"", {}, {"suggestedWindow": "now"})]
)
def test_a_server_that_says_nothing_useful_changes_nothing(
    server: type[Server], planned: Any, answer: Answer | ClientError
) -> None:
    server.answers["/renewal-info/id"] = answer
    alone = planned(None, START)
    assert (alone.window.source, alone.window.start) == ("expiry", START + 60 * DAY)
    kept = Plan(WINDOW, START + DAY, START)
    assert planned(kept, START).window == WINDOW


def test_nobody_is_asked_about_what_has_expired(server: type[Server], planned: Any) -> None:
    assert renewal.is_due(planned(None, START + LIFE), START + LIFE)
    assert server.calls == []


def test_moments_without_a_zone_are_utc(server: type[Server], planned: Any) -> None:
    naive = datetime(2026, 4, 1), datetime(2026, 4, 2)  # noqa: DTZ001
    server.answers["/renewal-info/id"] = window(*naive)
    assert planned(None, START).window.start == naive[0].replace(tzinfo=UTC)


def test_a_refusal_within_an_order_names_its_address() -> None:
    """An ACME server tells it in the order or the challenge, not as the answer's own status."""
    told = {"type": "urn:ietf:params:acme:error:dns", "detail": "no address in the DNS"}
    error = problem_of(told, "https://guichet.test/acme/order/7")
    assert "(https://guichet.test/acme/order/7). no address in the DNS (dns)" in str(error)
