"""Two transactions that cross: one is stopped where the other reaches what it will lock next."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any
from unittest import mock

from django.db import connection
from django.utils import timezone

from apps.orders.conftest import PKI_BASE, _grant_all, _register_structures
from apps.orders.counter import EPOCH, HOSPITAL, INFORMATION, ShortKeys, csr_pem
from guichet.associations import operations as associations
from guichet.authority import hierarchy, revoking
from guichet.authority import operations as operations_of_authority
from guichet.authority.models import Certificate
from guichet.authority.signer import Signer
from guichet.domain.catalogue.authorities import specs
from guichet.domain.catalogue.twins import Environment
from guichet.domain.orders import request as requests
from guichet.domain.orders.groups import GroupKind
from guichet.domain.refusals import Refusal
from guichet.identities import operations as identities
from guichet.identities.actors import Actor
from guichet.identities.models import Account, Card
from guichet.identities.queries import actor_of
from guichet.notifications import bounces, delivery
from guichet.notifications.models import OutboxMail
from guichet.orders import operations, successors
from guichet.orders.drafts import FIELDS
from guichet.orders.models import GroupLine, Order, OrderGroup, Product
from guichet.orders.operations import contacts, following, grouping, issuing, labelling
from guichet.orders.summaries import Via
from guichet.x509.crl import Reason

CARD = "2800143590"


class Desk:
    """An authority, and somebody with every right at the hospital, in an empty database."""

    def __init__(self) -> None:
        keystore = ShortKeys()
        for spec in specs():
            keystore.generate(spec.code, spec.algorithm)
        hierarchy.create(keystore, pki_base=PKI_BASE, at=EPOCH)
        self.signer = Signer(keystore, PKI_BASE)
        _register_structures()
        _grant_all(CARD)
        self.by = _registered()

    def signed(self) -> tuple[int, int]:
        """Two orders whose certificates nobody has collected yet."""
        first, second = (self._place(service) for service in ("Un", "Deux"))
        self.signer.run_once(timezone.now())
        return first, second

    def _place(self, service: str) -> int:
        typed = {**dict.fromkeys(FIELDS, ""), **INFORMATION, "service": service}
        return operations.place(
            asked=requests.parse(**typed, offer="ORG", structure_id=HOSPITAL),
            csr=csr_pem().encode(),
            by=self.by,
            via=Via(channel="portal", language="fr"),
            at=timezone.now(),
        ).number


def _registered() -> Actor:
    asked = identities.AccountAsked(
        display_name="SOPHIE DIRECTRICE",
        email="sophie@hopital.fr",
        national_id="899700366240",
        roles=("administrator",),
    )
    pk = identities.register_account(asked=asked, by="test", at=EPOCH)
    identities.register_card(
        number=CARD, account_id=pk, holder_name="SOPHIE DIRECTRICE", by="test", at=EPOCH
    )
    return actor_of(Account.objects.get(pk=pk), Card.objects.get(number=CARD), "ecps")


def crossed(
    one: Callable[[], object], other: Callable[[], object], at: tuple[ModuleType, str, str]
) -> list[str]:
    """What each is told.

    The other begins `before` or `after` the first call of a module's function, and the one goes on
    once the other waits for a lock, or is over.
    """
    module, name, when = at
    told = ["", ""]
    thread = threading.Thread(target=lambda: _in_a_thread(told, other))
    inner = getattr(module, name)

    def stopped(*args: Any, **kwargs: Any) -> Any:
        if thread.ident is not None:
            return inner(*args, **kwargs)
        if when == "before":
            _begin(thread)
            return inner(*args, **kwargs)
        made = inner(*args, **kwargs)
        _begin(thread)
        return made

    with mock.patch.object(module, name, stopped):
        told[0] = _told(one)
        thread.join()
    return told


def _in_a_thread(told: list[str], act: Callable[[], object]) -> None:
    try:
        told[1] = _told(act)
    finally:
        connection.close()


def _told(act: Callable[[], object]) -> str:
    try:
        act()
    except Refusal as refusal:
        return refusal.code.value
    except Exception as error:
        return type(error).__name__
    return "done"


def _begin(thread: threading.Thread) -> None:
    thread.start()
    if connection.vendor != "postgresql":
        return  # it waits for the whole file
    with connection.cursor() as cursor:
        while thread.is_alive():
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return


def group_and_cancellation() -> list[str]:
    """A group is withdrawn while its second order is cancelled."""
    desk, at = Desk(), timezone.now()
    first, second = desk.signed()
    operations.collect_issued(at)
    group = OrderGroup.objects.create(
        owner_ref=desk.by.ref,
        kind=GroupKind.SERVICES.value,
        common={},
        created_at=at,
        updated_at=at,
        placed_at=at,
    )
    for position, number in enumerate((first, second), 1):
        order = Order.objects.get(number=number)
        GroupLine.objects.create(group=group, position=position, typed={}, order=order)
    return crossed(
        lambda: grouping.withdraw_group(
            key=group.key, by=desk.by, code="une phrase à moi", terms_accepted=True, at=at
        ),
        lambda: issuing.cancel(number=second, by=desk.by, at=at),
        (grouping, "hand_over", "after"),
    )


def certificate_and_other() -> list[str]:
    """The certificate of an order not collected is revoked, and another of its authority."""
    desk, at = Desk(), timezone.now()
    desk.signed()
    first, second = Certificate.objects.exclude(request=None).order_by("-pk")[:2]
    return crossed(
        lambda: following.revoke_certificate(
            certificate_id=first.pk, reason=Reason.SUPERSEDED, by="test", at=at
        ),
        lambda: revoking.revoke(
            certificate_id=second.pk, reason=Reason.SUPERSEDED, by="test", at=at
        ),
        (operations_of_authority, "revoke", "before"),
    )


def tag_taken_and_given() -> list[str]:
    """The last product leaves a tag while another one enters it."""
    desk, at = Desk(), timezone.now()
    numbers = desk.signed()
    operations.collect_issued(at)
    for number in numbers:
        operations.withdraw(number=number, by=desk.by, code=None, terms_accepted=True, at=at)
    first, second = Product.objects.order_by("number").values_list("number", flat=True)
    labelling.tag(products=[first], name="Accueil", by=desk.by, at=at)
    return crossed(
        lambda: labelling.untag(products=[first], name="Accueil", by=desk.by, at=at),
        lambda: labelling.tag(products=[second], name="Accueil", by=desk.by, at=at),
        (labelling, "_journal", "after"),
    )


def mail_abandoned_and_contact_kept() -> list[str]:
    """An e-mail that an address refuses is abandoned while somebody has it tried again."""
    desk = Desk()
    number, _second = desk.signed()
    at = timezone.now()
    operations.collect_issued(at)
    product = operations.withdraw(
        number=number, by=desk.by, code=None, terms_accepted=True, at=at
    ).product_number
    address = INFORMATION["actor_email"]
    mail = OutboxMail.objects.filter(about=f"order:{number}").latest("pk")
    return crossed(
        lambda: delivery._give_up(mail, "550", at, bounced=[address]),
        lambda: contacts.try_again(product_number=product, email=address, by=desk.by, at=at),
        (bounces, "tell", "before"),
    )


def renewal_withdrawn_and_service_closed() -> list[str]:
    """A renewal is withdrawn while the service that presents the product renewed is closed."""
    desk, at = Desk(), timezone.now()
    first, second = desk.signed()
    operations.collect_issued(at)
    renewed = operations.withdraw(
        number=first, by=desk.by, code=None, terms_accepted=True, at=at
    ).product_number
    Order.objects.filter(number=second).update(renewal_of=renewed)
    service = associations.declare(
        asked=associations.ServiceAsked(
            structure_id=HOSPITAL,
            client_id="accueil",
            name="Accueil",
            environment=Environment.TEST,
            redirect_uris=("https://accueil.hopital.fr/retour",),
            post_logout_redirect_uris=(),
            contact_email="a@hopital.fr",
        ),
        by=desk.by,
        at=at,
    )
    associations.attach(key=service.key, product=renewed, by=desk.by, at=at)
    return crossed(
        lambda: operations.withdraw(
            number=second, by=desk.by, code=None, terms_accepted=True, at=at
        ),
        lambda: associations.close(key=service.key, by=desk.by, at=at),
        (successors, "tell", "before"),
    )
