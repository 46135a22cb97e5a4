"""Orders and products: their states, their delays, why they are revoked, what people add."""

from datetime import UTC, datetime, timedelta

import pytest

from guichet.domain.identifiers import EmailAddress
from guichet.domain.orders import delays, labels, revocation
from guichet.domain.orders.labels import Owner
from guichet.domain.orders.revocation import MOTIVES_OF, REASONS, RevocationMotive
from guichet.domain.orders.states import (
    EXPIRING_BEFORE,
    OF_THE_KEY,
    ORDERS,
    PRODUCTS,
    OrderState,
    ProductAct,
    ProductState,
    may_rekey,
    product_state,
)
from guichet.domain.refusals import Code, Refusal

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
MOVES = {
    "submitted": "send>issuing cancel>cancelled",
    "issuing": "collect>available fail>failed",
    "available": "withdraw>withdrawn expire>expired cancel>cancelled revoke>revoked rekey>issuing",
    "failed": "rekey>issuing",
    "withdrawn": "",
    "expired": "",
    "cancelled": "",
    "revoked": "",
}


@pytest.mark.parametrize("state", OrderState)
def test_what_happens_to_an_order_follows_its_table(state: OrderState) -> None:
    moves = {f"{act}>{reached}" for origin, act, reached in ORDERS.table() if origin is state}
    assert moves == set(MOVES[state].split())


@pytest.mark.parametrize("state", ProductState)
def test_a_product_is_revoked_while_it_is_valid(state: ProductState) -> None:
    is_valid = state in {ProductState.ACTIVE, ProductState.EXPIRING}
    assert PRODUCTS.allows(state, ProductAct.REVOKE) == is_valid


@pytest.mark.parametrize(
    ("state", "failure", "may"),
    [
        (OrderState.AVAILABLE, "", True),
        (OrderState.AVAILABLE, "order-lost", True),
        (OrderState.FAILED, "key-too-short", True),
        (OrderState.FAILED, "key-too-short, key-seen", True),
        (OrderState.FAILED, ", ".join(OF_THE_KEY), True),
        (OrderState.FAILED, "key-too-short, right-missing", False),
        (OrderState.FAILED, "", False),
        (OrderState.ISSUING, "", False),
        (OrderState.WITHDRAWN, "", False),
    ],
)
def test_another_key_is_taken_where_the_key_alone_failed(
    state: OrderState, failure: str, *, may: bool
) -> None:
    assert may_rekey(state, failure) == may


@pytest.mark.parametrize(
    ("left", "is_revoked", "state"),
    [
        (EXPIRING_BEFORE + TICK, False, ProductState.ACTIVE),
        (EXPIRING_BEFORE, False, ProductState.EXPIRING),
        (TICK, False, ProductState.EXPIRING),
        (timedelta(0), False, ProductState.EXPIRED),
        (timedelta(days=-1), False, ProductState.EXPIRED),
        (EXPIRING_BEFORE + TICK, True, ProductState.REVOKED),
        (timedelta(0), True, ProductState.REVOKED),
    ],
)
def test_a_product_follows_the_clock(
    left: timedelta, state: ProductState, *, is_revoked: bool
) -> None:
    assert product_state(is_revoked=is_revoked, not_after=AT + left, at=AT) is state


@pytest.mark.parametrize(
    ("seconds", "step", "longest"),
    [(0, 0, 1), (1, 0, 1), (1.1, 1, 1), (2, 4, 2), (2.1, 5, 2), (60, 24, 64), (3600, 48, 4096)],
)
def test_a_delay_is_told_within_a_fifth(seconds: float, step: int, longest: int) -> None:
    assert delays.step_of(timedelta(seconds=seconds)) == step
    assert delays.longest_of(step) == timedelta(seconds=longest)


def test_a_delay_of_a_lifetime_has_a_step_too() -> None:
    assert delays.step_of(timedelta(days=36_500)) == delays.LONGEST == 120
    assert delays.longest_of(48) > timedelta(hours=1)


@pytest.mark.parametrize(
    ("counts", "hundredths", "seconds"),
    [
        ({}, 50, None),
        ({4: 1}, 50, 2),
        ({4: 1}, 100, 2),
        ({8: 1, 4: 1}, 50, 2),
        ({8: 1, 4: 1}, 51, 4),
        ({0: 5, 8: 5}, 90, 4),
        ({0: 9, 8: 1}, 90, 1),
        ({0: 9, 8: 1}, 91, 4),
        ({0: 1}, 0, None),
        ({0: 250, 8: 1}, 100, 4),
    ],
)
def test_percentiles_are_by_nearest_rank(
    counts: dict[int, int], hundredths: int, seconds: int | None
) -> None:
    wanted = None if seconds is None else timedelta(seconds=seconds)
    assert delays.percentile(counts, hundredths) == wanted


def test_a_motive_is_one_of_those_that_people_know() -> None:
    for motive in RevocationMotive:
        assert revocation.parse_motive(motive.value) is motive
    assert set(REASONS) == set(RevocationMotive)
    assert all(REASONS[motive] is reason for reason, motive in MOTIVES_OF.items())
    with pytest.raises(Refusal) as refusal:
        revocation.parse_motive("boredom")
    assert refusal.value.code == Code.REVOCATION_REASON_INVALID


@pytest.mark.parametrize(
    ("code", "is_taken"),
    [
        ("motdepas1", True),
        ("12345678", True),
        ("1234567", False),
        ("ab" * 32, True),
        ("ab" * 32 + "a", False),
        ("aaaaaaaa", False),
        ("abcdefg\n", False),
    ],
)
def test_a_revocation_code_is_neither_short_nor_plain(code: str, *, is_taken: bool) -> None:
    if is_taken:
        assert revocation.admit_code(code) == code
        return
    with pytest.raises(Refusal) as refusal:
        revocation.admit_code(code)
    told = [(one.code, one.mapping) for one in refusal.value.all]
    assert told == [(Code.REVOCATION_CODE_WEAK, {"min": 8, "max": 64})]


def test_an_owner_is_somebody_one_can_write_to() -> None:
    assert Owner.parse(" ", "") == Owner("", "")
    read = Owner.parse("  Anne  Martin ", "anne@hopital.fr")
    assert read == Owner("Anne Martin", "anne@hopital.fr")


@pytest.mark.parametrize(
    ("name", "email", "code", "facts"),
    [
        ("Anne", " ", Code.FIELD_MISSING, {"field": "owner_email"}),
        ("", "anne@hopital.fr", Code.FIELD_MISSING, {"field": "owner_name"}),
        ("x" * 101, "anne@hopital.fr", Code.NAME_TOO_LONG, {"field": "owner_name"}),
        ("Anne", "anne", Code.EMAIL_INVALID, {"field": "owner_email"}),
    ],
)
def test_what_is_wrong_with_an_owner_names_its_field(
    name: str, email: str, code: Code, facts: dict[str, object]
) -> None:
    with pytest.raises(Refusal) as refusal:
        Owner.parse(name, email)
    assert refusal.value.code == refusal.value.all[0].code == code
    assert facts.items() <= refusal.value.all[0].mapping.items()
    if code is Code.EMAIL_INVALID:
        plain = [fact for fact in facts_of_address(email) if fact[0] != "field"]
        assert refusal.value.all[0].facts == (("field", "owner_email"), *plain)


def facts_of_address(text: str) -> list[tuple[str, object]]:
    with pytest.raises(Refusal) as refusal:
        EmailAddress.parse(text)
    return list(refusal.value.facts.items())


def test_tags_and_views_are_one_line_of_some_length() -> None:
    assert labels.parse_tag(" urgent,  nuit;jour ") == "urgent nuit jour"
    assert labels.parse_tag("x" * 40) == "x" * 40
    assert labels.parse_view_name("À renouveler, vite") == "À renouveler, vite"
    assert labels.parse_view_name("x" * 60) == "x" * 60
    for parse, text, field in (
        (labels.parse_tag, "x" * 41, "tag"),
        (labels.parse_view_name, "x" * 61, "name"),
    ):
        with pytest.raises(Refusal) as refusal:
            parse(text)
        assert refusal.value.code == Code.NAME_TOO_LONG
        assert refusal.value.all[0].mapping["field"] == field
