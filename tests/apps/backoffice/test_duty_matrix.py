"""Who enters where under /gestion/, address by address; and that an auditor writes nowhere."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from django.views.generic import RedirectView

from apps.backoffice.conftest import STAFF as PEOPLE
from apps.orders.counter import Person, text_of
from guichet.domain.duties import CARRIED_BY, EXCLUDED, STAFF, Duty
from guichet.identities.access import PREFERENCE, ROLES_TOLD

SAMPLES = {
    "int": "999999",
    "uuid": str(UUID(int=7)),
    "slug": "inconnu",
    "str": "inconnu",
    "path": "inconnu",
}
ARGUMENT = re.compile(r"<(?:(\w+):)?\w+>")
# What is refused or not found is told to programs in a line: its page, drawn hundreds of times,
# says no more here.
QUICKLY = {"accept": "application/json"}
PREFERENCES = {"set_language", "set_theme"}
Found = tuple[str, URLPattern, str]


def every(resolver: Any, before: str = "/", namespace: str = "") -> Iterator[Found]:
    """Every address with samples in place of its arguments, its view, its namespace."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from every(one, before + str(one.pattern), one.namespace or namespace)
        else:
            whole = before + str(one.pattern)
            yield ARGUMENT.sub(lambda m: SAMPLES.get(m[1] or "str", "x"), whole), one, namespace


def of_the_counter() -> list[Found]:
    return [found for found in every(get_resolver()) if found[0].startswith("/gestion/")]


def leads_somewhere(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def test_every_address_of_the_counter_says_who_enters() -> None:
    """A view without a guard is only a redirection."""
    open_ones = [
        address
        for address, pattern, _namespace in of_the_counter()
        if not getattr(pattern.callback, ROLES_TOLD, None)
        and getattr(pattern.callback, "view_class", None) is not RedirectView
    ]
    assert open_ones == ["/gestion/acces/urgences/finir/"]  # one's own emergency alone


@pytest.mark.parametrize("role", [*sorted(STAFF), "administrator"])
def test_each_enters_where_their_duties_lead(
    role: str, staff: Callable[[str], Person], person: Callable[..., Person]
) -> None:
    """403 where the role carries no duty; elsewhere anything else, though nothing is found."""
    somebody = staff(role) if role in PEOPLE else person("2800999999", "PAUL RIEN", "899700999999")
    wrong = []
    for address, pattern, _namespace in of_the_counter():
        admitted = getattr(pattern.callback, ROLES_TOLD, None)
        if not admitted:
            continue
        answer = somebody.browser.get(address, secure=True, headers=QUICKLY)
        if answer.streaming:  # read to its end, an export closes its file
            tuple(answer)
        status = answer.status_code
        if (status == 403) is (role in admitted) or status >= 500:
            wrong.append((address, status))
    assert wrong == []


def test_visitors_enter_nowhere(db: None) -> None:
    browser = Client()
    closed = [
        address
        for address, pattern, _namespace in of_the_counter()
        if getattr(pattern.callback, ROLES_TOLD, None) is not None
    ]
    assert len(closed) > 50
    for address in closed:
        assert "/connexion/" in browser.get(address, secure=True)["Location"], address


def test_an_auditor_writes_nowhere(staff: Callable[[str], Person]) -> None:
    """Whatever address a form is sent to, but for their own account and preferences."""
    auditor = staff("auditor")
    tried = 0
    for address, pattern, namespace in every(get_resolver()):
        is_kept = getattr(pattern.callback, PREFERENCE, False) or pattern.name in PREFERENCES
        if namespace == "identities" or is_kept:
            continue
        if not leads_somewhere(address):  # its samples are not what it takes
            continue
        tried += 1
        answer = auditor.browser.post(address, secure=True, headers=QUICKLY)
        assert answer.status_code == 403, address
    assert tried > 150
    refused = auditor.post("/gestion/acces/revues/commencer/")
    assert "Un auditeur lit tout et ne change rien." in text_of(refused)
    assert auditor.post("/theme/", {"theme": "dark"}).status_code == 302
    assert auditor.post("/connexion/fin/").status_code == 302


def test_duties_hold_together() -> None:
    """Each duty has somebody; no pair excludes a role from itself; an auditor's all only read."""
    assert set(CARRIED_BY) == set(Duty)
    assert all(CARRIED_BY[duty] and CARRIED_BY[duty] <= STAFF for duty in Duty)
    assert all(one != other and {one, other} <= STAFF for one, other in EXCLUDED)
    reading = {duty for duty in Duty if "auditor" in CARRIED_BY[duty]}
    assert reading == {
        Duty.SEE_STATE,
        Duty.SEE_PEOPLE,
        Duty.SEARCH,
        Duty.SEE_AUTHORITIES,
        Duty.SEE_JOURNAL,
        Duty.SEE_ROLES,
        Duty.EXPORT,
    }
