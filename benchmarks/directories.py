"""R1 to R4: a stock of Sirene into the register ÷ only reading the same file with csv.reader."""

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.result import Result
from guichet.domain.checksums import luhn

ROWS = 1_000_000
SAMPLE = Path(__file__).resolve().parent.parent / "src/guichet/demo/samples"
FILE = "StockEtablissement_utf8.csv"

# Each child measures itself: the peak that the system gives a parent counts what the parent was
# when it forked.
PEAK = """
import json, sys, time
def done(started, rows):
    seconds = time.perf_counter() - started
    peak = next(l for l in open("/proc/self/status") if l.startswith("VmHWM"))
    figures = {"rate": rows / seconds, "core_rate": rows / time.process_time()}
    print(json.dumps(figures | {"peak_mb": int(peak.split()[1]) / 1024}))
"""
IMPORT = (
    PEAK
    + """
from datetime import UTC, datetime
from pathlib import Path
from guichet.directories.importing import ImportAsked, Kind, import_file
from guichet.directories.register import Register
path, state = map(Path, sys.argv[1:])
asked = ImportAsked(kind=Kind.SIRENE, path=path, whole=True)
started = time.perf_counter()
report = import_file(Register(state / "registers.sqlite"), asked, now=datetime.now(UTC))
assert not report.rejected, report.reasons
done(started, report.rows)
"""
)
READ = (
    PEAK
    + """
import csv
started = time.perf_counter()
with open(sys.argv[1], encoding="utf-8", newline="") as stream:
    rows = sum(1 for _ in csv.reader(stream)) - 1
done(started, rows)
"""
)


def keyed(body: str) -> str:
    """The digits closed by their Luhn key."""
    return next(body + key for key in "0123456789" if luhn(body + key))


def rows(count: int) -> Iterator[str]:
    """Made establishments, two a company, in the order of the official stock."""
    header, _, line, *_ = (SAMPLE / FILE).read_text(encoding="utf-8").splitlines()
    names, model = header.split(","), line.split(",")
    chance = random.Random(1)  # noqa: S311 the same file each time
    yield header
    for number in range(count):
        siren = keyed(f"{20_000_000 + number // 2:08}")
        siret = keyed(f"{siren}{1 + number % 2:04}")
        changed = {
            "siren": siren,
            "nic": siret[9:],
            "siret": siret,
            "etablissementSiege": ("true", "false")[number % 2],
            "numeroVoieEtablissement": str(chance.randrange(1, 300)),
            "codePostalEtablissement": f"{chance.randrange(1000, 96000):05}",
            "enseigne1Etablissement": '"CABINET A, B"' if number % 50 == 0 else "",
        }
        yield ",".join(changed.get(name, value) for name, value in zip(names, model, strict=True))


def child(script: str, *arguments: Path) -> dict[str, float]:
    run = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
    )
    figures: dict[str, float] = json.loads(run.stdout)
    return figures


def measure() -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder:
        path, state = Path(folder, FILE), Path(folder, "state")
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(f"{row}\n" for row in rows(ROWS))
        read, first = child(READ, path), child(IMPORT, path, state)
        again = child(IMPORT, path, state)
        peak = max(first["peak_mb"], again["peak_mb"])
        yield Result("R1", "Sirene rows into the register ÷ csv.reader", *both("rate", first, read))
        yield Result("R2", "the same, by one core's own time", *both("core_rate", first, read))
        yield Result("R3", "the same file again, by core's time", *both("core_rate", again, read))
        yield Result("R4", "peak memory of it ÷ csv.reader", peak, read["peak_mb"], "MB")


def both(
    name: str, ours: dict[str, float], reference: dict[str, float]
) -> tuple[float, float, str]:
    return ours[name], reference[name], "/s"
