"""What people are told in time of their rights, and registers asked again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from apps.habilitations import dossiers
from apps.habilitations.rights_kit import (
    CARD,
    HOSPITAL,
    NOW,
    OTHER_CARD,
    appoint,
    grant,
    grant_org,
    mails,
    structure,
)
from guichet.domain.identifiers import Siret
from guichet.habilitations import queries, registers
from guichet.habilitations.models import Delegation, Right, Structure
from guichet.habilitations.operations import instructing, lives, refreshing, reminding
from guichet.processes import clerk

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ENDS = NOW.replace(hour=0, minute=0, second=0) + 120 * DAY


@pytest.fixture(autouse=True)
def _people(enter, db: None) -> None:
    structure()
    enter("Sophie", "DIRECTRICE", email="sophie@hopital.fr", card=CARD)
    appoint(enter("Jean", "DUPONT", email="jean@hopital.fr"))


def told(template: str = "rights-ending") -> Counter[str]:
    return Counter(mail.to[0] for mail in mails(template))


def steps() -> list[int]:
    """The steps told, in order, as the keys of the e-mails to the holder say."""
    return [
        int(mail.dedupe_key.split(":")[-2])
        for mail in mails("rights-ending")
        if mail.to == ["sophie@hopital.fr"]
    ]


def test_each_step_is_told_once_to_both() -> None:
    """90, 60, 30 and 7 days before, then that it is over: day after day, round after round."""
    grant(ends_at=ENDS, origin="dossier:9073113")
    grant_org(ends_at=ENDS)
    for days in range(140):
        for _round in range(2):
            reminding.remind(NOW + days * DAY)
    assert steps() == [90, 60, 30, 7]
    assert told() == {"sophie@hopital.fr": 4, "jean@hopital.fr": 4}
    assert told("rights-expired") == {"sophie@hopital.fr": 1, "jean@hopital.fr": 1}
    first = mails("rights-ending")[0]
    assert first.created_at == NOW + 30 * DAY
    for words in ("- ORG", "- SERV", "dossier n° 9073113", "/habilitations/renouvellement/"):
        assert words in first.text


def test_the_last_day_is_the_card_s() -> None:
    """A card that ends at midnight is told to end the day before."""
    grant(ends_at=ENDS)
    reminding.remind(ENDS - 7 * DAY)
    assert f"{(ENDS - DAY):%d/%m/%Y}" in mails("rights-ending")[0].text


def test_somebody_told_late_is_told_of_the_days_left() -> None:
    """A right granted with twenty days left, or a clerk that was stopped: one e-mail, not three."""
    grant(ends_at=NOW + 20 * DAY)
    reminding.remind(NOW)
    assert steps() == [30]


@pytest.mark.parametrize("stop", ["ended", "ended-beside-another", "replaced", "held-longer"])
def test_nobody_is_told_of_what_no_longer_matters(instructor, stop) -> None:
    """Ended by somebody, or taken over by a longer right."""
    key = grant_org(ends_at=NOW + 20 * DAY)
    if stop == "ended":
        lives.end(key=key, because="x", by=instructor.actor, at=NOW)
    elif stop == "ended-beside-another":
        grant(ends_at=NOW + 20 * DAY)
        lives.end(key=key, because="x", by=instructor.actor, at=NOW)
    elif stop == "replaced":
        heir = grant_org(card_number=OTHER_CARD, ends_at=None)
        Right.objects.filter(key=key).update(successor=Right.objects.get(key=heir))
    else:
        grant_org(starts_at=NOW + 20 * DAY, ends_at=None)
    reminding.remind(NOW)
    reminding.remind(NOW + 21 * DAY)
    assert "- ORG" not in "".join(mail.text for mail in mails("rights-ending"))
    assert "- ORG" not in "".join(mail.text for mail in mails("rights-expired"))


def test_a_right_without_an_end_is_not_told_of() -> None:
    """Nothing ends."""
    grant(ends_at=None)
    assert reminding.remind(NOW + 3650 * DAY) == 0


def test_rights_end_by_themselves() -> None:
    """Half-open: nothing has to run for it."""
    grant(ends_at=ENDS)
    assert len(queries.rights_of(CARD, ENDS - timedelta(microseconds=1))) == 1
    assert queries.rights_of(CARD, ENDS) == ()


def test_an_old_end_is_not_news() -> None:
    """A clerk started after a year writes to nobody about last winter."""
    grant(ends_at=NOW)
    reminding.remind(NOW + 30 * DAY)
    assert mails("rights-expired") == []


def test_a_delegated_right_is_told_as_such() -> None:
    """No card to renew: the structure renews its delegation."""
    lent = Delegation.objects.create(
        structure=Structure.objects.get(national_id=HOSPITAL),
        editor_siret="40393866500037",
        editor_name="E",
        starts_at=NOW,
        ends_at=NOW + 20 * DAY,
        given_by="x",
        given_at=NOW,
    )
    grant(ends_at=NOW + 20 * DAY, delegation_id=lent.pk)
    reminding.remind(NOW)
    text = mails("rights-ending")[0].text
    assert "la structure renouvelle la délégation" in text
    assert "/renouvellement/" not in text


def test_the_address_declared_in_the_dossier_is_written_to(
    known_registers, applicant, instructor
) -> None:
    """Also where the card never logged in, in the language of the dossier."""
    number = dossiers.deposited(applicant.actor)
    grant_org(card_number=dossiers.JEANNE_CARD, ends_at=NOW + 20 * DAY, origin=f"dossier:{number}")
    reminding.remind(NOW)
    assert told() == {"monemaildadmin@sante.fr": 1, "jean@hopital.fr": 1}
    assert "Bonjour Jeanne CHARLES" in mails("rights-ending")[0].text


def test_the_clerk_does_all_of_it() -> None:
    """Its rounds remind, open, check again, refresh and purge."""
    names = {step.__name__ for step in clerk.STEPS}
    assert {
        "remind",
        "open_due",
        "carry_automatically",
        "refresh_companies",
        "check_domains_again",
        "purge_what_is_over",
    } <= names


UNAVAILABLE: dict[str, Any] = {"answer": "unavailable", "siret": dossiers.AGENCY, "legal_name": ""}
TYPED = {"structure.legal_name": "AGENCE", "structure.postcode": "75015"}


def test_a_company_nobody_could_tell_is_asked_again(known_registers, applicant, instructor) -> None:
    """Filed and in instruction, not drafts; what was typed stays in the form."""
    filed = dossiers.deposited(applicant.actor, TYPED, company=UNAVAILABLE)
    taken = dossiers.deposited(applicant.actor, TYPED, company=UNAVAILABLE)
    instructing.take(number=taken, by=instructor.actor, at=NOW)
    draft = dossiers.begin_draft(applicant.actor, company=UNAVAILABLE)
    assert refreshing.refresh_companies(NOW) == 2
    assert refreshing.refresh_companies(NOW) == 0
    for number in (filed, taken):
        assert dossiers.row(number).company["legal_name"] == dossiers.AGENCY_NAME
        assert dossiers.typed(number).get("structure.legal_name") == "AGENCE"
    assert dossiers.row(draft).company["answer"] == "unavailable"


def test_a_company_still_unknown_to_all_waits(applicant, settings, tmp_path) -> None:
    """No register, no directory: nothing changes, nothing fails."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    number = dossiers.deposited(applicant.actor, TYPED, company=UNAVAILABLE)
    assert registers.company_of(Siret(dossiers.AGENCY))["answer"] == "unavailable"
    assert refreshing.refresh_companies(NOW) == 0
    assert dossiers.row(number).company == UNAVAILABLE
