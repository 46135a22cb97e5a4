"""An editor's link begins a dossier with what the editor knows, and certifies nothing."""

from typing import Any

from apps.habilitations import dossiers
from apps.habilitations.dossiers import Person

LINK = {"editeur": "ANS", "solution": "Esante WebModule", "types": "org,terms,x", "siret": "1"}


def test_a_link_fills_the_form(applicant: Person, known_registers: Any) -> None:
    page = applicant.get("/habilitations/siret/", **LINK).content.decode()
    assert "Un lien a préparé votre dossier" in page
    applicant.post(f"/habilitations/siret/{dossiers.AGENCY}/", {})
    (row,) = dossiers.Dossier.objects.all()
    typed = dossiers.typed(row.number)
    assert typed.get("use.editor") == "ANS"
    assert typed.get("use.solution") == "Esante WebModule"
    assert typed.has("types.org")
    assert not typed.has("terms")
    assert typed.get("siret") == dossiers.AGENCY


def test_it_fills_one_form_alone(applicant: Person, known_registers: Any) -> None:
    applicant.get("/habilitations/siret/", **LINK)
    address = f"/habilitations/siret/{dossiers.AGENCY}/"
    applicant.post(address, {})
    applicant.post(address, {"another": "1"})
    second = dossiers.Dossier.objects.latest("number")
    assert dossiers.typed(second.number).get("use.editor") == ""


def test_hostile_links_fill_nothing(applicant: Person, known_registers: Any) -> None:
    page = applicant.get("/habilitations/siret/", types="<script>", inconnu="x").content.decode()
    assert "Un lien a préparé votre dossier" not in page
    applicant.get("/habilitations/siret/", editeur="<b>x" + "y" * 5000)
    applicant.post(f"/habilitations/siret/{dossiers.AGENCY}/", {})
    (row,) = dossiers.Dossier.objects.all()
    assert len(dossiers.typed(row.number).get("use.editor")) == 300
