"""One press of a button, however often it is sent: one machine account, and its page."""

import re
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
from django.db.models import QuerySet

from apps.automation.machines.conftest import ASKED, opened
from apps.orders.counter import Person, text_of
from guichet.domain.refusals import Code
from guichet.identities.models import MachineAccount, MachineCredential
from guichet.identities.operations import machines
from guichet.journal import queries as journal
from kit.refusals import assert_refused

NEW = "/automates/nouveau/"


def sent_by(somebody: Person, **changes: Any) -> dict[str, Any]:
    """The form as its page sends it."""
    found = re.search(r'name="key" value="([^"]+)"', text_of(somebody.get(NEW)))
    assert found
    return ASKED | {"key": found[1]} | changes


def found_free_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key that a page chose is looked for just before somebody takes it."""
    looks, real = iter([None]), machines._holder_of
    monkeypatch.setattr(machines, "_holder_of", lambda key: next(looks, real(key)))


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
    found_free_at_first(monkeypatch)
    assert opened(sophie, **form) == first
    assert MachineAccount.objects.count() == 1


def test_somebody_else_s_press_of_the_same_key_at_once(
    sophie: Person, leo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key was free when it was looked for: as where it was not, another is given."""
    row = MachineAccount.objects.get(key=UUID(opened(sophie, **ASKED).split("/")[2]))
    sides = re.findall(r'value="([^"]+)"', text_of(leo.get(NEW)))
    side = next(value for value in sides if value.startswith("10B"))
    asked = ASKED | {"profiles": ["ORG/AUTH_CLI"], "names": [], "key": str(row.key)}
    found_free_at_first(monkeypatch)
    assert opened(leo, f"{NEW}?pour={side}", **asked) != f"/automates/{row.key}/"
    assert MachineAccount.objects.count() == 2


def test_a_certificate_given_to_two_accounts_at_once(
    sophie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED. It was free when it was looked for: who comes second is told that it is bound."""
    first, second = (UUID(opened(sophie, **ASKED).split("/")[2]) for _ in range(2))
    by, at = Mock(ref="p", label="P"), datetime.now(UTC)
    given = {"fingerprint": "ab" * 32, "label": "", "by": by, "at": at}
    machines.bind_certificate(key=first, **given)
    monkeypatch.setattr(QuerySet, "exists", lambda _rows: False)
    with assert_refused(Code.CREDENTIAL_BOUND):
        machines.bind_certificate(key=second, **given)
    assert [row.account.key for row in MachineCredential.objects.all()] == [first]


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
