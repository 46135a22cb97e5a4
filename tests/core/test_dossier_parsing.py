"""An F413 from what was typed: the deck's own case, and everything that may be wrong with it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.domain.dossier import parsing
from guichet.domain.dossier.declaration import CertificateType, Quality
from guichet.domain.dossier.typed import (
    ADMINISTRATORS,
    RPPS_RANKS,
    SINGLE,
    Typed,
    differences,
)
from guichet.domain.refusals import Code, Refusal

DECK = {
    "siret": "187 512 751 00020",
    "structure.cares_for_patients": "no",
    "structure.is_radiology": "no",
    "representative.quality": "legal-representative",
    "representative.surname": "DUPONT",
    "representative.given_names": "Jean",
    "representative.phone": "01 02 03 04 05",
    "representative.email": "monmail@sante.fr",
    "representative.card_number": "0102030405",
    "administrators.a1b2c3.card_number": "0203040506",
    "administrators.a1b2c3.name": "Jeanne CHARLES",
    "administrators.a1b2c3.phone": "0102030405",
    "administrators.a1b2c3.email": "monemaildadmin@sante.fr",
    "use.description": "Connexion au DMP",
    "use.editor": "ANS",
    "use.solution": "Esante WebModule",
    "types.org": "on",
    "terms": "on",
    "accuracy": "on",
}


def typed(**changes: str) -> Typed:
    """The deck's case with some paths changed ("." written "__")."""
    named = {name.replace("__", "."): text for name, text in changes.items()}
    form = Typed().with_row(ADMINISTRATORS, "a1b2c3").with_row(RPPS_RANKS, "r00001")
    return form.with_texts({**DECK, **named})


def codes_at(form: Typed) -> set[tuple[Code, str]]:
    return {(o.code, str(o.mapping["field"])) for o in parsing.objections(form)}


def test_the_deck_s_case_is_ready() -> None:
    """ACCEPTED. Deck, pages "Focus sur la déclaration"."""
    declared = parsing.parse(typed(structure__postcode=" 75 017"))
    assert declared.postcode == "75017"
    assert declared.siret.value == "18751275100020"
    assert declared.representative.quality is Quality.LEGAL_REPRESENTATIVE
    assert [a.card_number.value for a in declared.administrators] == ["0203040506"]
    assert [asked.type for asked in declared.types] == [CertificateType.ORG]
    assert declared.national_id == "318751275100020"


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("siret", "18751275100021", Code.SIRET_INVALID),
        ("structure__cares_for_patients", "", Code.CHOICE_MISSING),
        ("structure__cares_for_patients", "yes", Code.FIELD_MISSING),
        ("structure__finess", "12345", Code.FINESS_INVALID),
        ("structure__postcode", "7501", Code.POSTCODE_INVALID),
        ("representative__quality", "king", Code.CHOICE_MISSING),
        ("representative__surname", "", Code.FIELD_MISSING),
        ("representative__surname", "DUP\u202eONT", Code.NAME_INVALID),
        ("representative__phone", "3949", Code.PHONE_INVALID),
        ("representative__email", "monmail", Code.EMAIL_INVALID),
        ("representative__card_number", "12", Code.CARD_NUMBER_INVALID),
        ("administrators__a1b2c3__name", "", Code.FIELD_MISSING),
        ("use__description", " ", Code.FIELD_MISSING),
        ("types__org", "", Code.TYPE_MISSING),
        ("terms", "", Code.TERMS_NOT_ACCEPTED),
        ("accuracy", "yes", Code.ACCURACY_NOT_CERTIFIED),
    ],
)
def test_each_field_is_refused_where_it_stands(path: str, text: str, code: Code) -> None:
    """REFUSED, on the path that is wrong."""
    where = "structure.finess" if text == "yes" and code is Code.FIELD_MISSING else path
    where = "types.org" if code is Code.TYPE_MISSING else where.replace("__", ".")
    assert (code, where) in codes_at(typed(**{path: text}))


def test_a_description_may_have_several_lines() -> None:
    """ACCEPTED. Its field is a large one."""
    declared = parsing.parse(typed(use__description="Connexion au DMP\r\nDéploiement en mars"))
    assert declared.description == "Connexion au DMP\nDéploiement en mars"


def test_every_objection_is_told_at_once() -> None:
    assert len(parsing.objections(Typed())) > 10
    with pytest.raises(Refusal) as caught:
        parsing.parse(Typed())
    assert caught.value.all == parsing.objections(Typed())


@pytest.mark.parametrize(
    ("domain", "server", "code"),
    [
        ("domaine.fr", "", None),
        ("", "nomdeserveur.domaine.fr", None),
        ("", "", Code.DOMAIN_OR_SERVER),
        ("domaine.fr", "nomdeserveur.domaine.fr", Code.DOMAIN_OR_SERVER),
        ("asso.fr", "", Code.DOMAIN_NAME_PUBLIC_SUFFIX),
        ("hôpital-été.fr", "", None),
    ],
)
def test_ssl_takes_a_domain_or_a_server(domain: str, server: str, code: Code | None) -> None:
    """Deck: a certificate SSL_SERVEUR is for a domain OR one server."""
    form = typed(types__serv_ssl="on", types__ssl_domain=domain, types__ssl_server=server)
    assert {c for c, _ in codes_at(form)} == ({code} if code else set())


def test_mail_domains_may_start_with_the_sign() -> None:
    declared = parsing.parse(
        typed(types__pro="on", types__pro_mail_domain="@domaine.fr", types__serv_mail="on",
              types__serv_mail_domain="domaine.fr")
    )  # fmt: skip
    assert {str(asked.mail_domain) for asked in declared.types} == {"None", "domaine.fr"}


def test_radiology_wants_a_rank_and_names_the_structure_by_it() -> None:
    assert (Code.FIELD_MISSING, "rpps_ranks.r00001.number") in codes_at(
        typed(structure__is_radiology="yes")
    )
    form = typed(structure__is_radiology="yes", rpps_ranks__r00001__number="10003879623 017")
    assert parsing.parse(form).national_id == "410003879623017"


def test_a_finess_names_the_structure() -> None:
    assert parsing.parse(typed(structure__finess="0B0135356")).national_id == "10B0135356"


def test_a_card_declared_twice_is_refused() -> None:
    form = typed().with_row(ADMINISTRATORS, "d4e5f6")
    again = {
        path.replace("a1b2c3", "d4e5f6"): text for path, text in DECK.items() if "a1b2c3" in path
    }
    assert (Code.CARD_TWICE, "administrators.d4e5f6.card_number") in codes_at(
        form.with_texts(again)
    )


def test_differences_name_paths_of_both_sides() -> None:
    before = typed()
    after = before.without_row(ADMINISTRATORS, "a1b2c3").with_texts({"use.editor": "Autre"})
    found = {d.path: (d.before, d.after) for d in differences(before, after)}
    assert found["use.editor"] == ("ANS", "Autre")
    assert found["administrators.a1b2c3.name"] == ("Jeanne CHARLES", "")


@settings(deadline=None)
@given(
    st.dictionaries(
        st.one_of(st.sampled_from(SINGLE), st.text(max_size=40)), st.text(max_size=400)
    ),
    st.lists(st.text(max_size=40), max_size=5),
)
def test_hostile_forms_are_read_and_never_fault(texts: dict[str, str], rows: list[str]) -> None:
    """Anything a client sends becomes a form; objections are said, nothing else is raised."""
    form = Typed.from_json({"texts": texts, "rows": {ADMINISTRATORS: rows, "other": rows}})
    assert set(form.texts) <= set(form.paths())
    assert Typed.from_json(form.to_json()) == form
    for objection in parsing.objections(form):
        assert objection.mapping["field"]
