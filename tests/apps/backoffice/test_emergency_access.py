"""A role opened alone in an emergency: loud, short, reviewed, and asked by a fresh login."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from apps.backoffice.test_staff_access import ACCESS, events, roles_of
from apps.orders.counter import Person, text_of
from guichet.domain.access.emergencies import LASTS
from guichet.domain.freshness import Rule, of_emergencies
from guichet.domain.refusals import Code
from guichet.identities import access_queries, operations, queries
from guichet.identities.models import Account, EmergencyAccess
from guichet.identities.sessions import PROVED
from guichet.notifications.models import OutboxMail
from kit.refusals import assert_refused

Staff = Callable[[str], Person]
REASON = "Le signataire est arrêté et personne d’autre ne répond."


def test_break_glass_is_loud_short_and_reviewed(staff: Staff) -> None:
    operator, supervisor = staff("operator"), staff("supervisor")
    staff("auditor")
    form = {"role": "support", "why": "Vite !"}
    assert "caractères au moins" in text_of(operator.post(f"{ACCESS}urgences/ouvrir/", form))
    assert (
        operator.post(f"{ACCESS}urgences/ouvrir/", {**form, "role": "auditor"}).status_code == 422
    )
    form["why"] = REASON
    assert operator.post(f"{ACCESS}urgences/ouvrir/", form).status_code == 302
    row = EmergencyAccess.objects.get()
    assert OutboxMail.objects.filter(about=str(row)).count() == 3
    assert "Rôle ouvert en urgence" in text_of(operator.get("/aide/"))
    assert "support" in roles_of(operator)
    at = timezone.now()
    (finding,) = of_emergencies(access_queries.emergencies_lasting(at))
    assert (finding.rule, finding.subject) == (Rule.EMERGENCY, str(row))
    with assert_refused(Code.EMERGENCY_OPEN_ALREADY):
        operations.open_emergency(role="ca-officer", why=REASON, by=operator.actor, at=at)
    review = f"{ACCESS}urgences/{row.pk}/revoir/"
    assert supervisor.post(review, {"note": "Trop tôt."}).status_code == 409
    operator.post(f"{ACCESS}urgences/finir/")
    assert roles_of(operator) == {"operator"}
    assert "Rôle ouvert en urgence" not in text_of(operator.get("/aide/"))
    assert operator.post(review, {"note": "Tout va bien."}).status_code == 422
    assert supervisor.post(review, {"note": "Justifiée, rien de plus."}).status_code == 302
    assert events(operator)[-3:] == ["emergency-opened", "emergency-ended", "emergency-reviewed"]


def test_an_emergency_ends_by_itself_and_gives_no_right_to_give(staff: Staff) -> None:
    """An instructor lacks the duty; a role opened so approves nobody's."""
    operator = staff("operator")
    at = timezone.now()
    with assert_refused(Code.ROLE_MISSING):
        operations.open_emergency(role="operator", why=REASON, by=staff("instructor").actor, at=at)
    operations.open_emergency(role="ca-officer", why=REASON, by=operator.actor, at=at)
    account = Account.objects.get(pk=operator.account.pk)
    assert queries.emergency_of(account, at + LASTS - timedelta(seconds=1)) is not None
    assert queries.emergency_of(account, at + LASTS) is None
    assert access_queries.emergencies_lasting(at + LASTS) == {}
    assert operations.end_what_is_over(at + LASTS - timedelta(seconds=1)) == 0
    assert [operations.end_what_is_over(at + LASTS) for _twice in range(2)] == [1, 0]
    assert events(operator)[-1] == "emergency-ended"
    assert EmergencyAccess.objects.get().ended_at == at + LASTS
    assert access_queries.count_to_review(at + LASTS) == 1
    operations.open_emergency(role="ca-officer", why=REASON, by=operator.actor, at=at + LASTS)


def test_sensitive_acts_ask_again_and_nothing_typed_is_lost(staff: Staff) -> None:
    operator = staff("operator")
    address = f"{ACCESS}urgences/ouvrir/"
    operator.get("/aide/")
    session = operator.browser.session
    session[PROVED] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()
    answer = operator.post(address, {"role": "support", "why": REASON})
    assert answer["Location"] == f"/connexion/confirmer/?next={address.replace('/', '%2F')}"
    assert "Présenter ma carte" in text_of(operator.get(answer["Location"]))
    assert not EmergencyAccess.objects.exists()
    session = operator.browser.session
    session[PROVED] = timezone.now().isoformat()
    session.save()
    assert REASON in text_of(operator.get(address))
