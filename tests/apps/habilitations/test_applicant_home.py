"""The header's entries and the home page's section of dossiers."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.habilitations.operations import instructing
from guichet.habilitations.operations.instructing import CorrectionReason

pytestmark = pytest.mark.django_db


def labels(answer) -> list[str]:
    return [link.label for link in answer.context["site"]["navigation"]]


def test_everybody_finds_habilitations_and_staff_finds_its_back_office(
    visitor, applicant, instructor, auditor
) -> None:
    """Roles are those of the login in use; inside, each finds the parts that are theirs."""
    assert "Habilitations" in labels(visitor.get("/", secure=True))
    assert "Gestion" not in labels(applicant.get("/"))
    for staff in (instructor, auditor):
        found = labels(staff.get("/"))
        assert found.index("Gestion") == found.index("Habilitations") + 1
        local = staff.get("/gestion/dossiers/?onglet=tous").context["site"]["local"]
        assert local.current == "/gestion/dossiers/"
        assert "Incidents" not in [label for _key, label, _path in local.items]
    page = applicant.get("/habilitations/")
    current = [link.label for link in page.context["site"]["navigation"] if link.current]
    assert current == ["Habilitations"]


def test_the_home_page_leads_to_what_waits(applicant, instructor) -> None:
    """A correction asked comes first; somebody without a dossier is told what it is for."""
    assert "Désigner des administrateurs techniques" in applicant.get("/").content.decode()
    asked = dossiers.deposited(applicant.actor)
    draft = dossiers.begin_draft(applicant.actor)
    instructing.ask_correction(
        number=asked,
        reason=CorrectionReason.INCOMPLETE,
        comments={"use.editor": "Lequel ?"},
        body="",
        by=instructor.actor,
        at=timezone.now(),
    )
    page = applicant.get("/").content.decode()
    assert page.index(str(asked)) < page.index(str(draft))
    assert "À corriger" in page
