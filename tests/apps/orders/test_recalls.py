"""Renew first, revoke later: holders are called before the date of an approved incident."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.orders.counter import Person, Sign, csr_pem, text_of
from apps.orders.incidents import Case, Operators, placed, taken
from guichet.authority.models import SigningRequest
from guichet.domain.certificates.urgency import Priority
from guichet.domain.orders.criteria import Criteria
from guichet.domain.orders.incidents import IncidentState
from guichet.domain.refusals import Code, Refusal
from guichet.journal.models import Entry
from guichet.notifications.models import OutboxMail
from guichet.orders import incident_progress
from guichet.orders.models import Contact, Order, Product
from guichet.orders.operations import RenewalAsked, renew
from guichet.orders.operations import incident_calling as calling
from guichet.orders.operations import incident_deciding as deciding
from guichet.orders.summaries import Via
from guichet.x509.crl import Reason
from kit import pki

DUE = timedelta(days=20)


@pytest.fixture
def recalled(sophie: Person, sign: Sign, operators: Operators) -> Case:
    """Two products and an order that waits, to be revoked in twenty days."""
    numbers = [placed(sophie), placed(sophie)]
    placed(sophie)
    sign()
    for number in numbers:
        taken(sophie, number)
    case = operators.searched(Criteria(offer="ORG"))
    return case.proposed(due_at=timezone.now() + DUE, text="Un logiciel est en cause.").approved()


def mails(case: Case) -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(about=f"incident:{case.number}").order_by("pk"))


def test_holders_renew_then_all_is_revoked(recalled: Case, sophie: Person, sign: Sign) -> None:
    """Called once an address, recalled to renew with a new key, reminded, revoked on the date."""
    now = timezone.now()
    for _again in range(2):
        calling.call_holders(now)
    first, other = mails(recalled)
    assert "3 de vos certificats seront révoqués" in first.subject
    assert {*first.to, *other.to} == {
        "privilegier@leslistesdediffusion.fr",
        "nepasdependre@debalnominatives.fr",
    }
    product, left = Product.objects.order_by("pk")
    assert f"/produits/suivre/parc/{product.number}/renouveler/" in first.text
    assert "/nouvelle-cle/" in first.text
    assert "une nouvelle clé est nécessaire" in first.text
    assert "Un logiciel est en cause." in first.text
    page = text_of(sophie.get(f"/produits/suivre/parc/{product.number}/"))
    assert "Ce certificat sera révoqué" in page

    via = Via(channel="portal")
    with pytest.raises(Refusal) as caught:
        renew(asked=RenewalAsked(product_number=product.number), by=sophie.actor, via=via, at=now)
    assert caught.value.code is Code.KEY_NOT_RENEWABLE
    asked = RenewalAsked(
        product_number=product.number, csr=csr_pem(pki.fresh_key("p-256")).encode()
    )
    heir = renew(asked=asked, by=sophie.actor, via=via, at=now)
    assert SigningRequest.objects.latest("requested_at").priority == Priority.BULK
    assert progress(recalled) == (3, 0, 1, 2)
    sign()
    taken(sophie, heir.number)
    assert progress(recalled) == (3, 1, 0, 2)

    recalled.run(at=now + timedelta(days=1))
    assert recalled.facts.state is IncidentState.APPROVED
    calling.call_holders(now + DUE - timedelta(days=6))
    calling.call_holders(now + DUE - timedelta(days=5))
    reminder = mails(recalled)[2]
    assert len(mails(recalled)) == 4
    assert reminder.subject.startswith("Rappel")
    assert "2 de vos certificats" in reminder.subject
    assert f"produit n° {product.number}" not in reminder.text
    recalled.run(at=now + DUE + timedelta(minutes=1))
    assert recalled.counts == {"revoked": 3}
    assert set(Product.objects.exclude(revoked_at=None)) == {product, left}
    events = Entry.objects.filter(subject=f"incident:{recalled.number}", event="holders-called")
    assert events.count() == 2


def progress(case: Case) -> tuple[int, int, int, int]:
    found = incident_progress.total(incident_progress.by_structure(case.number))
    return found.count, found.renewed, found.pending, found.left


def test_nobody_to_tell_is_told_to_operators(recalled: Case) -> None:
    """Mailboxes that all refuse are counted, by structure."""
    order = Order.objects.order_by("pk")[0]
    Contact.objects.filter(order=order).update(bounced_at=timezone.now())
    page = recalled.people.second.get(f"/gestion/incidents/{recalled.number}/renouvellement/")
    (line,) = page.context["lines"]
    assert (line.name, line.left, line.unreachable) == ("HOPITAL DES 3 DAMES", 3, 1)


def test_an_operator_calls_again(recalled: Case) -> None:
    """Once the call before is over; the clerk writes the e-mails."""
    second = recalled.people.second
    address = f"/gestion/incidents/{recalled.number}/renouvellement/"
    assert second.post(address).status_code == 409
    now = timezone.now()
    calling.call_holders(now)
    assert second.post(address).status_code == 302
    calling.call_holders(now)
    assert len(mails(recalled)) == 4
    assert "Relance par un opérateur" in text_of(second.get(address))


def test_a_recall_is_called_off(recalled: Case, sophie: Person) -> None:
    """Who was called learns it, and nothing is renewed before its time any more."""
    now = timezone.now()
    calling.call_holders(now)
    deciding.cancel(number=recalled.number, by=recalled.people.first.actor, at=now)
    calling.call_holders(now)
    assert not Product.objects.exclude(recalled_for=None).exists()
    assert "finalement pas" in mails(recalled)[2].subject
    product = Product.objects.order_by("pk")[0]
    asked = RenewalAsked(product_number=product.number)
    with pytest.raises(Refusal) as caught:
        renew(asked=asked, by=sophie.actor, via=Via(channel="portal"), at=now)
    assert caught.value.code is Code.RENEWAL_NOT_OPEN


def test_what_is_withdrawn_meanwhile_is_recalled_too(recalled: Case, sophie: Person) -> None:
    """And of two incidents the first to revoke counts, until it is called off."""
    number = Order.objects.get(state="available").number
    product = taken(sophie, number)
    found = Product.objects.get(number=product)
    assert found.recalled_for == recalled.facts.due_at
    sooner = recalled.people.searched(Criteria(offer="ORG"))
    sooner.proposed(due_at=timezone.now() + timedelta(days=3)).approved()
    found.refresh_from_db()
    assert found.recalled_for == sooner.facts.due_at
    who = {"by": recalled.people.first.actor, "at": timezone.now()}
    deciding.cancel(number=sooner.number, **who)
    found.refresh_from_db()
    assert found.recalled_for == recalled.facts.due_at
    calling.call_holders(timezone.now())
    assert not [mail for mail in mails(sooner) if "finalement" in mail.subject]


def test_the_same_key_serves_where_it_is_not_in_cause(
    sophie: Person, sign: Sign, operators: Operators
) -> None:
    """An incident about something else lets holders keep their keys."""
    number = placed(sophie)
    sign()
    product = taken(sophie, number)
    case = operators.searched(Criteria(offer="ORG"))
    case.proposed(due_at=timezone.now() + DUE, reason=Reason.SUPERSEDED).approved()
    asked = RenewalAsked(product_number=product)
    order = renew(asked=asked, by=sophie.actor, via=Via(channel="portal"), at=timezone.now())
    assert order.renewal_of == product
