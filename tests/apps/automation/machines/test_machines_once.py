"""One press of a button, however often it is sent: one machine account, and its page."""

import re
from typing import Any
from uuid import UUID

import pytest

from apps.automation.machines.conftest import ASKED, opened
from apps.orders.counter import Person, text_of
from guichet.identities.models import MachineAccount
from guichet.identities.operations import machines
from guichet.journal import queries as journal

NEW = "/automates/nouveau/"


def sent_by(somebody: Person, **changes: Any) -> dict[str, Any]:
    """The form as its page sends it."""
    found = re.search(r'name="key" value="([^"]+)"', text_of(somebody.get(NEW)))
    assert found
    return ASKED | {"key": found[1]} | changes


def test_pressed_twice_opens_one_account(sophie: Person) -> None:
    """The second press lands on the page of the first; the journal tells one."""
    form = sent_by(sophie)
    first, second = sophie.post(NEW, form), sophie.post(NEW, form)
    row = MachineAccount.objects.get()
    assert first["Location"] == second["Location"] == f"/automates/{row.key}/"
    assert [entry.event for entry in journal.entries_about(str(row))] == ["machine-created"]


def test_the_form_opened_again_opens_another(sophie: Person) -> None:
    assert opened(sophie, **sent_by(sophie)) != opened(sophie, **sent_by(sophie))


def test_what_was_refused_is_sent_again_by_the_same_page(sophie: Person) -> None:
    form = sent_by(sophie)
    refused = sophie.post(NEW, form | {"name": ""})
    assert refused.status_code == 422
    assert f'value="{form["key"]}"' in text_of(refused)
    assert opened(sophie, **form) == f"/automates/{form['key']}/"


def test_both_presses_at_once(sophie: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second looked before the first was written."""
    form = sent_by(sophie)
    first = opened(sophie, **form)
    monkeypatch.setattr(machines, "_holder_of", lambda _key: None)
    assert opened(sophie, **form) == first
    assert MachineAccount.objects.count() == 1


def test_the_key_of_somebody_else_s_account_is_not_taken(sophie: Person, leo: Person) -> None:
    """Neither shown nor told of: another account is opened, by another key."""
    row = MachineAccount.objects.get(key=UUID(opened(sophie, **ASKED).split("/")[2]))
    sides = re.findall(r'value="([^"]+)"', text_of(leo.get(NEW)))
    side = next(value for value in sides if value.startswith("10B"))
    asked = ASKED | {"profiles": ["ORG/AUTH_CLI"], "names": [], "key": str(row.key)}
    assert opened(leo, f"{NEW}?pour={side}", **asked) != f"/automates/{row.key}/"
    assert MachineAccount.objects.count() == 2


@pytest.mark.parametrize("key", ["", "0b0c6c5e-1f5d-4f3e-9d3c-2f6f2c1a7e11"])
def test_a_page_without_a_key_or_with_one_of_its_own_opens_one(sophie: Person, key: str) -> None:
    opened(sophie, **ASKED | {"key": key})
    assert MachineAccount.objects.count() == 1
