"""`make bench`: ratios against a reference measured in the same run, as a table and as JSON."""

import json
import os
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.result import Result

RESULTS = Path(__file__).resolve().parent / "results"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as state:
        os.environ |= {"GUICHET_STATE": state, "DJANGO_SETTINGS_MODULE": "guichet.conf.settings"}
        import django

        django.setup()
        from benchmarks import browser_keys, directories, inventory, issuance, revocation

        parts = (issuance, revocation, directories, browser_keys, inventory)
        results = [result for part in parts for result in part.measure()]
    report(results)


def report(results: list[Result]) -> None:
    print(f"{'id':4} {'what':58} {'value':>11} {'reference':>11} {'unit':6} {'ratio':>6}")
    for r in results:
        figures = f"{r.value:>11.1f} {r.reference:>11.1f} {r.unit:6} {r.ratio:>6.2f}"
        print(f"{r.id:4} {r.what:58} {figures}")
    RESULTS.mkdir(exist_ok=True)
    stamp = datetime.now(UTC)
    lines = [asdict(r) | {"ratio": round(r.ratio, 3)} for r in results]
    target = RESULTS / f"{stamp:%Y%m%dT%H%M%SZ}.json"
    target.write_text(json.dumps({"at": stamp.isoformat(), "results": lines}, indent=2))
    print(f"\nWritten to benchmarks/results/{target.name}")


if __name__ == "__main__":
    main()
