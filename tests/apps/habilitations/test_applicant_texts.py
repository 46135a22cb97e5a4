"""Words of the form: every path, every finding, every type has some."""

from __future__ import annotations

import pytest

from guichet.domain.dossier.checks import Level, Rule, Verdict
from guichet.domain.dossier.declaration import CertificateType, Quality
from guichet.domain.dossier.typed import ADMINISTRATORS, REPEATED, SINGLE, Typed
from guichet.domain.refusals import Code, Objection
from guichet.habilitations import texts
from guichet.habilitations.operations.instructing import CorrectionReason

FORM = Typed().with_row(ADMINISTRATORS, "aaaaaa").with_row(ADMINISTRATORS, "bbbbbb")


def test_every_path_has_a_label_and_a_section() -> None:
    """Corrections, differences and errors may point at any of them."""
    for path in FORM.paths():
        assert texts.pattern_of(path) in texts.LABELS, path
        assert texts.pattern_of(path) in {p for s in texts.SECTIONS for p in s.patterns}, path
    patterns = {*SINGLE, *(f"{block}.{name}" for block in REPEATED for name in REPEATED[block])}
    assert set(texts.HINTS) <= patterns | {*texts.FILES}


def test_a_repeated_field_is_named_by_its_place() -> None:
    """Never "[Sans titre]"."""
    assert texts.label_of("administrators.bbbbbb.card_number", FORM) == (
        "Administrateur n° 2 — N° de carte"
    )
    assert texts.label_of("representative.phone", FORM) == "Représentant — N° de téléphone"
    assert texts.label_of("accuracy", FORM) == "Exactitude des informations"
    assert texts.label_of("administrators.zzzzzz.phone", FORM).startswith("Administrateur n° ? ")
    assert texts.label_of("nowhere", FORM) == "nowhere"


def test_values_are_shown_as_people_say_them() -> None:
    """Boxes, questions and the quality are words, not codes."""
    assert texts.shown("types.org", "on") == "Oui"
    assert texts.shown("types.org", "") == "Non"
    assert texts.shown("structure.is_radiology", "no") == "Non"
    assert texts.shown("representative.quality", "mandatary") == "Mandataire"
    assert texts.shown("use.editor", "ANS") == "ANS"


def test_every_choice_has_words() -> None:
    """Qualities, types, reasons."""
    assert set(texts.QUALITIES) == set(Quality)
    assert set(texts.TYPES) == set(CertificateType)
    assert set(texts.CORRECTION_REASONS) == {reason.value for reason in CorrectionReason}
    assert {use.type for use in texts.USES} == set(CertificateType)


@pytest.mark.parametrize(("rule", "finding"), sorted(texts.FINDINGS))
def test_every_finding_is_a_sentence(rule: Rule, finding: str) -> None:
    """Facts are written in, dates as people write them."""
    facts = (
        ("until", "2027-05-31"),
        ("holder", "JEANNE CHARLES"),
        ("domain", "x.fr"),
        ("parent", "fr.test"),
        ("siret", "187"),
    )
    sentence, _remedy = texts.finding_words(Verdict(rule, finding, Level.OK, "siret", facts))
    assert sentence.endswith(".")
    assert "%(" not in sentence
    assert "2027-05-31" not in sentence


def test_objections_of_the_form_speak_of_the_form() -> None:
    """Facts are written in; words of orders are not used."""
    long = Objection(Code.NAME_TOO_LONG, (("field", "use.editor"), ("limit", 80)))
    assert "80 caractères" in texts.objection_words(long)
    assert "retrait" not in texts.objection_words(Objection(Code.TERMS_NOT_ACCEPTED))
    assert "01 02 03 04 05" in texts.objection_words(Objection(Code.PHONE_INVALID))
