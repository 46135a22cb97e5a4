"""People who press at the same moment; each case tells what went wrong.

A double click and two people on the same act, an assignment disputed, a batch sent four times, two
colleagues who want the same dossier, a right narrowed while the dossier that gave it is refused.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from django.db import connection
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from apps.habilitations import dossiers, rights_kit
from apps.habilitations import instruction_kit as kit
from guichet.domain.catalogue.offers import Usage
from guichet.habilitations.models import Decision, Message, Recovery, Right
from guichet.habilitations.operations import lives
from guichet.identities import operations as identities
from guichet.identities.models import Account, Card
from guichet.identities.queries import actor_of
from guichet.identities.sessions import BACKEND, BY, ESTABLISHMENT

SECONDS = 60.0


def person(name: str, card: str = "", roles: tuple[str, ...] = ()) -> Account:
    """An account, and its card."""
    at = timezone.now()
    asked = identities.AccountAsked(
        display_name=name, email="x@sante.fr", national_id=None, roles=roles
    )
    key = identities.register_account(asked=asked, by="test", at=at)
    if card:
        identities.register_card(number=card, account_id=key, holder_name=name, by="test", at=at)
    return Account.objects.get(pk=key)


def browser(account: Account) -> Client:
    """Somebody logged in by card, who proved that they work at the deck's establishment."""
    found = Client(HTTP_HOST="localhost")
    found.force_login(account, backend=BACKEND)
    session = found.session
    session[BY] = "ecps"
    session[ESTABLISHMENT] = [dossiers.AGENCY, timezone.now().isoformat()]
    session.save()
    return found


def at_once(*sent: tuple[Account, str, dict[str, Any]]) -> Counter[int]:
    """Send every form at the same moment; how many answers of each status."""
    browsers = [browser(account) for account, _address, _data in sent]
    ready = threading.Barrier(len(sent))

    def one(place: int) -> int:
        try:
            ready.wait()
            _account, address, data = sent[place]
            return browsers[place].post(address, data, secure=True).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(sent)) as pool:
        return Counter(pool.map(one, range(len(sent))))


def a_double_click(owner: Account, ines: Account, _ali: Account) -> list[str]:
    """The same person takes four times at once: taken once, and no error shown."""
    number = dossiers.deposited(actor_of(owner, None, "account"))
    form = (ines, kit.at(number, "prendre/"), {"lu": kit.stamp(number)})
    statuses = at_once(*[form] * 4)
    taken = kit.told(number).count("dossier-taken")
    return [] if (statuses, taken) == (Counter({302: 4}), 1) else [f"{statuses} {taken}"]


def two_people_decide(owner: Account, ines: Account, ali: Account) -> list[str]:
    """One refuses, the other closes: the first is heard, the second is told."""
    number = dossiers.deposited(actor_of(owner, None, "account"))
    kit.take(number, actor_of(ines, Card.objects.get(account=ines), "card"))
    data = {"lu": kit.stamp(number), "reason": "Un motif.", "confirmer": "1"}
    statuses = at_once(
        (ines, kit.at(number, "refuser/"), data), (ali, kit.at(number, "classer/"), data)
    )
    count = Decision.objects.filter(dossier__number=number).count()
    return [] if (statuses, count) == (Counter({302: 1, 409: 1}), 1) else [f"{statuses} {count}"]


def an_assignment_disputed(owner: Account, ines: Account, ali: Account) -> list[str]:
    """Each takes it for themselves: one has it, the other is told."""
    number = dossiers.deposited(actor_of(owner, None, "account"))
    data = {"lu": kit.stamp(number), "avant": ""}
    address = kit.at(number, "attribuer/")
    statuses = at_once(*((who, address, {**data, "to": str(who.pk)}) for who in (ines, ali)))
    return [] if statuses == Counter({302: 1, 409: 1}) else [str(statuses)]


def one_batch_of_four(owner: Account, ines: Account, _ali: Account) -> list[str]:
    """A message to three dossiers, the same form sent four times: three messages."""
    numbers = [dossiers.deposited(actor_of(owner, None, "account")) for _dossier in range(3)]
    stamps = {f"lu.{number}": kit.stamp(number) for number in numbers}
    data = {"acte": "message", "texte": "Fermé vendredi.", "cle": str(uuid4()), **stamps}
    statuses = at_once(*[(ines, f"{kit.LIST}lot/executer/", data)] * 4)
    sent = Message.objects.filter(dossier__number__in=numbers, kind=Message.FREE).count()
    return [] if (statuses, sent) == (Counter({302: 4}), 3) else [f"{statuses} {sent}"]


def one_dossier_of_two_colleagues(owner: Account, ines: Account, ali: Account) -> list[str]:
    """Both ask to take it over: one waits for it, the other is told."""
    number = dossiers.begin_draft(actor_of(owner, None, "account"))
    address = f"/habilitations/etablissement/{number}/"
    statuses = at_once((ines, address, {}), (ali, address, {}))
    waiting = Recovery.objects.filter(dossier__number=number).count()
    return [] if (statuses, waiting) == (Counter({302: 1, 409: 1}), 1) else [str(statuses)]


def a_right_narrowed_while_its_dossier_is_refused(
    owner: Account, ines: Account, ali: Account
) -> list[str]:
    """The one holds the right when the other begins: neither waits for the other for ever."""
    number = dossiers.deposited(actor_of(owner, None, "account"))
    first, second = (actor_of(who, Card.objects.get(account=who), "card") for who in (ines, ali))
    kit.take(number, second)
    rights_kit.structure()
    card = f"284{str(uuid4().int)[:7]}"
    key = rights_kit.grant(card_number=card, origin=f"dossier:{number}")
    holds, goes_on = threading.Event(), threading.Event()

    def slowly(*given: Any) -> None:
        _require(*given)
        holds.set()
        goes_on.wait(SECONDS)

    _require, lives._require = lives._require, slowly
    kept = lives.Kept(usages=frozenset({Usage.SMIME}), mail_domains=frozenset({"hopital.fr"}))
    with ThreadPoolExecutor(2) as pool:
        at = timezone.now()
        narrowing = pool.submit(
            lambda: lives.narrow(key=key, kept=kept, because="Un motif.", by=first, at=at)
        )
        assert holds.wait(SECONDS), f"{narrowing.exception(SECONDS)}"
        refusing = pool.submit(lambda: kit.decide(number, second, "refuse"))
        while not (is_waited_for() or refusing.done()):
            time.sleep(0.01)
        goes_on.set()
        faults = [f"{one.exception()}" for one in (narrowing, refusing) if one.exception()]
    lives._require = _require
    is_open = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
    return faults + [str(right) for right in Right.objects.filter(is_open, card_number=card)]


def is_waited_for() -> bool:
    """Whether somebody waits for a lock; SQLite, whose only lock is the whole, does not say."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def people() -> tuple[Account, Account, Account]:
    """Somebody who asks, and two who decide."""
    suffix = str(uuid4().int)[:7]
    return (
        person("JEAN"),
        person("INES", f"281{suffix}", ("instructor",)),
        person("ALI", f"282{suffix}", ("instructor",)),
    )


CASES: tuple[Callable[[Account, Account, Account], list[str]], ...] = (
    a_double_click,
    two_people_decide,
    an_assignment_disputed,
    one_batch_of_four,
    one_dossier_of_two_colleagues,
    a_right_narrowed_while_its_dossier_is_refused,
)
