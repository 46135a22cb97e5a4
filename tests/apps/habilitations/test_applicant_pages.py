"""The applicant's pages from the SIRET to the thank-you page, as a browser without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.domain.dossier.typed import ADMINISTRATORS, RPPS_RANKS
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations import depositing, drafting, instructing
from guichet.habilitations.operations.instructing import CorrectionReason
from guichet.identities.models import Account
from guichet.identities.sessions import BACKEND

pytestmark = pytest.mark.django_db
FIELD = re.compile(r"<(input|textarea)\b([^>]*)>(?:([^<]*)</textarea>)?")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


def text_of(answer: HttpResponse) -> str:
    """The page as text, typographic spaces made plain."""
    page = answer.content.decode().replace("<wbr>", "").replace("\u202f", " ")
    return re.sub(r"\s+", " ", page.replace("&#x27;", "'").replace("&quot;", '"'))


def form_of(answer: HttpResponse) -> dict[str, Any]:
    """What a browser would send of the form of a page, were nothing touched."""
    page = answer.content.decode()
    body = page[page.index('<form id="f413"') : page.index("</form>", page.index('id="f413"'))]
    body = re.sub(r"<template.*?</template>", "", body, flags=re.DOTALL)
    found: dict[str, Any] = {}
    for tag, attributes, inner in FIELD.findall(body):
        named = dict(ATTRIBUTE.findall(attributes))
        kind = named.get("type", "text")
        if (kind in {"checkbox", "radio"} and "checked" not in named) or kind == "file":
            continue
        if "name" in named:
            value = inner if tag == "textarea" else named.get("value", "")
            found[named["name"]] = value.replace("&quot;", '"').replace("&#x27;", "'")
    return found


def address(number: int, page: str = "") -> str:
    return f"/habilitations/dossiers/{number}/{page}"


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


def test_rows_are_added_and_removed_by_buttons(applicant) -> None:
    """What is typed is saved on the way, and the page comes back to the new row."""
    number = dossiers.begin_draft(applicant.actor)
    where = address(number, "formulaire/")
    sent = form_of(applicant.get(where))
    answer = applicant.post(where, {**sent, "use.editor": "ANS", "_add": ADMINISTRATORS})
    rows = dossiers.typed(number).ids(ADMINISTRATORS)
    assert answer["Location"] == f"{where}#administrators.{rows[1]}_legend"
    page = applicant.get(where).content.decode()
    assert f'id="administrators.{rows[1]}_legend"' in page
    assert "Administrateur n° <span data-place>2</span>" in page
    assert dossiers.typed(number).get("use.editor") == "ANS"
    applicant.post(where, {**form_of(applicant.get(where)), "_remove": f"administrators.{rows[0]}"})
    assert dossiers.typed(number).ids(ADMINISTRATORS) == rows[1:]
    applicant.post(where, {"_add": RPPS_RANKS})
    assert len(dossiers.typed(number).ids(RPPS_RANKS)) == 1
    for nonsense in ({"_add": "elsewhere"}, {"_remove": "nothing"}, {"_remove": "a.b.c"}):
        assert applicant.post(where, nonsense).status_code == 302


def test_objections_come_back_near_their_fields_and_nothing_is_lost(applicant) -> None:
    """422, a summary with anchors, what was typed still there and saved."""
    number = dossiers.begin_draft(applicant.actor)
    sent = form_of(applicant.get(address(number, "formulaire/")))
    wrong = {**sent, "representative.phone": "12", "use.description": "Un <projet> & des œuvres"}
    answer = applicant.post(address(number, "deposer/"), wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#representative.phone"' in page
    assert 'href="#administrators.' in page
    assert "Administrateur n° 1 — N° de carte" in page
    assert "Un &lt;projet&gt; &amp; des œuvres" in page
    assert 'value="12"' in page
    assert dossiers.typed(number).get("representative.phone") == "12"
    assert dossiers.row(number).state == "draft"


def test_an_empty_form_is_not_scolded_before_it_is_sent(applicant) -> None:
    """What is empty is counted in the menu and said only when the deposit is asked."""
    number = dossiers.begin_draft(applicant.actor)
    dossiers.fill(number, applicant.actor, {"representative.phone": "12"})
    page = text_of(applicant.get(address(number, "formulaire/")))
    assert page.count("told-danger") == 1
    assert "à compléter" in page


def test_boxes_can_be_unticked(applicant) -> None:
    """The form sends an empty text for a box that is not ticked."""
    number = dossiers.complete_draft(applicant.actor)
    where = address(number, "formulaire/")
    sent = form_of(applicant.get(where))
    assert sent["types.org"] == "on"
    applicant.post(where, {**sent, "types.org": "", "_save": "1"})
    assert not dossiers.typed(number).has("types.org")


def test_two_pages_open_at_once_lose_nothing(applicant, stranger) -> None:
    """Each POST saves what its own page changed, whatever the other saved meanwhile."""
    number = dossiers.complete_draft(applicant.actor)
    where = address(number, "formulaire/")
    first, second = form_of(applicant.get(where)), form_of(applicant.get(where))
    applicant.post(where, {**first, "use.editor": "Premier"})
    applicant.post(where, {**second, "use.solution": "Seconde"})
    form = dossiers.typed(number)
    assert (form.get("use.editor"), form.get("use.solution")) == ("Premier", "Seconde")


def test_a_page_that_does_not_say_what_it_showed_saves_it_all(applicant) -> None:
    """Nonsense in the place of the digests, however deep."""
    number = dossiers.begin_draft(applicant.actor)
    for shown in ("", "x", "1", "[" * 100_000):
        sent = {"_shown": shown, "use.editor": f"Éditeur {len(shown)}"}
        assert applicant.post(address(number, "formulaire/"), sent).status_code == 302
        assert dossiers.typed(number).get("use.editor") == f"Éditeur {len(shown)}"


def test_line_ends_do_not_count_as_changes(applicant) -> None:
    """Browsers send CR LF where scripts saved LF."""
    number = dossiers.begin_draft(applicant.actor)
    dossiers.fill(number, applicant.actor, {"use.description": "un\ndeux"})
    where = address(number, "formulaire/")
    before = dossiers.row(number).version
    sent = form_of(applicant.get(where))
    applicant.post(where, {**sent, "use.description": "un\r\ndeux"})
    assert dossiers.row(number).version == before


def test_somebody_with_a_card_names_themselves(holder) -> None:
    """The card logged in with is recognised: number, name and address are filled in."""
    number = dossiers.begin_draft(holder.actor)
    form = dossiers.typed(number)
    assert form.get("representative.card_number") == dossiers.JEANNE_CARD
    where = address(number, "formulaire/")
    assert "Me désigner, avec ma carte" in text_of(holder.get(where))
    holder.post(where, {"_me": "1"})
    rows = dossiers.typed(number).ids(ADMINISTRATORS)
    path = f"administrators.{rows[0]}"
    form = dossiers.typed(number)
    assert form.get(f"{path}.card_number") == dossiers.JEANNE_CARD
    assert form.get(f"{path}.name") == "Jeanne CHARLES"
    holder.post(where, {"_me": "1"})
    assert len(dossiers.typed(number).ids(ADMINISTRATORS)) == 2


def test_the_session_ends_while_typing_and_nothing_is_lost(applicant) -> None:
    """The POST waits for the login, is saved, and the page says so."""
    number = dossiers.begin_draft(applicant.actor)
    where = address(number, "deposer/")
    sent = form_of(applicant.get(address(number, "formulaire/")))
    applicant.browser.logout()
    kept = applicant.post(where, {**sent, "use.editor": "ANS"})
    assert kept["Location"].startswith("/connexion/")
    session = applicant.browser.session
    waiting = session["web.typed"]
    account = Account.objects.get(pk=applicant.actor.account_id)
    applicant.browser.force_login(account, backend=BACKEND)
    session = applicant.browser.session
    session["web.typed"] = waiting
    session.save()
    back = applicant.get(where)
    assert back["Location"] == address(number, "formulaire/")
    assert dossiers.typed(number).get("use.editor") == "ANS"
    assert dossiers.row(number).state == "draft"


def test_a_clone_keeps_answers_and_not_the_pledges(applicant) -> None:
    """ "Renouveler à partir de ce dossier"."""
    number = dossiers.deposited(applicant.actor)
    answer = applicant.post(address(number, "dupliquer/"))
    copy = int(answer["Location"].split("/")[-3])
    form = dossiers.typed(copy)
    assert form.get("use.solution") == "Esante WebModule"
    assert not form.has("terms")
    assert dossiers.row(copy).state == "draft"


def test_edits_of_a_deposited_dossier_are_shown_loudly_then_deposited(applicant) -> None:
    """ "Vos modifications ne sont pas encore déposées" on every page, the differences in words."""
    number = dossiers.deposited(applicant.actor)
    dossiers.fill(number, applicant.actor, {"administrators.0.phone": "06 11 22 33 44"})
    for page in ("", "demande/", "partage/", "formulaire/"):
        assert "ne sont pas encore déposées" in text_of(applicant.get(address(number, page)))
    differences = text_of(applicant.get(address(number, "demande/")))
    assert "Administrateur n° 1 — N° de téléphone" in differences
    assert "<ins>06 11 22 33 44</ins>" in differences
    answer = applicant.post(address(number, "deposer/"))
    assert answer["Location"] == address(number, "merci/")
    assert "modifications de votre dossier" in text_of(applicant.get(answer["Location"]))
    declared = text_of(applicant.get(address(number, "demande/")))
    assert "D’un dépôt à l’autre" in declared
    assert "06 11 22 33 44" in declared
    assert applicant.post(address(number, "deposer/"))["Location"] == address(number)


def test_edits_are_abandoned(applicant) -> None:
    """The form goes back to what was deposited."""
    number = dossiers.deposited(applicant.actor)
    dossiers.fill(number, applicant.actor, {"use.editor": "Autre"})
    assert "Abandonner les modifications" in text_of(applicant.get(address(number)))
    applicant.post(address(number, "abandonner/"))
    assert dossiers.typed(number).get("use.editor") == "ANS"
    assert not dossiers.row(number).draft_differs


def test_versions_are_compared_on_demand(applicant) -> None:
    """Any two of them; nonsense in the address falls back to the last two."""
    number = dossiers.deposited(applicant.actor)
    for editor in ("Deux", "Trois"):
        dossiers.fill(number, applicant.actor, {"use.editor": editor})
        depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    shown = applicant.get(address(number, "demande/"), de="1", a="3").context["changes"]
    assert [(c.before, c.after) for c in shown] == [("ANS", "Trois")]
    for query in ({"de": "x", "a": "-1"}, {"de": "99999999999"}, {"de": "9", "a": "3"}):
        assert applicant.get(address(number, "demande/"), **query).status_code == 200


def test_a_frozen_form_leads_to_what_was_declared(applicant, instructor) -> None:
    """En instruction: read only, the strip says why."""
    number = dossiers.deposited(applicant.actor)
    instructing.take(number=number, by=instructor.actor, at=timezone.now())
    where = applicant.get(address(number, "formulaire/"))
    assert where["Location"] == address(number, "demande/")
    assert "vous ne pouvez plus le modifier" in text_of(applicant.get(address(number)))
    assert applicant.post(address(number, "formulaire/"), {"use.editor": "X"}).status_code == 409


def test_a_correction_is_shown_with_its_fields(applicant, instructor) -> None:
    """Loud on the summary, a comment near each field, a link to each."""
    number = dossiers.deposited(applicant.actor)
    path = dossiers.path_of(number, "administrators.0.card_number")
    instructing.ask_correction(
        number=number,
        reason=CorrectionReason.INCORRECT,
        comments={path: "Ce numéro est celui d’une autre carte"},
        body="Merci de vérifier.",
        by=instructor.actor,
        at=timezone.now(),
    )
    summary = applicant.get(address(number)).content.decode()
    assert f'href="{address(number, "formulaire/")}#{path}"' in summary
    form = text_of(applicant.get(address(number, "formulaire/")))
    assert form.count("Ce numéro est celui d’une autre carte") == 2
    assert "Correction demandée" in form


def test_a_thrown_away_dossier_is_not_edited(applicant) -> None:
    """The form leads to the summary, which offers to restore."""
    number = dossiers.begin_draft(applicant.actor)
    assert "Mettre ce dossier à la corbeille" in text_of(
        applicant.get(address(number, "corbeille/"))
    )
    drafting.trash(number=number, by=applicant.actor, at=dossiers.row(number).saved_at)
    assert applicant.get(address(number, "formulaire/"))["Location"] == address(number)
    assert "Ce dossier est dans la corbeille" in text_of(applicant.get(address(number)))


def test_a_siret_changed_after_the_deposit_waits_for_the_next_one(
    applicant, known_registers
) -> None:
    """What is examined stays what was deposited; abandoning forgets, depositing settles."""
    number = dossiers.deposited(applicant.actor)
    changing = address(number, f"siret/{dossiers.HOSPITAL}/")
    applicant.post(changing)
    row = dossiers.row(number)
    assert (row.siret, row.company["legal_name"]) == (dossiers.AGENCY, dossiers.AGENCY_NAME)
    assert row.draft_differs
    assert "HOPITAL DES 3 DAMES" in text_of(applicant.get(address(number, "formulaire/")))
    assert dossiers.AGENCY_NAME in text_of(applicant.get(address(number)))
    applicant.post(address(number, "abandonner/"))
    row = dossiers.row(number)
    assert "next" not in row.company
    assert not row.draft_differs
    applicant.post(changing)
    applicant.post(address(number, "deposer/"))
    row = dossiers.row(number)
    assert (row.siret, row.company["legal_name"]) == (dossiers.HOSPITAL, "HOPITAL DES 3 DAMES")
    assert "next" not in row.company
    applicant.post(address(number, f"siret/{dossiers.AGENCY}/"))
    applicant.post(changing)
    row = dossiers.row(number)
    assert row.siret == dossiers.HOSPITAL
    assert "next" not in row.company


def test_a_clone_knows_what_became_of_its_company(applicant, known_registers) -> None:
    """A company that has closed since is said so at once."""
    company = {**dossiers.COMPANY, "siret": dossiers.CLOSED}
    number = dossiers.deposited(applicant.actor, siret=dossiers.CLOSED, company=company)
    copy = applicant.post(address(number, "dupliquer/"))["Location"]
    assert "pour fermé" in text_of(applicant.get(copy))
