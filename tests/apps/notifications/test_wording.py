"""The texts of e-mails that staff write: what they may say, and who puts them in force."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import guichet
from guichet.domain.refusals import Code, Refusal
from guichet.journal.models import Entry
from guichet.notifications.mails import Mail, render
from guichet.notifications.models import MailText, OutboxMail
from guichet.notifications.operations import enqueue_all
from guichet.notifications.wording import checking, in_force, operations, shapes
from guichet.notifications.wording.catalogue import LANGUAGES, every_kind, find
from guichet.notifications.wording.operations import Writer

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
TAKEN = "orders/mail/taken"
TEXT = "Objet : Demande {{ order.number }}\n\nBien reçu le {{ order.placed_at|date:'d/m/Y' }}.\n"
FIRST = Writer(
    ref="card:1", label="OLGA", account_id=1, accounts=frozenset({1, 9}), email="olga@guichet.test"
)
SECOND = Writer(
    ref="card:2", label="OSCAR", account_id=2, accounts=frozenset({2}), email="oscar@guichet.test"
)


def every_template() -> set[str]:
    """The e-mails whose templates came with the apps."""
    found = Path(guichet.__file__).parent.glob("*/templates/*/mail/*.fr.txt")
    names = {
        f"{path.parent.parent.name}/mail/{path.name.removesuffix('.fr.txt')}" for path in found
    }
    return names - {"habilitations/mail/news_kinds"}


def test_every_email_is_told_of_and_could_be_written_by_staff() -> None:
    """Each default passes the checks of an edited text, with each sample, in both languages."""
    assert {kind.template for kind in every_kind()} == every_template()
    wrong = {
        f"{kind.template}.{language}": found
        for kind in every_kind()
        for language in LANGUAGES
        if (found := checking.objections(kind, language, kind.default(language)))
    }
    assert not wrong


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bonjour", Code.TEXT_SUBJECT_MISSING),
        ("Objet : {{ order.secret }}\n", Code.TEXT_VARIABLE_UNKNOWN),
        ("Objet : {{ order.number.real }}\n", Code.TEXT_VARIABLE_UNKNOWN),
        ("Objet : {{ order }}\n", Code.TEXT_VARIABLE_UNKNOWN),
        ("Objet : x\n{% if a.b %}{% endif %}", Code.TEXT_VARIABLE_UNKNOWN),
        ("Objet : {{ settings.SECRET_KEY }}\n", Code.TEXT_VARIABLE_UNKNOWN),
        ("Objet : x\n{% load static %}", Code.TEXT_TAG_FORBIDDEN),
        ("Objet : x\n{% debug %}", Code.TEXT_TAG_FORBIDDEN),
        ("Objet : x\n{% include 'web/base.html' %}", Code.TEXT_TAG_FORBIDDEN),
        ("Objet : x\n{% include order.offer %}", Code.TEXT_TAG_FORBIDDEN),
        ("Objet : {{ order.offer|safe }}\n", Code.TEXT_TAG_FORBIDDEN),
        ("Objet : {{ order.offer|upper:x }}\n", Code.TEXT_UNREADABLE),
        ("Objet : x\n{% if order.offer %}", Code.TEXT_UNREADABLE),
        ("Objet : x\n{% for a in order.offer %}{% endfor %}", Code.TEXT_LOOP_FORBIDDEN),
        ("Objet : {{ order._state }}\n", Code.TEXT_UNREADABLE),
        ("Objet : x\n" + "x" * 20_000, Code.TEXT_TOO_LONG),
    ],
)
def test_what_a_text_may_not_say(text: str, code: Code) -> None:
    kind = find(TAKEN)
    assert kind is not None
    assert checking.objections(kind, "fr", text)[0].code is code


def test_loops_cost_what_they_show_and_links_are_kept() -> None:
    recall, confirm = find("orders/mail/recall"), find("identities/mail/confirm")
    assert recall is not None
    assert confirm is not None
    loop = "{% for a in lines %}{% for b in lines %}{{ b.product }}{% endfor %}{% endfor %}"
    crossed = checking.objections(recall, "fr", f"Objet : x\n{loop}")
    assert crossed[0].code is Code.TEXT_LOOP_FORBIDDEN
    bare = checking.objections(confirm, "fr", "Objet : Confirmez\n\nBonjour.")
    assert [one.code for one in bare] == [Code.TEXT_VARIABLE_MISSING]


def test_a_text_sees_copies_of_values_and_nothing_behind_them() -> None:
    class Row:
        number = 7
        secret = "x"

        def label(self) -> str:
            return "sept"

    shape = {"row": {"number": 1, "label": ""}, "many": [("", "")], "missing": {"a": ""}}
    values = {"row": Row(), "many": [(Row.secret, 2, 3)], "other": Row()}
    assert shapes.plain(values, shape) == {
        "row": {"number": 7, "label": "sept"},
        "many": [("x", 2)],
        "missing": None,
    }


def _order(**changes: Any) -> Mail:
    kind = find(TAKEN)
    assert kind is not None
    return Mail(
        to=("sophie@hopital.test",),
        template=TAKEN,
        context={"order": {**kind.sample["order"], **changes}},
        about="order:1",
        dedupe_key="order:1:taken",
    )


def _written(text: str = TEXT) -> int:
    return operations.write(
        template=TAKEN, language="fr", text=text, note="Plus court", by=FIRST, at=AT
    )


def _enforce(number: int, by: Writer = SECOND) -> None:
    operations.enforce(template=TAKEN, language="fr", number=number, by=by, at=AT)


@pytest.mark.django_db
def test_two_persons_put_a_text_in_force_and_one_takes_it_back() -> None:
    default = render(_order())
    number = _written()
    assert render(_order()) == default
    with pytest.raises(Refusal) as alone:
        _enforce(number, FIRST)
    assert alone.value.code is Code.TEXT_SAME_PERSON
    _enforce(number)
    assert render(_order(number=5)).subject == "Demande 5"
    with pytest.raises(Refusal) as same:
        _written()
    assert same.value.code is Code.TEXT_UNCHANGED
    _enforce(_written("Objet : Autre\n\nTexte."))
    assert render(_order()).subject == "Autre"
    _enforce(number, FIRST)  # it was in force: two persons saw it
    assert render(_order(number=6)).subject == "Demande 6"
    operations.back_to_default(template=TAKEN, language="fr", by=SECOND, at=AT)
    assert render(_order()) == default
    told = Entry.objects.order_by("seq").values_list("event", flat=True)
    assert [event.removeprefix("mail-text-") for event in told] == [
        *("written", "enforced", "written", "enforced", "enforced", "retired")
    ]


@pytest.mark.django_db
def test_a_text_that_fails_on_real_values_stops_no_email() -> None:
    default = render(_order())
    _enforce(_written())
    MailText.objects.update(text="{% if %}")
    for _again in range(2):
        assert render(_order()) == default
    assert [name for name, _fault in in_force.broken()] == [f"{TAKEN}.fr"]
    assert Entry.objects.filter(event="mail-text-broken").count() == 1


@pytest.mark.django_db
def test_what_staff_wrote_is_read_once_for_several_emails(django_assert_num_queries: Any) -> None:
    """The first that fails is told of once; each is written in the text of the counter."""
    _enforce(_written())
    with django_assert_num_queries(2):  # the text, then the e-mails
        enqueue_all(mails=[replace(_order(), dedupe_key=str(n)) for n in range(4)], at=AT)
    assert set(OutboxMail.objects.values_list("subject", flat=True)) == {"Demande 101180"}
    MailText.objects.update(text="{% if %}")
    enqueue_all(mails=[replace(_order(), dedupe_key=f"late {n}") for n in range(3)], at=AT)
    assert OutboxMail.objects.filter(subject="Demande 101180").count() == 4
    assert OutboxMail.objects.count() == 7
    assert Entry.objects.filter(event="mail-text-broken").count() == 1


@pytest.mark.django_db
def test_a_text_is_tried_on_who_wrote_it_alone() -> None:
    sent = operations.try_out(template=TAKEN, language="fr", text=TEXT, by=FIRST, at=AT)
    row = OutboxMail.objects.get()
    assert (sent, row.to) == (1, ["olga@guichet.test"])
    assert row.subject == "[essai] Demande 101180"
