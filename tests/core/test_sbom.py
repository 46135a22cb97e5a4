"""The bills of materials hold all that the locks hold, and are what their schema says."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion

from kit import sbom

AT = datetime(2026, 11, 26, tzinfo=UTC)
# The GPL and the AGPL; the LGPL lets itself be used beside our licence.
COPYLEFT = re.compile(r"(?<![L-])\bA?GPL|Affero")


def test_bills_name_every_locked_component(tmp_path: Path) -> None:
    """Each with its version, its address (purl) and its digests; who needs whom."""
    python, node = (json.loads(path.read_text()) for path in sbom.write(tmp_path, AT))
    lock = (sbom.ROOT / "requirements/base.txt").read_text()
    locked = {pin.name: pin for pin in sbom.pins(lock)}
    told = {one["name"]: one for one in python["components"]}
    assert told.keys() == locked.keys()
    for name, one in told.items():
        assert one["purl"] == f"pkg:pypi/{name}@{locked[name].version}"
        (source,) = one["externalReferences"]
        assert {h["content"] for h in source["hashes"]} == set(locked[name].hashes) != set()
    needs = {one["ref"]: one.get("dependsOn", []) for one in python["dependencies"]}
    assert any("pkg:pypi/django@" in ref for ref in needs["guichet"])
    assert sum("licenses" in one for one in told.values()) > len(told) * 0.9

    assert [name for name, one in told.items() if COPYLEFT.search(json.dumps(one))] == []

    front = json.loads((sbom.ROOT / "frontend/package.json").read_text())["dependencies"]
    assert {name.rpartition("/")[2] for name in front} <= {
        one["name"].rpartition("/")[2] for one in node["components"]
    }


def test_a_bill_that_is_none_is_refused() -> None:
    bill = json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{}]})
    with pytest.raises(sbom.SbomError):
        sbom.judged(bill, SchemaVersion.V1_6)


def test_a_bill_made_again_is_the_same() -> None:
    """Whatever number and date its maker gave it; another one when it holds something else."""
    made = [
        sbom.dated(json.dumps({"serialNumber": n, "metadata": {"timestamp": n}, "holds": held}), AT)
        for n, held in (("1", []), ("2", []), ("2", ["x"]))
    ]
    assert made[0] == made[1]
    assert json.loads(made[1])["serialNumber"] != json.loads(made[2])["serialNumber"]
    assert json.loads(made[0])["metadata"]["timestamp"] == "2026-11-26T00:00:00+00:00"
