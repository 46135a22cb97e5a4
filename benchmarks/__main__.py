"""`make bench`: ratios against a reference measured in the same run, as a table and as JSON.

`make bench PARTS="validation crl"` runs some alone: each part is a module of this folder.
"""

import importlib
import json
import os
import signal
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.result import Result

RESULTS = Path(__file__).resolve().parent / "results"
PARTS = (
    "issuance",
    "issuers",
    "stock",
    "directories",
    "browser_keys",
    "inventory",
    "pages",
    "crl",
    "validation",
    "incident",
    "acme",
)


def main(parts: list[str]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and end what was started
    print(f"{'id':4} {'what':90} {'value':>11} {'reference':>11} {'unit':6} {'ratio':>6} goal")
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as state:
        os.environ |= {"GUICHET_STATE": state, "DJANGO_SETTINGS_MODULE": "guichet.conf.settings"}
        import django

        django.setup()
        results = []
        for part in parts or PARTS:
            for result in importlib.import_module(f"benchmarks.{part}").measure():
                print(line(result), flush=True)
                results.append(result)
    keep(results)


def line(r: Result) -> str:
    """One result as a row."""
    reference = "" if r.reference is None else f"{r.reference:.1f}"
    ratio = "" if r.ratio is None else f"{r.ratio:.2f}"
    row = f"{r.id:4} {r.what:90} {r.value:>11.1f} {reference:>11} {r.unit:6} {ratio:>6} {r.goal}"
    return row.rstrip()


def keep(results: list[Result]) -> None:
    """The results in a file of their own, as JSON."""
    RESULTS.mkdir(exist_ok=True)
    stamp = datetime.now(UTC)
    lines = [asdict(r) | {"ratio": None if r.ratio is None else round(r.ratio, 3)} for r in results]
    target = RESULTS / f"{stamp:%Y%m%dT%H%M%SZ}.json"
    target.write_text(json.dumps({"at": stamp.isoformat(), "results": lines}, indent=2))
    print(f"\nWritten to benchmarks/results/{target.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
