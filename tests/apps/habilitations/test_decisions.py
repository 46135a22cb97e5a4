"""Decisions: in whole, in part, refused, closed, reopened; seen first, taken once."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from apps.habilitations.deciding import accepting, offers, taken  # noqa: F401 the fixtures
from apps.habilitations.dossiers import EXPIRED_CARD, JEAN_CARD, JEANNE_CARD
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.dossier import parsing
from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.states import DossierAct
from guichet.domain.refusals import Code
from guichet.habilitations import queries
from guichet.habilitations.models import Decision, Right
from guichet.habilitations.operations import deciding, instructing, rights
from guichet.habilitations.operations.deciding import Choice
from guichet.habilitations.operations.rights import RightAsked
from guichet.notifications.models import OutboxMail
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db
AGENCY_ID = f"3{dossiers.AGENCY}"
TWO = {
    "administrators.1.card_number": JEAN_CARD,
    "administrators.1.name": "Jean DUPONT",
    "administrators.1.phone": "0102030405",
    "administrators.1.email": "jean@sante.fr",
    "types.pro": "on",
    "types.pro_mail_domain": "@agence.fr",
}


def test_a_decision_is_seen_before_it_is_taken(taken, instructor) -> None:
    """What will happen is told in full, and nothing has happened."""
    number = taken()
    sent = accepting(number, kit.rows(number), ["org"], reason="Bienvenue.")
    page = kit.act(instructor, number, "accepter/", verifier="1", **sent)
    told = page.context["consequences"]
    ((right, held),) = told.opened
    assert (right.card_number, right.offer, held) == (JEANNE_CARD, "ORG", None)
    assert right.last_day == dossiers.registers.card_of(JEANNE_CARD).valid_until
    assert [mail.to for mail in told.mails] == [
        ("monemaildadmin@sante.fr",),
        ("monmail@sante.fr",),
    ]
    assert not page.context["needs_second"]
    assert not Decision.objects.exists()
    assert not Right.objects.exists()
    assert not OutboxMail.objects.filter(dedupe_key__contains=":accept:").exists()
    assert dossiers.row(number).state == "in-instruction"
    assert "dossier-accepted" not in kit.told(number)


def test_accepting_twice_accepts_once(taken, instructor) -> None:
    """The rights, the mails, the decision and the journal hold it once; what was told happened."""
    number = taken()
    lu = kit.stamp(number)
    sent = accepting(number, kit.rows(number), ["org"], reason="Bienvenue.")
    for _twice in range(2):
        answer = kit.act(instructor, number, "accepter/", lu=lu, confirmer="1", **sent)
        assert answer["Location"] == kit.at(number)
    decision = Decision.objects.get()
    assert (decision.by_label, decision.reason) == ("MOREL / Inès", "Bienvenue.")
    right = Right.objects.get()
    assert right.origin == f"dossier:{number}"
    ends = dossiers.registers.card_ends([JEANNE_CARD])[JEANNE_CARD]
    assert right.ends_at == ends
    assert offers(JEANNE_CARD) == {"ORG"}
    assert kit.told(number).count("dossier-accepted") == 1
    assert OutboxMail.objects.filter(dedupe_key__contains=":habilitated:").count() == 1


def test_modifying_comes_back_with_what_was_typed(taken, instructor) -> None:
    number = taken(TWO)
    first, second = kit.rows(number)
    sent = accepting(number, [first], ["org"], reason="Merci.", **{f"refused.{second}": "Parti."})
    page = kit.act(instructor, number, "accepter/", modifier="1", **sent)
    text = kit.text_of(page)
    assert 'value="Parti."' in text
    assert "Merci." in text
    assert not Decision.objects.exists()


def test_a_part_is_accepted_and_each_rest_has_a_reason(taken, instructor) -> None:
    """One administrator and one type; reasons written, or from the catalogue."""
    number = taken(TWO)
    first, second = kit.rows(number)
    sent = accepting(number, [first], ["org"])
    silent = kit.act(instructor, number, "accepter/", verifier="1", **sent)
    assert silent.status_code == 422
    assert "Motif manquant" in kit.text_of(silent) or "demande un motif" in kit.text_of(silent)
    sent |= {f"refused.{second}": "N’est plus là.", "modele.pro": "use"}
    confirm = kit.text_of(kit.act(instructor, number, "accepter/", verifier="1", **sent))
    assert "N’est plus là." in confirm
    assert kit.act(instructor, number, "accepter/", confirmer="1", **sent).status_code == 302
    decision = Decision.objects.get()
    assert (decision.rows, decision.types) == ([first], ["org"])
    assert decision.refused[second] == "N’est plus là."
    assert decision.refused["pro"].startswith("L’usage décrit")
    assert offers(JEANNE_CARD) == {"ORG"}
    assert offers(JEAN_CARD) == set()
    mail = OutboxMail.objects.get(dedupe_key__contains=f"dossier:{number}:accept:")
    assert "N’est plus là." in mail.text


@pytest.mark.parametrize(("rows", "types"), [((), ("org",)), (("first",), ()), ((), ())])
def test_an_acceptance_accepts_something(rows, types, taken, instructor) -> None:
    """REFUSED on the form."""
    number = taken()
    chosen = kit.rows(number) if rows else []
    answer = kit.act(instructor, number, "accepter/", verifier="1", rows=chosen, types=list(types))
    assert answer.status_code == 422
    assert "retient au moins un administrateur" in kit.text_of(answer)


def test_rows_of_another_dossier_are_no_choice(taken, instructor) -> None:
    """REFUSED: what the form does not offer is not understood."""
    number, other = taken(), taken()
    sent = accepting(number, kit.rows(other), ["org"])
    assert kit.act(instructor, number, "accepter/", confirmer="1", **sent).status_code == 422
    assert not Decision.objects.exists()


def test_a_blocking_check_forbids_its_administrator_alone(taken, instructor) -> None:
    """The expired card is left unticked, refused when ticked, and the other one is accepted."""
    number = taken({**TWO, "administrators.1.card_number": EXPIRED_CARD,
                    "administrators.1.name": "Anne PASSE"})  # fmt: skip
    first, second = kit.rows(number)
    form = instructor.get(kit.at(number, "accepter/")).context["form"]
    assert form.initial["rows"] == [first]
    answer = kit.act(
        instructor, number, "accepter/", verifier="1",
        **accepting(number, [first, second], ["org", "pro"]),
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Anne PASSE : Une vérification" in kit.text_of(answer)
    sent = accepting(number, [first], ["org", "pro"], **{f"modele.{second}": "card-ended"})
    assert kit.act(instructor, number, "accepter/", confirmer="1", **sent).status_code == 302
    assert offers(JEANNE_CARD) == {"ORG", "PRO"}
    assert offers(EXPIRED_CARD) == set()


def test_what_the_card_already_held_is_merged(taken, instructor) -> None:
    """The page names the right that the new one takes the place of; nothing is lost of it."""
    number = taken()
    at = timezone.now()
    declared = parsing.parse(dossiers.typed(number))
    facts = dossiers.registers.structure_facts(declared, dossiers.row(number).company)
    rights.register_structure(facts=facts, by="test", at=at)
    asked = RightAsked(
        card_number=JEANNE_CARD,
        structure_id=AGENCY_ID,
        offer=Offer.ORG,
        usages=frozenset({Usage.SIGN}),
        starts_at=at,
    )
    held = rights.grant_right(asked=asked, by="test", at=at)
    sent = accepting(number, kit.rows(number), ["org"])
    page = kit.act(instructor, number, "accepter/", verifier="1", **sent)
    ((_right, before),) = page.context["consequences"].opened
    assert before.key == held
    assert "fondu dans le nouveau (SIGN)" in kit.text_of(page)
    kit.act(instructor, number, "accepter/", confirmer="1", **sent)
    assert len(queries.rights_of(JEANNE_CARD, timezone.now())) == 1


@pytest.mark.parametrize(
    ("page", "code", "state", "kind"),
    [
        ("refuser/", "not-representative", "refused-dossier", "refuse"),
        ("classer/", "duplicate", "closed", "close"),
    ],
)
def test_refusing_and_closing(
    page: str, code: str, state: str, kind: str, taken, instructor
) -> None:
    """With a reason, which the catalogue gives and the applicant reads; once."""
    number = taken()
    assert kit.act(instructor, number, page, verifier="1").status_code == 422
    inserted = kit.act(instructor, number, page, inserer="1", modele=code)
    assert inserted.context["form"]["reason"].value().endswith(".")
    seen = kit.act(instructor, number, page, verifier="1", modele=code)
    assert "Aucun droit ne change." in kit.text_of(seen)
    lu = kit.stamp(number)
    for _twice in range(2):
        answer = kit.act(instructor, number, page, lu=lu, confirmer="1", modele=code)
        assert answer.status_code == 302
    assert dossiers.row(number).state == state
    decision = Decision.objects.get()
    assert decision.kind == kind
    assert decision.reason
    mail = OutboxMail.objects.get(dedupe_key__contains=f"dossier:{number}:{kind}:")
    assert decision.reason in mail.text


def test_the_reason_speaks_the_applicant_s_language(taken, instructor) -> None:
    """The instructor's page may be French; the text inserted is the dossier's language."""
    number = taken()
    row = dossiers.row(number)
    row.language = "en"
    row.save()
    page = kit.act(instructor, number, "refuser/", inserer="1", modele="not-representative")
    assert page.context["form"]["reason"].value().startswith("Whoever deposited")
    assert "Le demandeur n’engage pas la structure" in kit.text_of(page)


def test_reopening_suspends_and_keeps(taken, instructor, supervisor) -> None:
    """With a warning and a reason; the old decision is replaced, its rights wait; then decided."""
    number = taken()
    kit.decide(number, instructor.actor)
    page = kit.text_of(supervisor.get(kit.at(number, "rouvrir/")))
    assert "article L.242-1" in page
    assert "Droits suspendus" in page
    assert kit.act(supervisor, number, "rouvrir/", reason="x").status_code == 422
    assert kit.act(supervisor, number, "rouvrir/", understood="on").status_code == 422
    inserted = kit.act(supervisor, number, "rouvrir/", inserer="1", modele="error")
    assert "une erreur que nous devons corriger" in kit.text_of(inserted)
    lu = kit.stamp(number)
    sent = {"reason": "Erreur de carte.", "understood": "on"}
    for _twice in range(2):
        assert kit.act(supervisor, number, "rouvrir/", lu=lu, **sent).status_code == 302
    assert kit.told(number).count("dossier-reopened") == 1
    assert offers(JEANNE_CARD) == set()
    assert Right.objects.get().suspension == "Erreur de carte."
    assert dossiers.row(number).state == "in-instruction"
    history = kit.text_of(supervisor.get(kit.at(number, "historique/")))
    assert "Remplacée" in history
    kit.decide(number, instructor.actor)
    assert offers(JEANNE_CARD) == {"ORG"}
    assert supervisor.get(kit.at(number, "rouvrir/")).status_code == 200


def test_refusing_after_reopening_ends_the_rights(taken, instructor, supervisor) -> None:
    number = taken()
    kit.decide(number, instructor.actor)
    deciding.reopen(number=number, reason="Fraude.", by=supervisor.actor, at=timezone.now())
    page = kit.act(instructor, number, "refuser/", verifier="1", reason="Fraude.")
    assert [r.card_number for r in page.context["consequences"].closed] == [JEANNE_CARD]
    kit.act(instructor, number, "refuser/", confirmer="1", reason="Fraude.")
    later = timezone.now() + timedelta(seconds=1)
    assert not Right.objects.filter(ends_at__gt=later).exists()


def test_the_operation_refuses_what_no_page_sends(taken, instructor) -> None:
    """Reasons, rows and types are required whatever calls it."""
    number, at = taken(TWO), timezone.now()
    first, _second = kit.rows(number)
    org = frozenset({CertificateType.ORG})
    part = Choice(act=DossierAct.ACCEPT, rows=frozenset({first}), types=org)
    with assert_refused(Code.REASON_MISSING):
        deciding.decide(number=number, choice=part, by=instructor.actor, at=at)
    with assert_refused(Code.REASON_MISSING, field="reason"):
        deciding.decide(
            number=number, choice=Choice(act=DossierAct.REFUSE), by=instructor.actor, at=at
        )
    with assert_refused(Code.NOTHING_ACCEPTED):
        deciding.decide(
            number=number, choice=Choice(act=DossierAct.ACCEPT), by=instructor.actor, at=at
        )
    with assert_refused(Code.MOVE_FORBIDDEN):
        instructing.archive(number=number, by=instructor.actor, at=at)
