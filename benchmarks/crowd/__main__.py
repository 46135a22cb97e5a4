"""`make load`: people who order at once, on PostgreSQL, behind nginx; a table of their waits.

`make load PEOPLE=200 MINUTES=5`. The demo makes authorities, cards and people; what then serves is
laid out as deploy/ lays it out. The journal is verified in the end.
"""

import csv
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.crowd import site
from benchmarks.databases import every

PEOPLE: Final = Path(__file__).with_name("people.py")
ARRIVALS_A_SECOND: Final = 10
QUANTILES: Final = ("50%", "95%", "99%")


def main(people: int, minutes: float, locust: str) -> int:
    """Prepare, serve, load, tell; 1 when a request failed or the journal is not whole."""
    with (
        tempfile.TemporaryDirectory(prefix="guichet-crowd-") as name,
        every() as (_, postgres),
        postgres.fresh() as database,
    ):
        folder = Path(name)
        told = site.environment(folder / "state", database)
        prepared = [[site.GUICHET, "demo", "prepare"], seeding(people, folder)]
        for command in prepared:
            subprocess.run(command, env=told | SETTINGS, check=True, cwd=site.ROOT)
        with site.serving(told, folder / "site") as address:
            failed = crowd(locust, address, people, minutes, folder)
        print(*kept_faults(folder / "site"), sep="\n")
        verified = subprocess.run([site.GUICHET, "journal", "verify"], env=told, check=False)
        return int(failed or verified.returncode != 0)


SETTINGS: Final = {"GUICHET_DEMO": "1", "DJANGO_SETTINGS_MODULE": "guichet.conf.settings"}


def seeding(people: int, folder: Path) -> list[str | Path]:
    """The command that makes people and cards."""
    return [sys.executable, "-m", "benchmarks.crowd.seed", str(people), folder / "cards"]


def crowd(locust: str, address: str, people: int, minutes: float, folder: Path) -> bool:
    """Let them in, and tell how long each page took; whether any request failed."""
    command = [
        *(locust, "-f", PEOPLE, "--headless", "--only-summary", "--csv", folder / "told"),
        *("-u", str(people), "-r", str(ARRIVALS_A_SECOND), "-t", f"{round(60 * minutes)}s"),
        *("--host", address),
    ]
    roots = folder / "state" / "demo" / "trust" / "racine.pem"
    told = {"CROWD_CARDS": str(folder / "cards"), "CROWD_ROOTS": str(roots)}
    log = folder / "locust.log"
    with log.open("wb") as stream:
        ended = subprocess.run(
            command, env=site.plain() | told, stdout=stream, stderr=stream, check=False
        )
    if not (folder / "told_stats.csv").exists():
        sys.exit(log.read_text())
    print(f"{'what':42} {'times':>6} {'failed':>6} {'p50':>7} {'p95':>7} {'p99':>7} ms")
    with (folder / "told_stats.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        quantiles = " ".join(f"{row[q]:>7}" for q in QUANTILES)
        print(f"{row['Name']:42} {row['Request Count']:>6} {row['Failure Count']:>6} {quantiles}")
    if ended.returncode:
        print(log.read_text()[-4000:])
    return ended.returncode != 0


def kept_faults(folder: Path) -> Iterator[str]:
    """What processes said that was no news: faults, with the first lines."""
    for log in sorted(folder.glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()
        bad = [line for line in lines if "Traceback" in line or "rror" in line]
        if bad:
            yield f"{log.name}: {len(bad)} lines of faults, such as {bad[0][:300]}"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]))
