"""P2: certificates a second of other programs ÷ ours, the same requests, keys of the same size.

Each keeps what it issues in its own way; all run on one core. `GUICHET_BENCH_ISSUED` makes a trial
short.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from benchmarks import apart, csrs, peers
from benchmarks.databases import Database
from benchmarks.issuance import signed
from benchmarks.peers import Place
from benchmarks.result import Result

ROOT: Final = Path(__file__).resolve().parent.parent
ALGORITHMS: Final = ("rsa-2048", "rsa-4096")
KINDS: Final = ("p-256", "rsa-2048")
REQUESTS: Final = 1_000
PROCESSES: Final = 60
COMMANDS: Final = 5
SECONDS: Final = 8.0
CONNECTIONS: Final = 4
OPENSSL: Final = """
[ca]
default_ca = bench
[bench]
dir = {folder}
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}/issued
certificate = {folder}/authority.pem
private_key = {folder}/authority.key
default_md = sha256
default_days = 365
policy = anything
unique_subject = no
x509_extensions = leaf
[anything]
countryName = optional
commonName = optional
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 1.2.250.1.213.1.3.1
crlDistributionPoints = URI:http://127.0.0.1:8080/crl/bench.crl
authorityInfoAccess = OCSP;URI:http://127.0.0.1:8080/ocsp
"""
CFSSL: Final = {
    "signing": {
        "default": {
            "usages": ["digital signature", "client auth"],
            "expiry": "8760h",
            "crl_url": "http://127.0.0.1:8080/crl/bench.crl",
            "ocsp_url": "http://127.0.0.1:8080/ocsp",
        }
    }
}
CFSSL_TABLE: Final = """
CREATE TABLE certificates (serial_number blob NOT NULL, authority_key_identifier blob NOT NULL,
  ca_label blob, status blob NOT NULL, reason int, expiry timestamp, revoked_at timestamp,
  pem blob NOT NULL, issued_at timestamp, not_before timestamp, metadata blob, sans blob,
  common_name blob, PRIMARY KEY(serial_number, authority_key_identifier))
"""


@dataclass(frozen=True)
class Work:
    """An authority's key, its folder, and the requests to sign."""

    folder: Path
    files: list[Path]
    core: str

    @property
    def place(self) -> Place:
        """On the core that all share in turn."""
        return Place(self.folder, self.core)

    def pinned(self, *command: str | Path, **options: object) -> bytes:
        """Run a command on that core. Raises subprocess.CalledProcessError."""
        told = ["taskset", "-c", self.core, *command]
        done = subprocess.run(told, check=False, capture_output=True, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(done.stderr.decode(errors="replace").strip()[-300:])
        return done.stdout


def measure() -> Iterator[Result]:
    """Our signer, then each of the others, for keys of each size."""
    for algorithm in ALGORITHMS:
        for kind in KINDS:
            ours, *_ = signed(Database("SQLite"), algorithm, kind, 1)
            yield ours
            with tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder:
                work = _work(Path(folder), algorithm, kind)
                for name, rate in ISSUERS.items():
                    yield from _compared(
                        ours, f"{name}, {algorithm} CA, {kind} requests", rate, work
                    )


def _compared(
    ours: Result, name: str, rate: Callable[[Work], float], work: Work
) -> Iterator[Result]:
    goal = "≥ 10" if name.startswith("django-ca") else "≥ 1"
    try:
        yield Result("P2", f"ours ÷ {name}", ours.value, rate(work), "/s", goal)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        reason = " ".join(str(error).split())[-200:]
        yield Result("P2", f"ours; {name} did not run: {reason}", ours.value, None, "/s", goal)


def _work(folder: Path, algorithm: str, kind: str) -> Work:
    count = min(REQUESTS, int(os.environ.get("GUICHET_BENCH_ISSUED") or REQUESTS))
    key = ["-newkey", algorithm.replace("rsa-", "rsa:"), "-nodes", "-keyout", "authority.key"]
    name = ["-subj", "/CN=bench", "-days", "3650", "-out", "authority.pem"]
    core = str(min(os.sched_getaffinity(0)))
    (folder / "asked").mkdir()
    work = Work(folder, csrs.write(list(csrs.several(kind, count)), folder / "asked"), core)
    work.pinned("openssl", "req", "-x509", *key, *name)
    return work


def _openssl(work: Work) -> list[str | Path]:
    (work.folder / "issued").mkdir(exist_ok=True)
    (work.folder / "index.txt").write_bytes(b"")
    (work.folder / "serial").write_text("1000000000000000000000000000000000\n")
    (work.folder / "openssl.cnf").write_text(OPENSSL.format(folder=work.folder))
    return ["openssl", "ca", "-batch", "-notext", "-config", "openssl.cnf"]


def openssl_each(work: Work) -> float:
    """A process for each request, which writes index.txt anew."""
    command, files = _openssl(work), work.files[:PROCESSES]
    started = time.perf_counter()
    for file in files:
        work.pinned(*command, "-in", file, "-out", "one.pem")
    return len(files) / (time.perf_counter() - started)


def openssl_all(work: Work) -> float:
    """One process for all; nothing is kept before the last is signed."""
    command = _openssl(work)
    started = time.perf_counter()
    work.pinned(*command, "-out", "all.pem", "-infiles", *work.files)
    return len(work.files) / (time.perf_counter() - started)


def cfssl_without(work: Work) -> float:
    """Over HTTP, keeping nothing of what it signed."""
    return _cfssl(work, [])


def cfssl_with(work: Work) -> float:
    """Over HTTP, each certificate kept in SQLite (WAL, synchronous=FULL)."""
    import sqlite3

    database = work.folder / "cfssl.db"
    with sqlite3.connect(database) as connection:
        connection.execute(CFSSL_TABLE)
    connection.close()
    source = f"file:{database}?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=10000"
    told = {"driver": "sqlite3", "data_source": source}
    (work.folder / "db.json").write_text(json.dumps(told))
    return _cfssl(work, ["-db-config", "db.json"])


def _cfssl(work: Work, options: list[str]) -> float:
    port = peers.free_port()
    (work.folder / "cfssl.json").write_text(json.dumps(CFSSL))
    keys = ["-ca", "authority.pem", "-ca-key", "authority.key", "-config", "cfssl.json"]
    quiet = ["-address", "127.0.0.1", "-port", str(port), "-loglevel", "5"]
    files = {"-ca", "-ca-key", "-config", "-db-config"}
    told = [*keys, *quiet, *options]
    placed = [
        str(work.folder / part) if before in files else part
        for before, part in zip(["", *told], told, strict=False)
    ]
    asked = [json.dumps({"certificate_request": file.read_text()}) for file in work.files]
    with peers.running(["cfssl", "serve", *placed], work.place, {"GOMAXPROCS": "1"}, port):
        _post(port, asked[:1])
        lots = [asked[1 + rank :: CONNECTIONS] for rank in range(CONNECTIONS)]
        started = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            signed_each = list(pool.map(lambda lot: _post(port, lot), lots))
        return sum(signed_each) / (time.perf_counter() - started)


def _post(port: int, asked: list[str]) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for body in asked:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/v1/cfssl/sign", body, headers)
        answer = json.loads(connection.getresponse().read())
        if not answer["success"]:
            raise RuntimeError(str(answer["errors"]))
    connection.close()
    return len(asked)


def django_ca_orm(work: Work) -> float:
    """In one process, by its ORM, SQLite (WAL, synchronous=FULL)."""
    return _django_ca(work, 0)


def django_ca_command(work: Work) -> float:
    """Its command `sign_cert`, a process for each request."""
    return _django_ca(work, COMMANDS)


def _django_ca(work: Work, commands: int) -> float:
    python = _django_ca_environment() / "bin" / "python"
    with tempfile.TemporaryDirectory(dir=work.folder) as folder:
        for name in ("authority.pem", "authority.key"):
            (Path(folder) / name).write_bytes((work.folder / name).read_bytes())
        every = Path(folder) / "csrs.pem"
        every.write_bytes(b"".join(file.read_bytes() for file in work.files))
        script = ROOT / "benchmarks" / "django_ca_script.py"
        seconds = str(0 if commands else SECONDS)
        told = work.pinned(python, script, folder, every, seconds, str(commands))
    found = json.loads(told)["command" if commands else "orm"]
    return float(found[0] / found[1])


def _django_ca_environment() -> Path:
    """An environment of its own, made once: django-ca is under the GPL and is never imported."""
    place = ROOT / ".cache" / "bench" / "django-ca"
    locked = ROOT / "requirements" / "bench-django-ca.txt"
    if not (place / "bin" / "python").exists():
        python = Path(sys.executable)
        uv = python.parent / "uv"
        subprocess.run([uv, "venv", "-q", "--python", python, place], check=True)
    install = [Path(sys.executable).parent / "uv", "pip", "install", "-q", "--require-hashes"]
    subprocess.run([*install, "--python", place / "bin" / "python", "-r", locked], check=True)
    return place


ISSUERS: Final = {
    "openssl ca, a process each": openssl_each,
    "openssl ca, all at once": openssl_all,
    "cfssl serve, keeps nothing": cfssl_without,
    "cfssl serve, SQLite": cfssl_with,
    "django-ca, its ORM, SQLite": django_ca_orm,
    "django-ca, its command": django_ca_command,
}


if __name__ == "__main__":
    apart.tell(lambda _: measure())
