"""How long things are kept, and how a person is taken out of what stays."""

import json
from datetime import timedelta

import pytest

from guichet.domain.personal import INSTEAD, Eraser, Person, fold, forms
from guichet.domain.retention import RULES, Kind, life_of

ANNE = Person(
    accounts=frozenset({7}),
    refs=frozenset({"person:7"}),
    cards=frozenset({"10001111"}),
    emails=frozenset({"anne.martin@hopital.fr"}),
    numbers=frozenset({"899700000001"}),
    names=frozenset({"Anne Hélène Martin", "Li"}),
    words=frozenset({"Martin", "An", ""}),
)


def test_each_kind_has_one_rule_and_the_journal_none_to_end_it() -> None:
    assert [rule.kind for rule in RULES] == list(dict.fromkeys(rule.kind for rule in RULES))
    assert {rule.kind for rule in RULES} == set(Kind)
    assert [rule.kind for rule in RULES if rule.life is None] == [Kind.JOURNAL]
    with pytest.raises(LookupError, match="journal"):
        life_of(Kind.JOURNAL)


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (Kind.DRAFTS, 90),
        (Kind.DOSSIERS, 5 * 365),
        (Kind.ORDERS_WITHOUT_CERTIFICATE, 365),
        (Kind.MAILS, 365),
        (Kind.ACCESS_ATTEMPTS, 180),
        (Kind.LINKS, 1),
        (Kind.SESSIONS, 0),
        (Kind.IDLE_ACCOUNTS, 3 * 365),
    ],
)
def test_lives_are_those_of_the_register(kind: Kind, days: int) -> None:
    assert life_of(kind) == timedelta(days=days)


def test_what_names_somebody_names_nobody_else() -> None:
    assert ANNE.marks == {
        "person:7",
        "10001111",
        "anne.martin@hopital.fr",
        "899700000001",
        "Anne Hélène Martin",
    }
    assert Person(names=frozenset({"Li X", "Li Xu", "Cher-Cher"})).marks == {"Li Xu"}
    assert Person(refs=frozenset({" "})).marks == frozenset()


def test_two_sayings_of_one_person_are_joined() -> None:
    both = ANNE.joined(Person(cards=frozenset({"2"}), words=frozenset({"Durand"})))
    assert both.cards == {"10001111", "2"}
    assert both.words == {"Martin", "An", "", "Durand"}
    assert both.accounts == {7}


def test_a_mark_is_looked_for_in_every_way_it_is_written() -> None:
    assert fold("Hélène") == "HELENE"
    assert forms(["Hé"]) == {"Hé", "HE", "hé", "H\\u00e9", "h\\u00e9"}


def test_the_same_is_replaced_by_the_same() -> None:
    eraser = Eraser(ANNE)
    text = "Anne Hélène Martin (10001111, ANNE.MARTIN@hopital.fr) ; 10001111, ANNE HELENE MARTIN"
    erased = eraser.text(text)
    cards = [word.strip("(,)") for word in erased.split() if word.strip("(,)").startswith("X")]
    assert len(cards) == 2
    assert len(set(cards)) == 1
    assert len(cards[0]) == 9
    assert erased.count(INSTEAD) == 2
    assert "@efface.invalid" in erased
    assert not any(part in erased.casefold() for part in ("anne", "martin", "1000"))
    assert eraser.text("899700000001").startswith("X")


def test_words_within_words_stay() -> None:
    eraser = Eraser(ANNE)
    assert eraser.text("Martinique, Saint-Martin, An 2, 110001111") == (
        f"Martinique, Saint-{INSTEAD}, An 2, 110001111"
    )
    assert Eraser(Person()).text("Personne n’est nommé") == "Personne n’est nommé"


def test_what_is_about_the_person_goes_whole() -> None:
    value = {
        "representative.name": "ANNE HELENE MARTIN",
        "representative.phone": "0102030405",
        "representative.rank": 3,
        "structure.name": "Hôpital",
        "empty": "",
        "people": [
            {"email": "anne.martin@hopital.fr", "phone": "06", "note": "", "at": None},
            {"email": "jean@hopital.fr", "phone": "07"},
            "Mme Martin",
        ],
        "email": "anne.martin@hopital.fr",
        "title": "Chef",
    }
    erased = Eraser(ANNE).value(value)
    assert erased["representative.name"] == erased["representative.phone"] == INSTEAD
    assert erased["representative.rank"] == 3
    assert erased["structure.name"] == "Hôpital"
    assert erased["empty"] == ""
    assert erased["people"][0] == {"email": INSTEAD, "phone": INSTEAD, "note": "", "at": None}
    assert erased["people"][1] == {"email": "jean@hopital.fr", "phone": "07"}
    assert erased["people"][2] == f"Mme {INSTEAD}"
    # A whole document is about more than the person whom one of its fields names.
    assert erased["email"].endswith("@efface.invalid")
    assert erased["title"] == "Chef"
    assert "anne" not in json.dumps(erased).casefold()


def test_the_longest_name_goes_first() -> None:
    names = frozenset({"Anne Martin", "Anne Martin-Durand", "Lee"})
    eraser = Eraser(Person(names=names, words=frozenset({"Zoé", "Jo"})))
    assert eraser.text("Anne Martin-Durand et Anne Martin") == f"{INSTEAD} et {INSTEAD}"
    assert eraser.text("Zoé et Jo") == f"{INSTEAD} et Jo"


def test_what_stands_instead_is_as_long_for_all() -> None:
    eraser = Eraser(ANNE)
    assert len(eraser.text("899700000001")) == 9
    assert len(eraser.text("anne.martin@hopital.fr")) == 9 + len("@efface.invalid")


def test_an_object_within_another_is_about_whom_it_names() -> None:
    value = {"owner": {"email": "anne.martin@hopital.fr", "phone": "06"}, "phone": "01"}
    assert Eraser(ANNE).value(value) == {
        "owner": {"email": INSTEAD, "phone": INSTEAD},
        "phone": "01",
    }
