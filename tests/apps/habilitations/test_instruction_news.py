"""News by e-mail: at once, daily, weekly, never; told once; and the page that chooses."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from apps.habilitations.dossiers import Person
from guichet.habilitations.models import MailPreference
from guichet.habilitations.operations import depositing, desk, instructing, messaging
from guichet.habilitations.operations.desk import Rhythm
from guichet.habilitations.operations.digest import digest, is_due, last_appointment
from guichet.identities.models import Account
from guichet.notifications.models import OutboxMail

pytestmark = pytest.mark.django_db
PARIS = timezone.get_default_timezone()
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=PARIS)  # a Tuesday
PAGE = f"{kit.LIST}notifications/"
MINUTES, HOURS, DAYS = (timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))


def prefer(who: Person, rhythm: Rhythm, at: datetime = NOON) -> None:
    desk.prefer(rhythm=rhythm, email=who.actor.email, by=who.actor, at=at)


def mails() -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(dedupe_key__startswith="digest:").order_by("pk"))


def test_the_first_time_nothing_of_the_past_is_told(applicant, instructor) -> None:
    """A row is made for each instructor, daily; the next morning tells what came since."""
    dossiers.deposited(applicant.actor, at=NOON - DAYS)
    assert digest(NOON) == 0
    assert MailPreference.objects.get().rhythm == "daily"
    number = dossiers.deposited(applicant.actor, at=NOON + HOURS)
    assert digest(NOON + 2 * HOURS) == 0
    morning = datetime(2026, 11, 25, 8, 0, tzinfo=PARIS)
    assert digest(morning - MINUTES) == 0
    assert digest(morning) == 1
    assert digest(morning + MINUTES) == 0
    (mail,) = mails()
    assert mail.to == [instructor.actor.email]
    assert f"/gestion/dossiers/{number}/" in mail.text
    assert "nouveau dossier, à suivre" in mail.text


def test_at_once_merges_five_minutes(applicant, instructor) -> None:
    """Several events of one dossier are one mail; a second dossier makes it a list."""
    prefer(instructor, Rhythm.ONCE)
    number = dossiers.deposited(applicant.actor, at=NOON + MINUTES)
    instructing.follow(number=number, by=instructor.actor, follows=True, at=NOON + MINUTES)
    messaging.send(number=number, body="Bonjour", by=applicant.actor, at=NOON + 2 * MINUTES)
    messaging.send(number=number, body="Encore", by=applicant.actor, at=NOON + 3 * MINUTES)
    assert digest(NOON + 4 * MINUTES) == 0
    assert digest(NOON + 5 * MINUTES) == 1
    (mail,) = mails()
    assert mail.subject == f"Dossier n° {number} (AGENCE DU NUMERIQUE EN SANTE)\u202f: du nouveau"
    assert "nouveau dossier, à suivre\u202f; nouveau message\n" in mail.text
    dossiers.deposited(applicant.actor, at=NOON + 6 * MINUTES)
    dossiers.deposited(applicant.actor, at=NOON + 7 * MINUTES)
    assert digest(NOON + 20 * MINUTES) == 1
    assert mails()[1].subject == "2 dossiers ont du nouveau"
    assert digest(NOON + 40 * MINUTES) == 0


def test_what_is_told_to_whom(applicant, instructor, second_instructor) -> None:
    """Followers hear of what happens, others of deposits alone; nobody of their own acts."""
    for who in (instructor, second_instructor):
        prefer(who, Rhythm.ONCE)
    number = dossiers.deposited(applicant.actor, at=NOON - HOURS)
    kit.take(number, instructor.actor, NOON - MINUTES)
    instructing.give_back(number=number, by=instructor.actor, at=NOON)
    messaging.send(number=number, body="Question", by=instructor.actor, at=NOON + MINUTES)
    kit.ask(number, instructor.actor, when=NOON + MINUTES)
    dossiers.fill(number, applicant.actor, {"use.solution": "V2"}, NOON + 2 * MINUTES)
    depositing.deposit(number=number, by=applicant.actor, at=NOON + 2 * MINUTES)
    dossiers.row(number).confirmations.update(denied_at=NOON + 3 * MINUTES)
    assert digest(NOON + 10 * MINUTES) == 1
    (mail,) = mails()
    assert mail.to == [instructor.actor.email]
    assert "corrections faites\u202f; une personne dit ne pas être administrateur" in mail.text
    assert "nouveau message" not in mail.text


def test_a_decision_that_waits_is_told_to_the_others(
    applicant, instructor, second_instructor, known_registers
) -> None:
    """Not to its author."""
    for who in (instructor, second_instructor):
        prefer(who, Rhythm.ONCE)
    number = kit.take(
        dossiers.deposited(applicant.actor, kit.NEW_DOMAIN, at=NOON - DAYS), instructor.actor
    )
    kit.decide(number, instructor.actor, when=NOON + MINUTES)
    assert digest(NOON + 10 * MINUTES) == 1
    assert mails()[0].to == [second_instructor.actor.email]
    assert "une décision attend une seconde approbation" in mails()[0].text


def test_never_and_weekly(applicant, instructor, supervisor, auditor) -> None:
    """Auditors are not instructors; Monday morning for those who want a week."""
    prefer(instructor, Rhythm.NEVER)
    prefer(supervisor, Rhythm.WEEKLY)
    dossiers.deposited(applicant.actor, at=NOON + MINUTES)
    assert digest(NOON + 2 * DAYS) == 0
    monday = datetime(2026, 11, 30, 8, 0, tzinfo=PARIS)
    assert digest(monday) == 1
    assert mails()[0].to == [supervisor.actor.email]
    assert MailPreference.objects.count() == 2


def test_whoever_no_longer_instructs_is_not_told(applicant, instructor) -> None:
    """The role is asked at each round."""
    prefer(instructor, Rhythm.ONCE)
    dossiers.deposited(applicant.actor, at=NOON + MINUTES)
    Account.objects.filter(pk=instructor.actor.account_id).update(roles=["administrator"])
    assert digest(NOON + HOURS) == 0


def test_an_english_reader_is_told_in_english(applicant, instructor) -> None:
    Account.objects.filter(pk=instructor.actor.account_id).update(language="en")
    prefer(instructor, Rhythm.ONCE)
    dossiers.deposited(applicant.actor, at=NOON + MINUTES)
    dossiers.deposited(applicant.actor, at=NOON + MINUTES)
    assert digest(NOON + HOURS) == 1
    assert mails()[0].subject == "2 dossiers have news"
    assert "new dossier, to be followed" in mails()[0].text


@pytest.mark.parametrize(
    ("rhythm", "at", "expected"),
    [
        (Rhythm.DAILY, NOON, datetime(2026, 11, 24, 8, tzinfo=PARIS)),
        (Rhythm.DAILY, NOON.replace(hour=7), datetime(2026, 11, 23, 8, tzinfo=PARIS)),
        (Rhythm.WEEKLY, NOON, datetime(2026, 11, 23, 8, tzinfo=PARIS)),
        (
            Rhythm.WEEKLY,
            datetime(2026, 11, 23, 7, tzinfo=PARIS),
            datetime(2026, 11, 16, 8, tzinfo=PARIS),
        ),
        (
            Rhythm.DAILY,
            datetime(2026, 10, 25, 12, tzinfo=PARIS),
            datetime(2026, 10, 25, 8, tzinfo=PARIS),
        ),
    ],
)
def test_appointments(rhythm: Rhythm, at: datetime, expected: datetime) -> None:
    """Eight in the morning of Paris, the night the clocks change included."""
    assert last_appointment(rhythm, at) == expected
    assert is_due(rhythm, expected - MINUTES, at)
    assert not is_due(rhythm, expected, at)


def test_the_page_of_preferences(instructor) -> None:
    """Kept, shown again; a wrong address is refused; an auditor has none."""
    assert 'value="daily"' in kit.text_of(instructor.get(PAGE))
    sent = {"rhythm": "weekly", "email": "equipe@guichet.test"}
    answer = instructor.post(PAGE, sent)
    assert answer["Location"] == f"{PAGE}?enregistre=1"
    row = MailPreference.objects.get()
    assert (row.rhythm, row.email) == ("weekly", "equipe@guichet.test")
    page = kit.text_of(instructor.get(PAGE, enregistre="1"))
    assert "Préférences enregistrées" in page
    assert 'value="weekly" ' in page
    for wrong in ({"rhythm": "weekly", "email": "x"}, {"rhythm": "hourly", "email": "a@b.fr"}):
        assert instructor.post(PAGE, wrong).status_code == 422
    assert MailPreference.objects.get().rhythm == "weekly"
