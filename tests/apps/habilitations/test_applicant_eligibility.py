"""What is told of a form while it is typed: objections and verdicts of what can be read."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from guichet.domain.dossier.checks import Level, Rule
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import eligibility, readiness
from guichet.habilitations.eligibility import Chance
from guichet.habilitations.models import Attachment
from guichet.habilitations.operations import depositing

pytestmark = pytest.mark.django_db


def verdicts(number: int) -> dict[tuple[str, str], Level]:
    row, form = dossiers.row(number), dossiers.typed(number)
    found = eligibility.verdicts(row, form, timezone.now())
    return {(v.rule.value, v.finding): v.level for v in found}


def chances(number: int) -> dict[str, Chance]:
    row, form = dossiers.row(number), dossiers.typed(number)
    found = eligibility.verdicts(row, form, timezone.now())
    told = eligibility.of_types(form, readiness.objections(row, form), found)
    return {each.type.value: each.chance for each in told}


def test_an_empty_form_gets_no_verdict_on_what_is_not_typed(applicant, known_registers) -> None:
    """Only the company is known at that point."""
    number = dossiers.begin_draft(applicant.actor)
    assert verdicts(number) == {("company", "open"): Level.OK}


def test_a_card_alone_is_looked_up(applicant, known_registers) -> None:
    """The rest of the form may be empty or wrong."""
    number = dossiers.begin_draft(applicant.actor)
    card = {"administrators.0.card_number": "0203 040 506", "administrators.0.phone": "??"}
    dossiers.fill(number, applicant.actor, card)
    assert verdicts(number)["card", "valid"] is Level.OK
    dossiers.fill(number, applicant.actor, {"administrators.0.name": "Jeane Charles"})
    assert verdicts(number)["holder-name", "near"] is Level.WARNING


@pytest.mark.parametrize(
    ("card", "finding"),
    [
        (dossiers.EXPIRED_CARD, "expired"),
        (dossiers.OPPOSED_CARD, "opposed"),
        ("0999999999", "unknown"),
    ],
)
def test_a_bad_card_of_the_only_administrator_forbids(
    applicant, known_registers, card: str, finding: str
) -> None:
    """FORBIDDEN. Nobody could order."""
    number = dossiers.complete_draft(applicant.actor, {"administrators.0.card_number": card})
    assert verdicts(number)["card", finding] is Level.BLOCKING
    assert chances(number) == {"org": Chance.FORBIDDEN}


def test_one_good_card_is_enough(applicant, known_registers) -> None:
    """The other administrator is for the instructor to leave out."""
    bad = {
        "administrators.1.card_number": dossiers.EXPIRED_CARD,
        "administrators.1.name": "Anne Passé",
        "administrators.1.phone": "01 02 03 04 05",
        "administrators.1.email": "anne@sante.fr",
    }
    number = dossiers.complete_draft(applicant.actor, bad)
    assert chances(number) == {"org": Chance.ELIGIBLE}


def test_what_another_type_lacks_is_not_missing_here(applicant, known_registers) -> None:
    """MISSING for the type whose domain is absent, ELIGIBLE for the other."""
    number = dossiers.complete_draft(applicant.actor, {"types.serv_ssl": "on"})
    assert chances(number) == {"org": Chance.ELIGIBLE, "serv_ssl": Chance.MISSING}


def test_a_closed_company_forbids_everything(applicant, known_registers) -> None:
    """Deposit is refused too."""
    company = {**dossiers.COMPANY, "answer": "closed"}
    number = dossiers.complete_draft(applicant.actor, company=company)
    assert chances(number) == {"org": Chance.FORBIDDEN}
    with pytest.raises(Refusal) as caught:
        depositing.deposit(number=number, by=applicant.actor, at=timezone.now())
    assert caught.value.code is Code.COMPANY_CLOSED


def test_a_name_is_asked_where_no_register_tells_it(applicant) -> None:
    """Both texts are asked for at once, beside everything else that is missing."""
    company = {"answer": "undisclosed", "siret": dossiers.UNDISCLOSED, "legal_name": ""}
    number = dossiers.begin_draft(applicant.actor, dossiers.UNDISCLOSED, company)
    found = readiness.objections(dossiers.row(number), dossiers.typed(number))
    named = {o.mapping["field"] for o in found if o.code is Code.COMPANY_NAME_MISSING}
    assert named == {"structure.legal_name", "structure.postcode"}
    assert len(found) > 10


def test_a_mandatary_joins_a_mandate(applicant) -> None:
    """An infected or removed file does not count."""
    number = dossiers.complete_draft(applicant.actor, {"representative.quality": "mandatary"})
    row, form = dossiers.row(number), dossiers.typed(number)
    assert [o.code for o in readiness.objections(row, form)] == [Code.MANDATE_MISSING]
    at = timezone.now()
    file = Attachment.objects.create(
        dossier=row, kind="mandate", name="m.pdf", size=1, scan="infected", sent_at=at
    )
    assert readiness.objections(row, form)
    Attachment.objects.filter(pk=file.pk).update(scan="pending")
    assert readiness.objections(row, form) == ()
    Attachment.objects.filter(pk=file.pk).update(removed_at=at)
    assert readiness.objections(row, form)


def test_a_representative_may_name_himself_and_is_told(applicant, known_registers) -> None:
    """A warning, never a refusal."""
    own = {
        "administrators.0.card_number": dossiers.JEAN_CARD,
        "administrators.0.name": "Jean Dupont",
    }
    number = dossiers.complete_draft(applicant.actor, own)
    assert verdicts(number)[Rule.SAME_CARD.value, "representative"] is Level.WARNING
    assert chances(number) == {"org": Chance.ELIGIBLE}


def test_domains_are_judged_as_they_are_typed(applicant, known_registers) -> None:
    """A name that cannot be read is an objection, not a verdict."""
    number = dossiers.begin_draft(applicant.actor)
    typed = {
        "types.serv_ssl": "on",
        "types.ssl_server": "www.hopital.fr",
        "types.serv_mail": "on",
        "types.serv_mail_domain": "@pas un domaine",
        "types.pro": "on",
        "types.pro_mail_domain": "@hopital.fr",
    }
    dossiers.fill(number, applicant.actor, typed)
    found = eligibility.verdicts(dossiers.row(number), dossiers.typed(number), timezone.now())
    paths = [v.path for v in found if v.rule is Rule.DOMAIN]
    assert paths == ["types.ssl_server", "types.pro_mail_domain"]
    assert eligibility.worst(found) is Level.WARNING
