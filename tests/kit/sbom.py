"""Bills of materials (CycloneDX, ECMA-424) of what runs: `make sbom` writes them into dist/.

Python's is read from the lock, with licences and dependencies as installed packages tell them; the
front end's from its own lock, by npm. Each is judged by its schema before it is written.
"""

import json
import re
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent.parent
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)", re.M)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
REQUIRED = re.compile(r"[A-Za-z0-9._-]+")
CLASSIFIER = "License :: OSI Approved :: "


class SbomError(Exception):
    """A bill that its schema refuses, or that cannot be made."""


@dataclass(frozen=True)
class Pin:
    """A line of the lock: a package, and the SHA-256 of each file that it may come as."""

    name: str
    version: str
    hashes: tuple[str, ...]


def pins(lock: str) -> Iterator[Pin]:
    """The packages of a lock."""
    found = list(PINNED.finditer(lock))
    for one, following in zip(found, [*found[1:], None], strict=True):
        block = lock[one.start() : following.start() if following else None]
        yield Pin(folded(one["name"]), one["version"], tuple(HASH.findall(block)))


def folded(name: str) -> str:
    """A package's name as they are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def of_python(lock: Path, project: Path) -> str:
    """The bill of the product and of all that its lock holds, JSON."""
    told = tomllib.loads(project.read_text())["project"]
    bom, licences = Bom(), LicenseFactory()
    root = Component(
        name=told["name"],
        version=told["version"],
        type=ComponentType.APPLICATION,
        bom_ref=told["name"],
        licenses=[licences.make_from_string(told["license"])],
    )
    bom.metadata.component = root
    made = {pin.name: _component(pin, licences) for pin in pins(lock.read_text())}
    bom.components.update(made.values())
    wanted = {folded(line) for line in (lock.with_suffix(".in")).read_text().splitlines()}
    bom.register_dependency(root, [made[name] for name in made if name in _names(wanted)])
    for name, component in made.items():
        needs = _names(_distribution(name).get("requires", ()))
        bom.register_dependency(component, [made[one] for one in needs if one in made])
    return judged(JsonV1Dot6(bom).output_as_string(indent=2), SchemaVersion.V1_6)


def _component(pin: Pin, licences: LicenseFactory) -> Component:
    purl = PackageURL("pypi", name=pin.name, version=pin.version)
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=one) for one in pin.hashes]
    source = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION, url=XsUri(str(purl)), hashes=hashes
    )
    licence = _distribution(pin.name).get("licence")
    return Component(
        name=pin.name,
        version=pin.version,
        type=ComponentType.LIBRARY,
        bom_ref=str(purl),
        purl=purl,
        external_references=[source],
        licenses=[licences.make_from_string(licence)] if licence else [],
    )


def _distribution(name: str) -> Mapping[str, Any]:
    """What the package says of itself; nothing where it is for another platform."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return {}
    told = found.metadata
    every = told.get_all("Classifier", [])
    classified = [one.removeprefix(CLASSIFIER) for one in every if one.startswith(CLASSIFIER)]
    named, free = (told.get_all(field, []) for field in ("License-Expression", "License"))
    licence = next(iter([*named, *classified, *free]), "")
    short = licence.strip().splitlines()
    return {"requires": found.requires or [], "licence": short[0][:100] if short else None}


def _names(requirements: Any) -> set[str]:
    found = (REQUIRED.match(one) for one in requirements)
    return {folded(one[0]) for one in found if one}


def of_node(folder: Path) -> str:
    """The bill of what the front end's bundles are made of, JSON, by npm."""
    words = [str(ROOT / ".venv/bin/npm"), "sbom", "--sbom-format=cyclonedx", "--package-lock-only"]
    done = subprocess.run(
        [*words, "--omit=dev"], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SbomError(done.stderr.strip())
    return judged(done.stdout, SchemaVersion.V1_5)


def judged(bill: str, version: SchemaVersion) -> str:
    """The same bill. Raises SbomError where the schema refuses it."""
    # A second of grammars made at its import: whoever writes no bill does without.
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415

    fault = JsonStrictValidator(version).validate_str(bill)
    if fault is not None:
        raise SbomError(str(fault.data)[:1000])
    return bill


def dated(bill: str, at: datetime) -> str:
    """The same bill, of that instant, numbered by what it holds: made again, it is the same."""
    told = json.loads(bill)
    told.pop("serialNumber", None)
    told["metadata"]["timestamp"] = at.isoformat()
    number = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(told, sort_keys=True))
    return json.dumps(told | {"serialNumber": number.urn}, indent=2) + "\n"


def write(folder: Path, at: datetime) -> tuple[Path, Path]:
    """Both bills, where they were written."""
    folder.mkdir(parents=True, exist_ok=True)
    python, node = folder / "guichet.cdx.json", folder / "guichet-frontend.cdx.json"
    made = of_python(ROOT / "requirements/base.txt", ROOT / "pyproject.toml")
    python.write_text(dated(made, at))
    node.write_text(dated(of_node(ROOT / "frontend"), at))
    return python, node


if __name__ == "__main__":
    for path in write(Path(sys.argv[1]), datetime.now(UTC)):
        count = len(json.loads(path.read_text())["components"])
        sys.stdout.write(f"{path}: {count} components\n")
