"""Known weaknesses of what is installed: `make audit`, and softly `make check`.

Both judges ask an advisory database over the network. Where none answers, nothing was audited: that
is said, and fails unless the run is soft. What they find fails always.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ("base", "dev")
FOUND, UNREACHED = 1, 3


@dataclass(frozen=True)
class Audit:
    """What one judge says: findings, and why it could not judge if it could not."""

    name: str
    findings: tuple[str, ...] = ()
    unreached: str = ""


def of_python(name: str, report: dict[str, Any]) -> Audit:
    """pip-audit's JSON: a dependency that was skipped was not judged."""
    findings = [
        f"{one['name']} {one['version']}: {weakness['id']}"
        for one in report["dependencies"]
        for weakness in one.get("vulns", ())
    ]
    skipped = [one["name"] for one in report["dependencies"] if "skip_reason" in one]
    why = f"{len(skipped)} packages are not in the database" if skipped else ""
    return Audit(name, tuple(findings), why)


def of_node(name: str, report: dict[str, Any]) -> Audit:
    """npm's JSON: without a count of weaknesses it was not answered."""
    if "vulnerabilities" not in report:
        return Audit(name, unreached=report.get("message", "no answer"))
    found = report["vulnerabilities"].items()
    return Audit(name, tuple(f"{one}: {told['severity']}" for one, told in found))


def judged(words: list[str], read: Callable[[str, dict[str, Any]], Audit], where: Path) -> Audit:
    """Run a judge; an answer that is no JSON is none."""
    name = " ".join(Path(word).name for word in words[:3] if not word.startswith("-"))
    done = subprocess.run(words, cwd=where, capture_output=True, text=True, check=False)
    try:
        return read(name, json.loads(done.stdout))
    except ValueError:
        lines = done.stderr.strip().splitlines()
        return Audit(name, unreached=lines[-1] if lines else "no answer")


def audits() -> Iterator[Audit]:
    """Python's locks, then the front end's."""
    program = str(ROOT / ".venv/tools/bin/pip-audit")
    for lock in LOCKS:
        options = ["--disable-pip", "--require-hashes", "--progress-spinner=off", "--format=json"]
        yield judged(
            [program, "--requirement", f"requirements/{lock}.txt", *options], of_python, ROOT
        )
    npm = str(ROOT / ".venv/bin/npm")
    yield judged([npm, "audit", "--json", "--package-lock-only"], of_node, ROOT / "frontend")


def main(*options: str) -> int:
    """0: judged, and nothing found. 1: something was found. 3: not judged, unless "--soft"."""
    made = list(audits())
    for audit in made:
        for finding in audit.findings:
            sys.stdout.write(f"{audit.name}: {finding}\n")
        if audit.unreached:
            sys.stdout.write(f"{audit.name}: NOT AUDITED ({audit.unreached})\n")
    if any(audit.findings for audit in made):
        return FOUND
    if any(audit.unreached for audit in made):
        return 0 if "--soft" in options else UNREACHED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
