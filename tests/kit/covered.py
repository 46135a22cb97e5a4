"""`make coverage`'s last word: what was run of each package, in hundredths, and where the goal is.

Lines and branches count alike, as coverage.py counts them (docs/adr/0050).
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any, Final

CORE: Final = frozenset({"domain", "x509", "keystore"})
WHOLE: Final = 100.0
NEARLY: Final = 95.0


def shares(report: Mapping[str, Any]) -> dict[str, float]:
    """Hundredths of lines and branches run, by package, of what `coverage json` wrote."""
    there: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for path, file in report["files"].items():
        package = PurePath(path.partition("guichet/")[2]).parts[0].removesuffix(".py")
        told = file["summary"]
        there[package] += told["num_statements"] + told["num_branches"]
        seen[package] += told["covered_lines"] + told["covered_branches"]
    return {name: 100 * seen[name] / there[name] for name in sorted(there) if there[name]}


def goal(package: str) -> float:
    """What a package owes: all of what decides, reads and signs; nearly all of the rest."""
    return WHOLE if package in CORE else NEARLY


def main(path: Path) -> None:
    """Print the table, and fail where a package is under its goal."""
    found = shares(json.loads(path.read_text()))
    for name, share in found.items():
        sys.stdout.write(f"| `{name}` | {share:.2f} % | {goal(name):.0f} % |\n")
    if short := [name for name, share in found.items() if share < goal(name)]:
        sys.exit(f"Under the goal: {', '.join(short)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
