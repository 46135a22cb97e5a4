"""The applicant's pages from the SIRET to the thank-you page, as a browser without scripts."""

from __future__ import annotations

import pytest

from apps.habilitations import dossiers
from apps.habilitations.plain_browser import address, form_of, text_of
from guichet.domain.dossier.typed import ADMINISTRATORS
from guichet.habilitations.models import Dossier

pytestmark = pytest.mark.django_db


def begin(person: dossiers.Person, siret: str = dossiers.AGENCY) -> int:
    """Through the SIRET page and the company page."""
    asked = person.post("/habilitations/siret/", {"siret": f" {siret[:9]} {siret[9:]} "})
    assert asked.status_code == 302, text_of(asked)
    shown = person.get(asked["Location"])
    assert "Continuer avec ces informations" in text_of(shown)
    begun = person.post(asked["Location"])
    assert begun.status_code == 302, text_of(begun)
    return int(begun["Location"].split("/")[-3])


def test_the_deck_s_case_from_the_first_page_to_the_last(applicant, known_registers) -> None:
    """ACCEPTED. Deck, pages "Focus sur la déclaration", with no script at all."""
    number = begin(applicant)
    page = applicant.get(address(number, "formulaire/"))
    sent = form_of(page)
    assert sent["representative.surname"] == "DUPONT"
    assert sent["representative.email"] == "monmail@sante.fr"
    row = dossiers.typed(number).ids(ADMINISTRATORS)[0]
    typed = {
        path.replace("administrators.0", f"administrators.{row}"): text
        for path, text in dossiers.DECK.items()
    }
    answer = applicant.post(address(number, "deposer/"), {**sent, **typed, "_deposit": "1"})
    assert answer.status_code == 302, text_of(answer)
    assert answer["Location"] == address(number, "merci/")
    thanks = text_of(applicant.get(answer["Location"]))
    assert "Merci !" in thanks
    assert str(number) in thanks
    assert "Déposer un autre dossier" in thanks
    summary = text_of(applicant.get(address(number)))
    assert "vous pouvez encore le modifier" in summary
    assert "Email automatique" in summary
    declared = text_of(applicant.get(address(number, "demande/")))
    for words in ("Jeanne CHARLES", "Responsable légal", "Connexion au DMP", "FR54187512751"):
        assert words in declared


def test_visitors_see_what_the_procedure_is(visitor, db) -> None:
    """Page de garde: time to fill, what to have at hand, a way in that comes back."""
    page = visitor.get("/habilitations/", secure=True)
    words = text_of(page)
    assert "Temps de remplissage estimé : 4 min" in words
    assert "À avoir sous la main" in words
    entered = visitor.get("/habilitations/siret/", secure=True)
    assert entered.status_code == 302
    assert entered["Location"].endswith("?next=%2Fhabilitations%2Fsiret%2F")


def test_drafts_come_before_a_new_dossier(applicant, stranger) -> None:
    """Reprendre, Voir, Nouveau; the bin gives back."""
    assert "Vous n’avez pas encore de dossier" in text_of(applicant.get("/habilitations/"))
    draft = dossiers.begin_draft(applicant.actor)
    filed = dossiers.deposited(applicant.actor)
    thrown = dossiers.begin_draft(applicant.actor)
    applicant.post(address(thrown, "corbeille/"))
    words = text_of(applicant.get("/habilitations/"))
    assert words.index("Reprendre un brouillon") < words.index("Nouveau dossier")
    for number in (draft, filed, thrown):
        assert str(number) in words
    assert "déposé, encore modifiable" in words
    assert "Corbeille (1 dossier)" in words
    applicant.post(address(thrown, "restaurer/"))
    assert "Corbeille" not in text_of(applicant.get("/habilitations/"))
    assert str(draft) not in text_of(stranger.get("/habilitations/"))


def test_deposited_dossiers_are_found_by_page_and_by_word(applicant) -> None:
    """More than a page of them."""
    first = dossiers.deposited(applicant.actor)
    Dossier.objects.filter(number=first).update(search_text="PARTICULIER 42")
    row = dossiers.row(first)
    for place in range(25):
        row.pk, row.number, row.search_text = None, first + 1 + place, "AUTRE"
        row.save(force_insert=True)
    page = applicant.get("/habilitations/")
    assert page.context["mine"].page.paginator.num_pages == 2
    found = applicant.get("/habilitations/", q="particulier")
    assert [line.number for line in found.context["mine"].deposited] == [first]
    assert "Aucun dossier ne correspond" in text_of(applicant.get("/habilitations/", q="zzz"))


@pytest.mark.parametrize(
    ("siret", "words"),
    [
        (dossiers.CLOSED, "est fermé"),
        (dossiers.UNKNOWN, "n’existe pas dans le répertoire"),
    ],
)
def test_a_company_that_cannot_go_on_has_a_way_out(
    applicant, known_registers, siret: str, words: str
) -> None:
    """REFUSED. Explained, with another number to try; a forged POST is refused too."""
    page = applicant.get(f"/habilitations/siret/{siret}/")
    assert words in text_of(page)
    assert "Continuer avec ces informations" not in text_of(page)
    assert "Utiliser un autre numéro SIRET" in text_of(page)
    assert applicant.post(f"/habilitations/siret/{siret}/").status_code in {404, 409}
    assert not Dossier.objects.exists()


def test_an_undisclosed_company_goes_on_with_name_and_postcode(applicant, known_registers) -> None:
    """ACCEPTED. Both fields are shown then, and only then."""
    number = begin(applicant, dossiers.UNDISCLOSED)
    page = text_of(applicant.get(address(number, "formulaire/")))
    assert 'name="structure.legal_name"' in page
    other = begin(applicant)
    assert 'name="structure.legal_name"' not in text_of(
        applicant.get(address(other, "formulaire/"))
    )


def test_without_registers_one_goes_on(applicant) -> None:
    """ACCEPTED. A look-up that cannot be made never blocks (unavailable)."""
    assert "ne répond pas pour l’instant" in text_of(
        applicant.get(f"/habilitations/siret/{dossiers.AGENCY}/")
    )
    number = begin(applicant)
    assert dossiers.row(number).company["answer"] == "unavailable"


@pytest.mark.parametrize("siret", ["", "123", "187 512 751 00021", "MONACOCONFO001"])
def test_a_siret_that_is_none_comes_back_with_words(applicant, siret: str) -> None:
    """REFUSED on its field; what was typed stays."""
    answer = applicant.post("/habilitations/siret/", {"siret": siret})
    assert answer.status_code == 422
    assert 'href="#id_siret"' in answer.content.decode()
    assert applicant.get("/habilitations/siret/pas-un-siret/").status_code == 422


def test_a_second_draft_of_a_siret_is_asked_for_by_name(applicant, known_registers) -> None:
    """The first one is taken up again unless another is wanted."""
    first = begin(applicant)
    where = f"/habilitations/siret/{dossiers.AGENCY}/"
    assert "Vous avez déjà un brouillon" in text_of(applicant.get(where))
    assert applicant.post(where)["Location"] == address(first, "formulaire/")
    assert applicant.post(where, {"another": "1"})["Location"] != address(first, "formulaire/")


def test_the_siret_changes_while_the_form_stays(applicant, known_registers) -> None:
    """ "Modifier le SIRET": answers are kept, and the company with it."""
    number = dossiers.complete_draft(applicant.actor)
    asked = applicant.post(address(number, "siret/"), {"siret": dossiers.HOSPITAL})
    assert asked["Location"] == address(number, f"siret/{dossiers.HOSPITAL}/")
    applicant.post(asked["Location"])
    row = dossiers.row(number)
    assert (row.siret, row.company["legal_name"]) == (dossiers.HOSPITAL, "HOPITAL DES 3 DAMES")
    form = dossiers.typed(number)
    assert (form.get("siret"), form.get("use.editor")) == (dossiers.HOSPITAL, "ANS")
