"""What an incident touches: found by criteria, by name, by keys; once, however often cut."""
# ruff: noqa: F811 a fixture is an argument of the same name

import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rich.console import Console

from apps.orders.counter import HOSPITAL, LABORATORY, Person, csr_pem
from apps.orders.incident_kit import held  # noqa: F401 the fixtures
from apps.orders.incidents import Operators
from guichet.authority.models import Certificate
from guichet.domain.orders.criteria import Criteria
from guichet.domain.orders.incidents import IncidentState
from guichet.journal.models import Entry
from guichet.orders import incidents
from guichet.orders.models import Touched
from guichet.orders.operations import incident_preparing as preparing
from guichet.processes.key_lists import block_file
from guichet.x509 import keys
from kit import pki

CRITERIA: list[tuple[dict[str, Any], int]] = [
    ({"structure_id": HOSPITAL}, 3),
    ({"structure_id": HOSPITAL, "key_kind": "rsa"}, 1),
    ({"key_curve": "P-256"}, 3),
    ({"authority": "ACI-EL-ORG-TEST", "usage": "AUTH_CLI"}, 4),
    ({"offer": "SERV"}, 0),
    ({"channel": "portal", "key_origin": "csr"}, 4),
    ({"channel": "api"}, 0),
    ({"structure_id": HOSPITAL, "from_lot": True}, 0),
    ({"weakness": "any"}, 0),
    ({"issued_from": timezone.localdate() - timedelta(days=1)}, 4),
    ({"issued_to": timezone.localdate() - timedelta(days=2)}, 0),
]


def test_what_criteria_find(held: list[int], operators: Operators) -> None:
    """Each alone and together; the preview tells what the search then freezes."""
    for asked, count in CRITERIA:
        criteria = Criteria(**asked)
        case = operators.searched(criteria)
        assert (asked, case.facts.found) == (asked, count)
        found = incidents.breakdown(case.number)
        assert sum(number for _id, _name, number in found.structures) == count
        assert sum(number for _name, number in found.profiles) == count


def test_certificates_named_one_by_one(held: list[int], operators: Operators) -> None:
    """By serial number and by digest of the key, which both narrow."""
    rows = list(Certificate.objects.exclude(request=None).order_by("pk"))
    serials = tuple(f"{int(row.serial_hex.replace(':', ''), 16):x}" for row in rows[:2])
    digests = (rows[1].spki_sha256, rows[2].spki_sha256)
    for asked, expected in (
        ({"serials": serials}, rows[:2]),
        ({"digests": digests}, rows[1:3]),
        ({"serials": serials, "digests": digests}, rows[1:2]),
        ({"serials": serials, "structure_id": LABORATORY}, []),
    ):
        case = operators.searched(Criteria(**asked))
        found = Touched.objects.filter(incident=case.number).order_by("pk")
        assert [row.certificate_id for row in found] == [row.pk for row in expected]


def test_a_search_is_taken_up_where_it_was_cut(
    held: list[int], operators: Operators, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small goes, one of them cut: each certificate is found once, however often it is begun."""
    monkeypatch.setattr("guichet.orders.incident_search.PLAIN", 1)
    case = operators.opened(Criteria(structure_id=HOSPITAL))
    keep, calls = preparing._keep, []

    def cut(*asked: Any) -> None:
        calls.append(asked)
        if len(calls) == 2:
            raise KeyboardInterrupt
        keep(*asked)

    monkeypatch.setattr(preparing, "_keep", cut)
    with pytest.raises(KeyboardInterrupt):
        preparing.search_incidents(timezone.now())
    assert (case.facts.state, case.facts.found) == (IncidentState.SEARCHING, 1)
    keep(*calls[0])  # the same go, by another process
    while case.facts.state is IncidentState.SEARCHING:
        preparing.search_incidents(timezone.now())
    assert case.facts.found == Touched.objects.count() == 3


def test_keys_of_a_list_are_refused_and_found(
    held: list[int], sophie: Person, operators: Operators, tmp_path: Any
) -> None:
    """Listed once; who carries one is told, and a later request learns whose list it is on."""
    carried = Certificate.objects.exclude(request=None).order_by("pk")[0].spki_sha256
    key = pki.fresh_key("p-256")
    new = keys.facts(key.public_key()).spki_sha256
    file = tmp_path / "keys.txt"
    file.write_text(f"# theirs\n{carried}\n{new.upper()}\n")
    for said in ("2 keys are listed; 0 were", "0 keys are listed; 2 were"):
        screen = Console(file=io.StringIO(), width=200)
        assert block_file(file, "compromised", "CERT-XX", screen) == 0
        assert said in screen.file.getvalue()  # type: ignore[attr-defined]
        assert "1 valid certificates carry a listed key" in screen.file.getvalue()  # type: ignore[attr-defined]
    assert Entry.objects.filter(event="keys-listed").count() == 1
    base = sophie.to_step_4()
    answer = sophie.post(base + "4/", {"csr_text": csr_pem(key)})
    assert answer.status_code == 422
    assert "CERT-XX" in answer.content.decode()
    case = operators.searched(Criteria(is_blocked=True))
    assert case.facts.found == 1
    for wrong, reason in ((file, "because"), (tmp_path / "absent", "weak")):
        assert block_file(wrong, reason, "", Console(file=io.StringIO())) == 2
    file.write_text("nonsense\n")
    assert block_file(file, "weak", "", Console(file=io.StringIO())) == 1
