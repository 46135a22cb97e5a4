"""Generations of authorities, versions of profiles, announcements, texts of evidence."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from guichet.domain import evidence
from guichet.domain.announcements import Announcement, Audience, Level, Scope, require_times
from guichet.domain.catalogue import authorities, generations, profile_versions, profiles
from guichet.domain.evidence import CarryingTold, DelegationTold, HabilitationTold, OrderTold
from guichet.domain.refusals import Code
from kit.refusals import assert_refused

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("code", "series", "number"),
    [
        ("ACI-EL-ORG", "ACI-EL-ORG", 1),
        ("ACI-EL-ORG-G2", "ACI-EL-ORG", 2),
        ("ACI-EL-ORG-TEST-G10", "ACI-EL-ORG-TEST", 10),
        ("ACI-EL-ORG-G1", "ACI-EL-ORG-G1", 1),
        ("ACI-EL-ORG-G02", "ACI-EL-ORG-G02", 1),
    ],
)
def test_a_code_names_its_generation(code: str, series: str, number: int) -> None:
    assert (generations.series_of(code), generations.number_of(code)) == (series, number)
    assert generations.code_of(series, number) == code


def test_generations_count_from_one() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        generations.code_of("ACI-EL-ORG", 0)


def test_a_post_quantum_key_goes_to_an_authority_of_its_like() -> None:
    profile = profiles.profile("ORG/AUTH_CLI")
    assert profile.authority_for("rsa") == profile.authorities[0]
    alike = profile.authority_for("ml-dsa-65")
    assert authorities.is_post_quantum(alike)
    alone = replace(profile, authorities=profile.authorities[:1])
    assert alone.authority_for("ml-dsa-65") == profile.authorities[0]


def test_lists_of_who_left_the_catalogue_keep_nothing() -> None:
    assert not authorities.keeps_expired("ACI-OUBLIEE")


def test_versions_are_kept_as_they_were_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert profile_versions.keep(tmp_path) == 0
    monkeypatch.setattr(profile_versions, "every", dict)
    count = profile_versions.keep(tmp_path)
    assert count == len(profiles.tables())
    again = profile_versions._read("x", next(tmp_path.iterdir()))
    assert [version.number for version in again] == [1]


def test_what_differs_between_versions_is_told_line_by_line() -> None:
    before, after = {"a": 1, "b": [1], "c": "x"}, {"a": 1, "b": [2], "d": True}
    found = [(one.line, one.before, one.after) for one in profile_versions.changes(before, after)]
    assert found == [("b", [1], [2]), ("c", "x", None), ("d", None, True)]
    assert profile_versions.written({"b": {"c": "é", "a": 1}}) == '"b a" = 1\n"b c" = "é"\n'


ANNOUNCED = Announcement(
    number=3,
    revision=2,
    level=Level.INCIDENT,
    audience=Audience.STAFF,
    scope=Scope.PRODUCTS,
    title_fr="Panne",
    title_en="Outage",
    text_fr="Texte",
    text_en="Text",
    starts_at=AT,
    ends_at=AT + TICK,
    withdrawn_at=None,
    author="OSCAR",
    written_at=AT,
)


def test_an_announcement_is_shown_in_its_time() -> None:
    assert [ANNOUNCED.is_shown(AT + n * TICK) for n in (-1, 0, 1)] == [False, True, False]
    assert replace(ANNOUNCED, ends_at=None).is_shown(AT + timedelta(days=999))
    assert not replace(ANNOUNCED, withdrawn_at=AT).is_shown(AT)


def test_an_announcement_is_for_some_people_on_some_pages() -> None:
    assert ANNOUNCED.key == "3.2"
    assert ANNOUNCED.concerns([Audience.STAFF], "/produits/suivre/")
    assert not ANNOUNCED.concerns([Audience.EVERYBODY], "/produits/suivre/")
    assert not ANNOUNCED.concerns([Audience.STAFF], "/habilitations/")
    assert (ANNOUNCED.title("en-gb"), ANNOUNCED.text("en")) == ("Outage", "Text")
    assert (ANNOUNCED.title("fr"), ANNOUNCED.text("de")) == ("Panne", "Texte")


def test_an_announcement_that_nobody_would_see_is_refused() -> None:
    require_times(AT, None, AT + TICK)
    require_times(AT, AT + 2 * TICK, AT + TICK)
    with assert_refused(Code.DATES_REVERSED, field="ends_at"):
        require_times(AT, AT, AT - TICK)
    with assert_refused(Code.DATE_PAST, field="ends_at"):
        require_times(AT, AT + TICK, AT + TICK)


PARIS = timezone(timedelta(hours=1))
GIVEN = HabilitationTold(
    right="r",
    structure="s",
    offer="ORG",
    usages={"SIGN", "AUTH_CLI"},
    domains=("b.fr", "a.fr"),
    mail_domains=(),
    servers=(),
    origin="dossier:1",
    starts_at=AT.astimezone(PARIS),
    ends_at=None,
)


def test_a_habilitation_reads_the_same_wherever_it_is_written() -> None:
    assert evidence.habilitation(GIVEN) == (
        '{"domains":["b.fr","a.fr"],"ends_at":null,"format":"guichet-habilitation/1",'
        '"mail_domains":[],"offer":"ORG","origin":"dossier:1","right":"r","servers":[],'
        '"starts_at":"2026-11-24T12:00:00.000000+00:00","structure":"s",'
        '"usages":["AUTH_CLI","SIGN"]}'
    )
    ended = json.loads(evidence.habilitation(replace(GIVEN, ends_at=AT, dossiers=("F413-1",))))
    assert ended["ends_at"] == evidence.instant(AT)
    assert ended["dossiers"] == ["F413-1"]


def test_each_document_says_what_it_is() -> None:
    texts = {
        "dossier": evidence.dossier(number=1, revision=2, content_sha256="c", terms="t"),
        "decision": evidence.decision(
            number=1, revision=2, content_sha256="c", kind="accept", types={"b", "a"}
        ),
        "delegation": evidence.delegation(
            DelegationTold(
                delegation=1, structure="s", editor="e", offers={"SERV", "ORG"}, domains=("d",),
                mail_domains=("m",), starts_at=AT, ends_at=AT,
            )
        ),
        "carrying": evidence.carrying(
            CarryingTold(
                renewal=1, right="r", successor="n", structure="s", offer="ORG",
                usages={"SIGN", "CONF"}, consent="policy",
            )
        ),
        "order": evidence.order(
            OrderTold(
                order=1, profile="ORG/SIGN", structure="s", right="r", habilitation="h",
                service="é", fqdn="", mail="", channel="portal", renews=None,
            )
        ),
        "withdrawal": evidence.withdrawal(
            order=1, product=2, serial="0A", certificate_sha256="c"
        ),
    }  # fmt: skip
    read = {kind: json.loads(text) for kind, text in texts.items()}
    assert {kind: held["format"] for kind, held in read.items()} == {
        kind: f"guichet-{kind}/1" for kind in texts
    }
    assert read["decision"]["types"] == ["a", "b"]
    assert read["delegation"]["offers"] == ["ORG", "SERV"]
    assert read["carrying"]["usages"] == ["CONF", "SIGN"]
    assert '"service":"é"' in texts["order"]
    assert evidence.digest("é") == evidence.digest("é".encode())
