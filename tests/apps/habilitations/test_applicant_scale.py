"""A dossier of 200 administrators: as many queries as one of a single administrator."""

from __future__ import annotations

import pytest

from apps.habilitations import dossiers
from kit.kept_rows import KEPT

pytestmark = pytest.mark.django_db
# Beyond 25 rows the registers are asked on demand: one query fewer.
PAGES = {
    "formulaire/": (13, 12),
    "formulaire/?verifier=1": (13, 13),
    "demande/": (10, 10),
    "": (10, 10),
    "partage/": (8, 8),
}


@pytest.fixture
def small(applicant) -> int:
    return KEPT.make("small dossier", lambda: dossiers.deposited(applicant.actor))


@pytest.fixture
def large(applicant) -> int:
    many = dossiers.many_administrators(200)
    return KEPT.make("large dossier", lambda: dossiers.deposited(applicant.actor, many))


@pytest.mark.parametrize("page", PAGES)
def test_queries_do_not_grow_with_the_rows(
    applicant, known_registers, small, large, page: str, django_assert_num_queries
) -> None:
    """Session, account and savepoints included."""
    applicant.get("/")
    for number, count in zip((small, large), PAGES[page], strict=True):
        where = f"/habilitations/dossiers/{number}/{page}"
        with django_assert_num_queries(count):
            assert applicant.get(where).status_code == 200


def test_every_row_is_there(applicant, large) -> None:
    """800 fields under their own names, and a table of 200 lines."""
    form = applicant.get(f"/habilitations/dossiers/{large}/formulaire/").content.decode()
    assert form.count('name="administrators.') == 4 * 201
    assert "n° <span data-place>200</span>" in form
    declared = applicant.get(f"/habilitations/dossiers/{large}/demande/").content.decode()
    assert declared.count("Camille MARTIN") == 200


def test_the_whole_form_is_posted_at_once(applicant) -> None:
    """Without scripts, 500 rows come in one request."""
    number = dossiers.begin_draft(applicant.actor)
    dossiers.fill(number, applicant.actor, dossiers.many_administrators(500))
    texts = {
        f"administrators.{row}.{name}": "x"
        for row in dossiers.typed(number).ids("administrators")
        for name in ("card_number", "name", "phone", "email")
    }
    answer = applicant.post(f"/habilitations/dossiers/{number}/formulaire/", texts)
    assert answer.status_code == 302
    assert set(dossiers.typed(number).texts.values()) >= {"x"}
