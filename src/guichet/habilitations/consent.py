"""The box that accepts the terms of use: it stands for the version in force when it was ticked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from guichet.domain.dossier.typed import CHECKED, Typed
from guichet.habilitations.models import Dossier
from guichet.terms import queries as terms
from guichet.terms.documents import Kind
from guichet.terms.originals import NUMBER

BOX: Final = "terms"


def note(row: Dossier, changes: Mapping[str, str], at: datetime) -> None:
    """Keep which version was accepted, when these changes tick the box."""
    if changes.get(BOX) == CHECKED:
        row.terms_seen = terms.in_force(Kind.TERMS, at).number
        row.save(update_fields=["terms_seen"])


def standing(row: Dossier, typed: Typed, at: datetime) -> Typed:
    """The form as it stands: without a tick that was for a version no longer in force.

    A tick from before there were versions is for the text that came with the counter.
    """
    if not typed.has(BOX):
        return typed
    is_stale = (row.terms_seen or NUMBER) != terms.in_force(Kind.TERMS, at).number
    return typed.with_texts({BOX: ""}) if is_stale else typed
