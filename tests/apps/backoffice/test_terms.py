"""Versions of the terms: two persons publish one, and people accept the one in force."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.orders.counter import WITHDRAWAL, Person, Sign, text_of
from apps.orders.incidents import placed
from guichet.domain.refusals import Code, Refusal
from guichet.domain.wording import VersionState
from guichet.orders.models import Agreement
from guichet.terms import operations, queries
from guichet.terms.documents import Kind, blocks
from guichet.terms.models import TermsVersion
from guichet.terms.operations import Author, Written
from guichet.terms.originals import NUMBER, original

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
TERMS = original(Kind.TERMS)
FIRST = Author(ref="card:1", label="OLGA", account_id=1, accounts=frozenset({1}))
SECOND = Author(ref="card:2", label="OSCAR", account_id=2, accounts=frozenset({2}))
WRITTEN = Written(
    kind=Kind.TERMS,
    number="2027-01",
    text_fr="# Objet\n\nNouvelles conditions.\n",
    text_en="# Purpose\n\nNew terms.\n",
    changes_fr="Tout.",
    changes_en="Everything.",
    in_force_from=AT + timedelta(days=30),
)


def publish(written: Written = WRITTEN, at: datetime = AT) -> None:
    """Written by the first, published by the second."""
    operations.write(written=written, by=FIRST, at=at)
    operations.publish(kind=written.kind, number=written.number, by=SECOND, at=at)


@pytest.mark.django_db
def test_a_version_takes_effect_on_its_day_and_those_before_stay() -> None:
    operations.write(written=WRITTEN, by=FIRST, at=AT)
    with pytest.raises(Refusal) as alone:
        operations.publish(kind=Kind.TERMS, number="2027-01", by=FIRST, at=AT)
    assert alone.value.code is Code.TEXT_SAME_PERSON
    operations.publish(kind=Kind.TERMS, number="2027-01", by=SECOND, at=AT)
    day = WRITTEN.in_force_from
    assert queries.in_force(Kind.TERMS, day - timedelta(seconds=1)) == TERMS
    found = queries.in_force(Kind.TERMS, day)
    assert (found.number, found.sha256) == ("2027-01", TermsVersion.objects.get().sha256)
    assert queries.agreed(day).shown == f"2027-01 {NUMBER}"
    assert [one.number for one in queries.every(Kind.TERMS)] == ["2027-01", NUMBER]
    assert [block.kind for block in blocks(found.text("en"))] == ["title", "paragraph"]
    operations.give_up(kind=Kind.TERMS, number="2027-01", by=FIRST, at=AT)
    assert queries.in_force(Kind.TERMS, day) == TERMS


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"number": NUMBER}, Code.TERMS_NUMBER_TAKEN),
        ({"number": "deux mots"}, Code.FIELD_UNEXPECTED),
        ({"oid": "1.2.x"}, Code.FIELD_UNEXPECTED),
        ({"in_force_from": AT - timedelta(days=1)}, Code.DATE_PAST),
        ({"text_fr": TERMS.text_fr, "text_en": TERMS.text_en}, Code.TEXT_UNCHANGED),
    ],
)
def test_what_is_no_version(changes: dict[str, Any], code: Code) -> None:
    with pytest.raises(Refusal) as refused:
        operations.write(written=replace(WRITTEN, **changes), by=FIRST, at=AT)
    assert refused.value.code is code


@pytest.mark.django_db
def test_what_people_agreed_to_is_never_given_up() -> None:
    publish(replace(WRITTEN, in_force_from=AT))
    with pytest.raises(Refusal) as late:
        operations.give_up(kind=Kind.TERMS, number="2027-01", by=FIRST, at=AT)
    assert late.value.code is Code.MOVE_FORBIDDEN
    assert TermsVersion.objects.get().state == VersionState.IN_FORCE.value


def test_a_withdrawal_keeps_what_was_accepted(sophie: Person, sign: Sign) -> None:
    """The page shows a version; when another takes effect meanwhile, it is asked again."""
    number = placed(sophie)
    sign()
    address = f"/produits/retirer/{number}/"
    shown = f'name="shown" value="{NUMBER} {NUMBER}"'
    assert shown in text_of(sophie.get(address))
    publish(replace(WRITTEN, in_force_from=timezone.now()), timezone.now())
    late = sophie.post(address, {**WITHDRAWAL, "shown": f"{NUMBER} {NUMBER}"})
    assert late.status_code == 409
    page = text_of(late)
    assert "La version 2027-01 des conditions est en vigueur" in page
    assert "Nouvelles conditions." in page
    assert "checked" not in page
    product = sophie.post(address, {**WITHDRAWAL, "shown": f"2027-01 {NUMBER}"})["Location"]
    kept = Agreement.objects.get()
    assert (kept.terms, kept.policy) == ("2027-01", NUMBER)
    assert kept.terms_sha256 == queries.published(Kind.TERMS, "2027-01").sha256
    assert "/conditions/terms/2027-01/" in text_of(sophie.get(product))


@pytest.mark.django_db
def test_everybody_reads_every_version(client: Client) -> None:
    publish(replace(WRITTEN, in_force_from=timezone.now()), timezone.now())
    assert "2027-01" in text_of(client.get("/conditions/", secure=True))
    assert "Nouvelles conditions." in text_of(client.get("/conditions/terms/", secure=True))
    before = text_of(client.get(f"/conditions/terms/{NUMBER}/", secure=True))
    assert "n’est plus en vigueur" in before
    assert TERMS.sha256 in before
    for unknown in ("/conditions/none/", "/conditions/terms/2030/"):
        assert client.get(unknown, secure=True).status_code == 404


def test_what_changes_is_told_in_the_language_of_the_page(staff: Callable[[str], Person]) -> None:
    for language, words in (("fr", TERMS.changes_fr), ("en", TERMS.changes_en)):
        who = staff("operator")
        who.browser.cookies["__Host-guichet-language"] = language
        assert f">{words}</td>" in text_of(who.get("/gestion/textes/conditions/"))


def test_staff_write_publish_and_see_who_accepted(
    staff: Callable[[str], Person], sophie: Person, sign: Sign
) -> None:
    """One writes and looks at it, another publishes; acceptances are listed and exported."""
    first, second = staff("operator"), staff("supervisor")
    base = "/gestion/textes/conditions/"
    assert NUMBER in text_of(first.get(base))
    editor = f"{base}terms/ecrire/"
    assert "Ce à quoi vous vous engagez" in text_of(first.get(editor))
    day = (timezone.localdate() + timedelta(days=40)).isoformat()
    typed = {
        "number": "2027-02",
        "in_force_from": day,
        "text_fr": "# Objet\n\nNeuf.",
        "text_en": "# Purpose\n\nNew.",
        "changes_fr": "Tout.",
        "changes_en": "All.",
    }
    assert "<p>\n      Neuf." in text_of(first.post(editor, {**typed, "acte": "apercu"}))
    late = first.post(editor, {**typed, "in_force_from": "2020-01-01", "acte": "garder"})
    assert late.status_code == 422
    version = first.post(editor, {**typed, "acte": "garder"})["Location"]
    assert "Une autre personne la publie" in text_of(first.get(version))
    assert first.post(f"{version}publier/").status_code == 403
    assert "1 version attend votre relecture" in text_of(second.get(base))
    assert second.post(f"{version}publier/")["Location"] == version
    assert "2027-02" in text_of(first.get("/conditions/"))
    assert second.post(f"{version}ecarter/")["Location"] == version
    assert first.get("/conditions/terms/2027-02/").status_code == 404
    number = placed(sophie)
    sign()
    sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)
    listed = "/gestion/textes/acceptations/"
    assert str(number) in text_of(first.get(listed, version=NUMBER))
    assert "Personne" in text_of(first.get(listed, version="2027-02"))
    assert "Personne" in text_of(first.get(listed, par="depots"))
    csv = b"".join(first.get("/gestion/textes/acceptations.csv").streaming_content)  # type: ignore[attr-defined]
    assert TERMS.sha256 in csv.decode()
    book = first.get("/gestion/textes/acceptations.xlsx")
    assert b"".join(book.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert sophie.get(listed).status_code == 403
    assert sophie.get(base).status_code == 403
