"""The words of an F413: labels and hints of the form, findings of the registers, reasons."""

from guichet.habilitations.texts.company import ANNUAIRE, company_pairs
from guichet.habilitations.texts.fields import (
    ANSWERS,
    BLOCKS,
    FILES,
    HINTS,
    LABELS,
    MANDATE,
    QUALITIES,
    SUPPORTING,
    TYPES,
    label_of,
    pattern_of,
    shown,
)
from guichet.habilitations.texts.findings import FINDINGS, finding_words
from guichet.habilitations.texts.objections import objection_words
from guichet.habilitations.texts.reasons import CORRECTION_REASONS
from guichet.habilitations.texts.sections import SECTIONS, Section, section_of
from guichet.habilitations.texts.uses import USES, Use

__all__ = [
    "ANNUAIRE",
    "ANSWERS",
    "BLOCKS",
    "CORRECTION_REASONS",
    "FILES",
    "FINDINGS",
    "HINTS",
    "LABELS",
    "MANDATE",
    "QUALITIES",
    "SECTIONS",
    "SUPPORTING",
    "TYPES",
    "USES",
    "Section",
    "Use",
    "company_pairs",
    "finding_words",
    "label_of",
    "objection_words",
    "pattern_of",
    "section_of",
    "shown",
]
