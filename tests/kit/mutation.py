"""`make mutation PARTS="orders x509"`: one change at a time in the rules, which a test must see.

No part of the suite: mutmut works on a copy of the tree, part by part, and what no test saw is
told by the place and the change. docs/reference/mutations.md says which of them may stay.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
COPIED: Final = ("src", "client/src", "verify/src", "docs", "requirements", "deploy")
TESTS: Final = ("conftest.py", "kit", "core", "vectors")
LEFT_OUT: Final = shutil.ignore_patterns("build", "__pycache__", "*.egg-info", "en", "adr")


@dataclass(frozen=True, slots=True)
class Part:
    """Modules whose rules are changed, and the files of tests/core that must see it."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


PARTS: Final[Mapping[str, Part]] = {
    "orders": Part(
        (
            "domain/orders/states",
            "domain/orders/delays",
            "domain/orders/renewal",
            "domain/orders/revocation",
            "domain/orders/labels",
        ),
        ("test_order_rules", "test_renewal_rules", "test_renewal_moments"),
    ),
    "dossier": Part(
        (
            "domain/dossier/permissions",
            "domain/dossier/grants",
            "domain/dossier/recovery",
            "domain/dossier/disclosure",
        ),
        (
            *("test_dossier_states", "test_dossier_permissions", "test_dossier_recovery"),
            *("test_grants", "test_disclosure"),
        ),
    ),
    "rights": Part(
        ("domain/habilitations", "domain/machine_rights", "domain/trials", "domain/associations"),
        ("test_right_rules", "test_machine_scopes", "test_association_rules"),
    ),
    "roles": Part(
        (
            "domain/access/roles",
            "domain/access/emergencies",
            "domain/access/reviews",
            "domain/access/sessions",
            "domain/wording",
        ),
        ("test_access_rules", "test_second_factors"),
    ),
    "keeping": Part(("domain/retention", "domain/personal"), ("test_keeping_rules",)),
    "certificates": Part(
        (
            "domain/certificates/csr_policy",
            "domain/certificates/key_policy",
            "domain/certificates/key_sieve",
            "domain/certificates/naming",
            "domain/certificates/plan",
            "domain/certificates/crl_policy",
        ),
        (
            *("test_csr_policy", "test_key_policy", "test_key_sieve", "test_naming", "test_plan"),
            *("test_crl_policy", "test_certificate_edges"),
        ),
    ),
    "names": Part(("domain/addresses",), ("test_addresses",)),
    "x509": Part(
        ("x509/csr", "x509/names", "x509/possession"),
        ("test_csr", "test_names", "test_csr_policy", "test_x509_edges", "test_signatures"),
    ),
    "shares": Part(
        ("domain/ceremonies/shares", "domain/ceremonies/plan", "keystore/rewrapping"),
        (
            *("test_shares", "test_ceremony_plans", "test_odd_ceremonies"),
            *("test_keystore", "test_keystore_edges"),
        ),
    ),
}
DIFFERING: Final = """\
import sys
from mutmut.mutation.diff_apply import find_mutant, get_diff_for_mutant
for name in sys.argv[1:]:
    print(name, get_diff_for_mutant(name, path=find_mutant(name).path), sep="\\n")
"""
SETTINGS: Final = """\
[tool.pytest.ini_options]
pythonpath = ["src", "client/src", "verify/src", "tests"]
addopts = "--strict-markers -p no:randomly -p no:cacheprovider --disable-socket --allow-unix-socket"
markers = ["browser: -", "stack: -", "own_database: -"]

[tool.mutmut]
source_paths = ["src"]
also_copy = ["client", "verify", "docs", "requirements", "deploy"]
only_mutate = {modules}
pytest_add_cli_args_test_selection = {tests}
track_dependencies = false
use_git_change_detection = false
"""


def prepare(folder: Path, part: Part) -> None:
    """A copy of what the tests of a part need, with the settings of mutmut."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
    for name in TESTS:
        source, target = ROOT / "tests" / name, folder / "tests" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
    modules = [f"src/guichet/{name}.py" for name in part.modules]
    tests = [f"tests/core/{name}.py" for name in part.tests]
    settings = SETTINGS.format(modules=json.dumps(modules), tests=json.dumps(tests))
    (folder / "pyproject.toml").write_text(settings)


def run(folder: Path, mutmut: Path) -> Mapping[str, int]:
    """Run mutmut in a folder that is prepared: how many changes were made, and seen."""
    told = subprocess.run(
        [mutmut, "run", "--max-children", "1"],
        cwd=folder,
        env=_environment(),
        check=False,
        capture_output=True,
        text=True,
    )
    found = re.findall(r"(\d+)/\d+ +🎉 (\d+) 🫥 (\d+) +⏰ (\d+) +🤔 (\d+) +🙁 (\d+)", told.stdout)
    if not found:
        sys.exit(told.stdout[-3000:] + told.stderr[-3000:])
    names = ("made", "seen", "untested", "late", "odd", "survived")
    return dict(zip(names, map(int, found[-1]), strict=True))


def survivors(folder: Path, mutmut: Path) -> list[str]:
    """What no test saw, each with the lines that it changes."""
    listed = _told(folder, [mutmut, "results"])
    names = re.findall(r"^\s*(\S+): (?:survived|no tests|timeout|suspicious)", listed, re.M)
    differing = _told(folder, [mutmut.parent / "python", "-c", DIFFERING, *names])
    kept = (line for line in differing.splitlines() if not line.startswith(("--", "++", "@", " ")))
    return [line for line in kept if line]


def _told(folder: Path, command: Sequence[str | Path]) -> str:
    return subprocess.run(
        command, cwd=folder, env=_environment(), check=True, capture_output=True, text=True
    ).stdout


def _environment() -> Mapping[str, str]:
    """What the tests import comes of the project's own environment; mutmut, of another."""
    packages = next((ROOT / ".venv" / "lib").glob("python*/site-packages"))
    return {**os.environ, "PYTHONPATH": str(packages), "GUICHET_STATE": ""}


def main(folder: Path, mutmut: Path, *names: str) -> None:
    """Change the parts named, or all of them, and print what was found."""
    for name in names or PARTS:
        prepare(folder / name, PARTS[name])
        counts = run(folder / name, mutmut)
        sys.stdout.write(f"== {name}: {', '.join(f'{n} {k}' for k, n in counts.items())}\n")
        sys.stdout.write("\n".join(survivors(folder / name, mutmut)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute(), *sys.argv[3:])
