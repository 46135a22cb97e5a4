"""Passwords made of the words of this place are refused; those that merely hold one are not."""

import pytest

from guichet.domain.refusals import Code
from guichet.identities.models import Account
from guichet.identities.operations.policy import require_admitted
from kit.refusals import assert_refused


@pytest.mark.parametrize(
    "password",
    ["Guichet-Santé2026!", "certificats.hopital", "Mot de passe admin", "guichetguichet"],
)
def test_words_of_this_place_are_refused(password: str) -> None:
    with assert_refused(Code.PASSWORD_WEAK):
        require_admitted(password, Account())


@pytest.mark.parametrize(
    "password", ["un guichet bleu et tordu", "agrafe pluie tabouret", "日本語" * 6]
)
def test_a_phrase_may_hold_one(password: str) -> None:
    require_admitted(password, Account())
