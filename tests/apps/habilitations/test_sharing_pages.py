"""Pages of sharing: invite, accept, decline, hand over, confirm; no script, POST alone changes."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.habilitations.models import AdministratorConfirmation, Participation
from guichet.habilitations.operations import sharing
from guichet.notifications.models import OutboxMail

pytestmark = pytest.mark.django_db
LINK = re.compile(r"/habilitations/(?:invitations|confirmations)/[\w-]+/")


def link(to: str) -> str:
    mails = [m for m in OutboxMail.objects.order_by("pk") if m.to == [to]]
    return LINK.findall(mails[-1].text)[-1]


def share(number: int) -> str:
    return f"/habilitations/dossiers/{number}/partage/"


def words(answer) -> str:
    return answer.content.decode().replace("<wbr>", "").replace("\u202f", " ")


def test_an_invitation_from_its_form_to_the_co_writer_s_page(applicant, stranger) -> None:
    """Sent, followed, accepted once; then the owner sees who it is and takes it back."""
    number = dossiers.begin_draft(applicant.actor)
    sent = applicant.post(share(number), {"invite": "1", "invite-email": "paul@ailleurs.test"})
    assert sent.status_code == 302
    assert "En attente de réponse" in words(applicant.get(share(number)))
    where = link("paul@ailleurs.test")
    offered = words(stranger.get(where))
    assert "Jean DUPONT vous invite à remplir" in offered
    assert str(number) in offered
    assert Participation.objects.get().accepted_at is None
    joined = stranger.post(where, {"accept": "1"})
    assert joined["Location"] == f"/habilitations/dossiers/{number}/"
    assert "vous y êtes invité à écrire" in words(stranger.get(joined["Location"]))
    assert str(number) in words(stranger.get("/habilitations/"))
    form = words(stranger.get(f"/habilitations/dossiers/{number}/formulaire/"))
    assert "Seule la personne qui vous a invité peut déposer" in form
    assert stranger.get(where).status_code == 410
    assert "Paul RIEN" in words(applicant.get(share(number)))
    applicant.post(share(number), {"revoke": str(Participation.objects.get().pk)})
    assert stranger.get(f"/habilitations/dossiers/{number}/").status_code == 404


def test_a_transfer_tells_what_the_giver_loses(applicant, stranger) -> None:
    """On the giver's page, in the mail and on the receiver's page."""
    number = dossiers.begin_draft(applicant.actor)
    assert "vous n’y aurez plus accès" in words(applicant.get(share(number)))
    applicant.post(share(number), {"transfer": "1", "transfer-email": "paul@ailleurs.test"})
    where = link("paul@ailleurs.test")
    assert "n’y aura plus accès" in words(stranger.get(where))
    stranger.post(where, {"accept": "1"})
    assert applicant.get(share(number)).status_code == 404
    assert stranger.get(share(number)).status_code == 200


def test_declining_and_leaving(applicant, stranger) -> None:
    """Both come back to one's own dossiers."""
    number = dossiers.begin_draft(applicant.actor)
    applicant.post(share(number), {"invite": "1", "invite-email": "a@b.fr"})
    assert stranger.post(link("a@b.fr"), {"decline": "1"})["Location"] == "/habilitations/"
    applicant.post(share(number), {"invite": "1", "invite-email": "a@b.fr"})
    stranger.post(link("a@b.fr"), {"accept": "1"})
    assert "Quitter ce dossier" in words(stranger.get(share(number)))
    assert stranger.post(share(number), {"leave": "1"})["Location"] == "/habilitations/"
    assert stranger.get(share(number)).status_code == 404


def test_one_s_own_invitation_is_explained(applicant) -> None:
    """The owner who follows the link is told for whom it is."""
    number = dossiers.begin_draft(applicant.actor)
    applicant.post(share(number), {"invite": "1", "invite-email": "a@b.fr"})
    page = words(applicant.get(link("a@b.fr")))
    assert "Ce dossier est le vôtre" in page
    assert 'name="accept"' not in page
    assert applicant.post(link("a@b.fr"), {"accept": "1"}).status_code == 410


@pytest.mark.parametrize("name", ["invite", "transfer"])
@pytest.mark.parametrize("email", ["", "pas une adresse"])
def test_an_address_that_is_none_comes_back(applicant, name: str, email: str) -> None:
    """422, with words on the field of that form alone."""
    number = dossiers.begin_draft(applicant.actor)
    answer = applicant.post(share(number), {name: "1", f"{name}-email": email})
    assert answer.status_code == 422
    assert words(answer).count("field-errors") == 1


def test_visitors_come_back_to_the_link_after_login(visitor, applicant) -> None:
    """The address of the link is kept through the login."""
    number = dossiers.begin_draft(applicant.actor)
    sharing.invite(number=number, email="a@b.fr", by=applicant.actor, at=timezone.now())
    answer = visitor.get(link("a@b.fr"), secure=True)
    assert answer.status_code == 302
    assert "next=%2Fhabilitations%2Finvitations%2F" in answer["Location"]


@pytest.mark.parametrize("number", ["x", "-1", "9" * 40, "12"])
def test_revoking_nothing_is_harmless(applicant, number: str) -> None:
    """Whatever is sent."""
    mine = dossiers.begin_draft(applicant.actor)
    assert applicant.post(share(mine), {"revoke": number}).status_code == 302


def test_a_confirmation_needs_no_account_and_get_changes_nothing(applicant, visitor) -> None:
    """Structure, card and address are shown; scanners of mail that follow links answer nothing."""
    number = dossiers.deposited(applicant.actor)
    where = link("monemaildadmin@sante.fr")
    for method in ("get", "head"):
        getattr(visitor, method)(where, secure=True)
    asked = AdministratorConfirmation.objects.get()
    assert (asked.confirmed_at, asked.denied_at) == (None, None)
    page = words(visitor.get(where, secure=True))
    for word in (dossiers.AGENCY_NAME, dossiers.JEANNE_CARD, "monemaildadmin@sante.fr"):
        assert word in page
    assert visitor.post(where, {"confirm": "1"}, secure=True)["Location"] == where
    assert "Vous avez confirmé" in words(visitor.get(where, secure=True))
    declared = words(applicant.get(f"/habilitations/dossiers/{number}/demande/"))
    assert "confirmée" in declared
    visitor.post(where, {"deny": "1"}, secure=True)
    assert "contestée" in words(applicant.get(f"/habilitations/dossiers/{number}/demande/"))
    summary = words(applicant.get(f"/habilitations/dossiers/{number}/"))
    assert "Un administrateur ne se reconnaît pas" in summary
