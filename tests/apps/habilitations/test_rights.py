"""Structures, rights and representatives: periods, searching, the journal."""

from datetime import UTC, datetime, timedelta

import pytest

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import folded
from guichet.habilitations import operations, queries
from guichet.journal import queries as journal

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=365)
HOSPITAL = "10B0135356"
CARD = "2800143590"


def structure(national_id: str = HOSPITAL, name: str = "HOPITAL DES 3 DAMES") -> str:
    facts = operations.StructureFacts(
        national_id=national_id, legal_name=name, department_name="Paris", department_number="75"
    )
    return operations.register_structure(facts=facts, by="test", at=START)


def right(ends_at: datetime | None = END, **changes: object) -> str:
    asked = {
        "card_number": CARD,
        "structure_id": HOSPITAL,
        "offer": Offer.SERV,
        "usages": frozenset({Usage.SSL_SERV}),
        "domains": ("Hôpital.fr",),
        "mail_domains": ("@hopital.fr",),
        "starts_at": START,
        "ends_at": ends_at,
    }
    return operations.grant_right(
        asked=operations.RightAsked(**{**asked, **changes}),  # type: ignore[arg-type]
        by="test",
        at=START,
    )


def test_a_right_holds_from_its_start_until_before_its_end() -> None:
    """Half-open period; domains are kept as A-labels, mail domains without the sign."""
    structure()
    key = right()
    tick = timedelta(microseconds=1)
    assert queries.rights_of(CARD, START - tick) == ()
    assert [found.id for found in queries.rights_of(CARD, START)] == [key]
    assert [found.id for found in queries.rights_of(CARD, END - tick)] == [key]
    assert queries.rights_of(CARD, END) == ()
    found = queries.rights_of(CARD, START)[0]
    assert found.domains == ("xn--hpital-ixa.fr",)
    assert found.mail_domains == ("hopital.fr",)
    assert queries.rights_of(None, START) == ()
    assert queries.rights_of("999999", START) == ()


def test_closing_a_right_ends_it_now_and_once() -> None:
    """What is closed before it starts is valid never."""
    structure()
    right(ends_at=None)
    found = queries.rights_of(CARD, START)[0]
    operations.close_right(right=found, by="test", at=END)
    operations.close_right(right=found, by="test", at=END + timedelta(days=1))
    assert queries.rights_of(CARD, END) == ()
    events = [entry.event for entry in journal.entries_about(f"structure:{HOSPITAL}")]
    assert events == ["structure-registered", "right-granted", "right-closed"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"structure_id": "10B0288882"}, Code.STRUCTURE_UNKNOWN),
        ({"card_number": "carte"}, Code.CARD_NUMBER_INVALID),
        ({"domains": ("*.hopital.fr",)}, Code.DOMAIN_NAME_INVALID),
        ({"mail_domains": ("fr",)}, Code.DOMAIN_NAME_INVALID),
    ],
)
def test_a_right_that_means_nothing_is_refused(changes: dict[str, object], code: Code) -> None:
    structure()
    with pytest.raises(Refusal) as refused:
        right(**changes)
    assert refused.value.code is code
    assert queries.rights_of(CARD, START) == ()


def test_registering_again_brings_up_to_date() -> None:
    structure()
    structure(name="HOPITAL DES TROIS DAMES")
    assert queries.structure(HOSPITAL).label == "HOPITAL DES TROIS DAMES (10B0135356)"
    with pytest.raises(Refusal) as refused:
        queries.structure("inconnue")
    assert refused.value.code is Code.STRUCTURE_UNKNOWN


def test_search_ignores_case_accents_and_spaces_and_stays_among() -> None:
    """Every word must be there; structures outside `among` are never found."""
    structure()
    structure("10B0288882", "LABORATOIRE ÉTÉ DU PORT")
    among = {HOSPITAL, "10B0288882"}
    names = [s.legal_name for s in queries.search(among=among, name="ete labo")[0]]
    assert names == ["LABORATOIRE ÉTÉ DU PORT"]
    assert queries.search(among=among, national_id="10b 0135 356")[1] == 1
    assert queries.search(among=among, name="%")[1] == 0
    assert queries.search(among={HOSPITAL}, name="labo") == ((), 0)
    assert queries.search(among=among, limit=1)[1] == 2
    assert folded("  Hôpital   d’été ") == "HOPITAL D’ETE"


def test_representatives() -> None:
    structure()
    for _turn in range(2):
        operations.appoint_representative(account_id=7, structure_id=HOSPITAL, by="test", at=START)
    assert queries.represented_by(7) == {HOSPITAL}
    assert queries.represented_by(8) == queries.represented_by(None) == frozenset()
    entries = journal.entries_about(f"structure:{HOSPITAL}")
    assert [entry.event for entry in entries].count("representative-appointed") == 1
