"""Somebody else's dossier is unknown on the screen, and known to the journal."""

from apps.habilitations.dossiers import Person, begin_draft
from guichet.journal import queries as journal


def refused(person: Person) -> list[tuple[str, object]]:
    """Refused accesses of this person: the reason, and what was hidden."""
    entries = journal.entries_about(person.actor.ref)
    return [
        (str(entry.facts["why"]), entry.facts["hidden"])
        for entry in entries
        if entry.event == "access-refused"
    ]


def test_a_stranger_s_try_is_journalled_once(applicant: Person, stranger: Person) -> None:
    number = begin_draft(applicant.actor)
    for _turn in range(3):
        assert stranger.get(f"/habilitations/dossiers/{number}/").status_code == 404
    assert refused(stranger) == [("dossier-unknown", f"dossier:{number}")]


def test_a_number_never_given_is_not_journalled(applicant: Person, stranger: Person) -> None:
    number = begin_draft(applicant.actor)
    assert stranger.get(f"/habilitations/dossiers/{number + 1}/").status_code == 404
    assert refused(stranger) == []
