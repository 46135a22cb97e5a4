"""What people are told in time, who is told, and how they stop it."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.orders.counter import INFORMATION, Person, Sign, csr_pem, text_of, withdrawn
from apps.orders.ends import DAY, ends_in, renew, take, written_to
from guichet.domain.refusals import Code
from guichet.identities.models import Account
from guichet.journal import queries as journal
from guichet.journal.verify import verify
from guichet.notifications import delivery
from guichet.notifications.models import OutboxMail
from guichet.notifications.transports import MessageRejected
from guichet.orders import contacts, queries
from guichet.orders.models import Contact, Order, Reminder
from guichet.orders.operations import contacts as changing
from guichet.orders.operations import reminding
from guichet.orders.policy import OrderPolicy
from guichet.processes import clerk
from kit.refusals import assert_refused

ACTOR, INFORMED = INFORMATION["actor_email"], INFORMATION["informed_email"]
JEAN = "jean@hopital.fr"


@pytest.fixture
def product(sophie: Person, jean: Person, sign: Sign) -> int:
    """A product of the hospital, that JEAN represents, with 100 days left."""
    Account.objects.filter(pk=jean.account.pk).update(email=JEAN)
    return ends_in(withdrawn(sophie, sign), 100)


def rounds(days: range) -> None:
    """A clerk's rounds, so many days from now; again where the first told somebody."""
    start = timezone.now()
    for day in days:
        if reminding.remind(start + day * DAY):
            reminding.remind(start + day * DAY)


def occasions() -> list[str]:
    return list(Reminder.objects.order_by("pk").values_list("occasion", flat=True))


def told(step: str) -> list[str]:
    return written_to(f":reminder:{step}:")


def test_each_step_is_told_once_to_each_contact(product: int) -> None:
    """Day after day, round after round; nobody acts, so the representative hears from 15 on."""
    rounds(range(112))
    assert occasions() == ["90", "60", "30", "15", "7", "1", "expired"]
    for step in ("90", "60", "30"):
        assert told(step) == sorted([ACTOR, INFORMED])
    for step in ("15", "7", "1", "expired"):
        assert told(step) == sorted([ACTOR, INFORMED, JEAN])
    mail = OutboxMail.objects.get(dedupe_key__contains=f":reminder:30:{ACTOR}")
    for words in ("expire dans 30 jours", f"/parc/{product}/renouveler/", "/produits/rappels/"):
        assert words in mail.subject + mail.text
    assert "Renouvelez-le dès maintenant" in mail.text
    assert len(mail.to) == 1
    told_events = Counter(e.event for e in journal.entries_about(f"product:{product}"))
    assert told_events["expiry-told"] == 7
    assert not verify().faults


def test_a_clerk_that_starts_late_tells_the_nearest_step_alone(product: int) -> None:
    """One e-mail, not six; and an old end is no news."""
    rounds(range(95, 96))
    assert occasions() == ["7"]
    Reminder.objects.all().delete()
    rounds(range(130, 131))
    assert occasions() == []


def test_before_the_opening_the_date_is_told(product: int, settings: Any) -> None:
    """No link to a page that would refuse."""
    settings.GUICHET_ORDERS = OrderPolicy(renewal_opens=20 * DAY)
    rounds(range(41, 42))
    assert (
        "Il pourra être renouvelé à partir du"
        in OutboxMail.objects.get(dedupe_key__contains=f":reminder:60:{ACTOR}").text
    )


@pytest.mark.parametrize("end", ["pending", "renewed", "successor-revoked", "revoked"])
def test_reminders_follow_the_renewal(sophie: Person, product: int, sign: Sign, end: str) -> None:
    """Asked for: nobody is alarmed, but told to withdraw; in somebody's hands: silence."""
    ends_in(product, 20)
    if end == "revoked":
        address = f"/produits/revoquer/{product}/confirmer/?motif=superseded"
        sophie.post(address, {"confirmed": "on"})
    else:
        order = renew(sophie, product, csr_pem())
        if end != "pending":
            new = take(sophie, order, sign)
        if end == "successor-revoked":
            address = f"/produits/revoquer/{new}/confirmer/?motif=superseded"
            sophie.post(address, {"confirmed": "on"})
    rounds(range(6, 7))
    if end in {"renewed", "revoked"}:
        assert occasions() == []
    else:
        with_jean = [JEAN] if end == "successor-revoked" else []
        assert told("15") == sorted([ACTOR, INFORMED, *with_jean])
    if end == "pending":
        mail = OutboxMail.objects.get(dedupe_key__contains=f":reminder:15:{ACTOR}")
        assert f"/produits/retirer/{order}/" in mail.text


def test_a_certificate_that_waits_is_reminded_of_once(sophie: Person, sign: Sign) -> None:
    """After seven days; and again for another key of the same order."""
    number = sophie.orders()
    sign()
    rounds(range(12))
    assert written_to("withdraw-reminder") == sorted([ACTOR, INFORMED])
    Order.objects.filter(number=number).update(attempt=2)
    rounds(range(12, 14))
    assert len(written_to("withdraw-reminder")) == 4
    Order.objects.filter(number=number).update(attempt=3, state="withdrawn")
    rounds(range(14, 16))
    assert len(written_to("withdraw-reminder")) == 4


def test_a_clerk_killed_in_the_middle_loses_none_and_tells_none_twice(
    sophie: Person, product: int, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each occasion is one transaction, with its e-mails and its journal entry."""
    others = [ends_in(withdrawn(sophie, sign), 50) for _ in range(2)]
    ends_in(product, 50)
    at = timezone.now()
    enqueue, left = reminding.notifications.enqueue, [3]

    def dying(**values: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise MemoryError
        return enqueue(**values)

    with monkeypatch.context() as patch:
        patch.setattr(reminding.notifications, "enqueue", dying)
        with pytest.raises(MemoryError):
            reminding.remind(at)
    assert (Reminder.objects.count(), len(told("60"))) == (1, 2)
    reminding.remind(at)
    reminding.remind(at)
    assert Reminder.objects.count() == 1 + len(others)
    assert len(told("60")) == 2 * 3
    assert not verify().faults


class Refusing:
    """A server that refuses one mailbox: for good, or beside others."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    def __enter__(self) -> "Refusing":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def send(self, message: Any) -> str:
        to = [address.strip() for address in message["To"].split(",")]
        refused = [address for address in to if address in self.addresses]
        if refused and len(refused) == len(to):
            raise MessageRejected("SMTP 550: no such mailbox")
        return f"refused: {', '.join(refused)}" if refused else ""


def deliver(monkeypatch: pytest.MonkeyPatch, *refused: str) -> datetime:
    at = timezone.now() + DAY
    monkeypatch.setattr(delivery, "open_transport", lambda _url: Refusing(*refused))
    while delivery.deliver_due(at):
        pass
    return at


def test_a_mailbox_that_refuses_is_marked_and_the_representative_hears(
    sophie: Person, product: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused alone or beside another; marked on the pages; told again once it is tried again."""
    deliver(monkeypatch, ACTOR)
    row = Contact.objects.get(email=ACTOR, order__product__number=product)
    assert row.bounced_at
    assert written_to("contact-bounced") == [JEAN]
    for path in ("", "contacts/"):
        page = text_of(sophie.get(f"/produits/suivre/parc/{product}/{path}")).lower()
        assert "refuse nos courriels" in page
    rounds(range(41, 42))
    assert told("60") == sorted([INFORMED, JEAN])
    sophie.post(f"/produits/suivre/parc/{product}/contacts/", {"again": ACTOR})
    rounds(range(71, 72))
    assert told("30") == sorted([ACTOR, INFORMED])


def test_an_old_refusal_says_nothing_of_an_address_given_since(
    product: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does a server that nobody reaches."""
    Contact.objects.update(since=timezone.now() + 2 * DAY)
    deliver(monkeypatch, ACTOR)
    assert not Contact.objects.exclude(bounced_at=None).exists()
    assert written_to("contact-bounced") == []


def test_contacts_are_changed_by_who_holds_the_product(
    sophie: Person, jean: Person, product: int
) -> None:
    """Added, taken out, and never nobody; marks of those who stay are kept."""
    address = f"/produits/suivre/parc/{product}/contacts/"
    assert jean.post(address, {"add": "1", "email": "equipe@hopital.fr"}).status_code == 302
    sophie.post(address, {"remove": ACTOR})
    sophie.post(address, {"remove": INFORMED})
    order = queries.product(product, sophie.actor, timezone.now()).order
    assert [who.email for who in contacts.of_order(order.number)] == ["equipe@hopital.fr"]
    last = sophie.post(address, {"remove": "equipe@hopital.fr"})
    assert (last.status_code, "Dernier destinataire" in text_of(last)) == (409, True)
    wrong = sophie.post(address, {"add": "1", "email": "personne"})
    assert (wrong.status_code, 'value="personne"' in text_of(wrong)) == (422, True)
    events = [e.event for e in journal.entries_about(f"product:{product}")]
    assert events.count("contacts-changed") == 3
    with assert_refused(Code.CONTACTS_TOO_MANY, maximum=10):
        changing.replace(
            product_number=product,
            emails=[f"a{n}@hopital.fr" for n in range(11)],
            by=sophie.actor,
            at=timezone.now(),
        )


def test_added_contacts_go_with_the_renewal(sophie: Person, product: int, sign: Sign) -> None:
    """The successor tells them too; those who left or refuse are left behind."""
    ends_in(product, 20)
    for email in ("equipe@hopital.fr", "parti@hopital.fr"):
        address = f"/produits/suivre/parc/{product}/contacts/"
        sophie.post(address, {"add": "1", "email": email})
    Contact.objects.filter(email="parti@hopital.fr").update(left_at=timezone.now())
    new = queries.order(renew(sophie, product), sophie.actor, timezone.now())
    emails = [who.email for who in contacts.of_order(new.number)]
    assert emails == [ACTOR, INFORMED, "equipe@hopital.fr"]


def test_a_contact_leaves_while_another_stays(product: int) -> None:
    """Without login, by a signed link; RFC 8058 by one POST; the last one may not."""
    rounds(range(41, 42))
    mail = OutboxMail.objects.get(dedupe_key__contains=f":reminder:60:{ACTOR}")
    message = delivery.message_of(mail)
    assert message["List-Unsubscribe"] == f"<{mail.unsubscribe}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/" + mail.unsubscribe.split("/", 3)[3]
    visitor = Client(enforce_csrf_checks=True)
    assert ACTOR in text_of(visitor.get(path, secure=True))  # type: ignore[arg-type]
    assert Contact.objects.get(email=ACTOR).left_at is None
    one_click = {"List-Unsubscribe": "One-Click"}
    for _turn in range(2):
        assert visitor.post(path, one_click, secure=True).status_code == 200
    assert Contact.objects.get(email=ACTOR).left_at
    other = OutboxMail.objects.get(dedupe_key__contains=f":reminder:60:{INFORMED}")
    last = visitor.post("/" + other.unsubscribe.split("/", 3)[3], one_click, secure=True)
    assert (last.status_code, "Ajoutez d’abord un autre contact" in text_of(last)) == (409, True)  # type: ignore[arg-type]
    forged = path.replace(path.split("/")[-2], other.unsubscribe.split("/")[-2])
    assert visitor.post(forged, one_click, secure=True).status_code == 404
    rounds(range(71, 72))
    assert told("30") == [INFORMED]


def test_a_product_without_contacts_tells_the_representatives(product: int) -> None:
    """Never a silent end."""
    Contact.objects.all().delete()
    rounds(range(11, 12))
    assert told("90") == [JEAN]


def test_the_clerk_reminds() -> None:
    """Among its steps, beside those of habilitations."""
    assert [step.__name__ for step in clerk.STEPS].count("remind") == 2


def test_what_becomes_of_a_product_is_told_to_the_contacts_of_today(
    sophie: Person, product: int
) -> None:
    """Not to a mailbox that was taken out or refuses; somebody who left reminders still hears."""
    address = f"/produits/suivre/parc/{product}/contacts/"
    sophie.post(address, {"add": "1", "email": "equipe@hopital.fr"})
    sophie.post(address, {"remove": ACTOR})
    Contact.objects.filter(email=INFORMED).update(left_at=timezone.now())
    sophie.post(f"/produits/revoquer/{product}/confirmer/?motif=superseded", {"confirmed": "on"})
    assert written_to(":revoked") == sorted([INFORMED, "equipe@hopital.fr"])
