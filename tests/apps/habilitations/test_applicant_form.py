"""The applicant's form without scripts: rows, objections, boxes, and what is saved."""

from __future__ import annotations

import pytest

from apps.habilitations import dossiers
from apps.habilitations.plain_browser import address, form_of, text_of
from guichet.domain.dossier.typed import ADMINISTRATORS, RPPS_RANKS
from guichet.identities.models import Account
from guichet.identities.sessions import BACKEND

pytestmark = pytest.mark.django_db


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
    assert "Administrateur n° <span data-place>2</span>" in page
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
    assert "Administrateur n° 1 — N° de carte" in page
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
