"""`make release`: a version as it is handed over, built from the last commit, listed and sealed.

The sources must agree on what it is first; docs/adr/0054 says what is built and who seals it.
"""

import hashlib
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from guichet.x509 import bundles
from kit import packages, sbom

ROOT: Final = Path(__file__).resolve().parents[2]
SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "SHA256SUMS.p7s"
STAMP: Final = "SHA256SUMS.p7s.tsr"
AUTHORITY: Final = "release-root.pem"
# Each place that says which version this is, and what finds it there.
PLACES: Final[Mapping[str, str]] = {
    "client/src/guichet_client/__init__.py": r'__version__ = "(.+)"',
    "verify/src/guichet_verify/__init__.py": r'__version__ = "(.+)"',
    "deploy/helm/guichet/Chart.yaml": r'appVersion: "(.+)"',
    "frontend/package.json": r'"version": "(.+)"',
    "CHANGELOG.md": r"## (\d\S+) — \d{4}-\d\d-\d\d$",
}


def number(root: Path) -> str:
    """Which version this is."""
    told = tomllib.loads((root / "pyproject.toml").read_text())
    return str(told["project"]["version"])


def migrations(source: Path) -> dict[str, list[str]]:
    """The migrations of each application of the product, in order."""
    found: dict[str, list[str]] = {}
    for path in sorted(source.glob("*/migrations/[0-9]*.py")):
        found.setdefault(path.parts[-3], []).append(path.stem)
    return found


def disagreements(root: Path) -> Iterator[str]:
    """Places that name another version than pyproject.toml."""
    version = number(root)
    for place, pattern in PLACES.items():
        found = re.search(pattern, (root / place).read_text(), re.M)
        told = found[1] if found else "no version"
        if told != version:
            yield f"{place}: {told}, where pyproject.toml says {version}"


def hindrances(root: Path) -> Iterator[str]:
    """Why no version can be made of what is here, and what to do."""
    yield from disagreements(root)
    vector = root / "tests" / "vectors" / "released_migrations.json"
    if json.loads(vector.read_text()).get(number(root)) != migrations(root / "src" / "guichet"):
        yield f"{vector.name}: write there the migrations of {number(root)} (docs/adr/0041)"
    if changed := _git(root, "status", "--porcelain"):
        yield f"commit or put away what is changed:\n{changed}"


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.rstrip()


def build(root: Path, folder: Path) -> None:
    """Write into a folder all that a version is, the same octets for the same commit."""
    epoch = int(_git(root, "log", "-1", "--format=%ct"))
    with tempfile.TemporaryDirectory() as place:
        source = Path(place)
        packages.stage(root, source)
        held = packages.files(source)
        made, *_ = [packages.wheel(source / one, folder, epoch) for one in packages.PROJECTS]
        packages.sources(source, held, made, epoch)
        lock = (source / "requirements" / "base.txt").read_bytes()
    (folder / "requirements.txt").write_bytes(lock)
    sbom.write(folder, datetime.fromtimestamp(epoch, UTC))
    site, name = root / "build" / "docs", f"guichet-{number(root)}-docs"
    pages = {f"{name}/{one.relative_to(site)}": one for one in packages.files(site)}
    packages.archive(pages, folder / f"{name}.tar.gz", epoch)


def write_sums(folder: Path) -> bytes:
    """List the SHA-256 of each file, as `openssl dgst -r` prints them; return the list."""
    rows = [f"{hashlib.sha256(one.read_bytes()).hexdigest()} *{one.name}\n" for one in _all(folder)]
    content = "".join(rows).encode()
    (folder / SUMS).write_bytes(content)
    return content


def _all(folder: Path) -> list[Path]:
    return [one for one in packages.files(folder) if one.name != SUMS]


def seal(folder: Path, content: bytes, version: str) -> None:
    """Write the signature of the list, its authority's root, and a time-stamp where one is set.

    The environment names the authority's state folder (GUICHET_STATE, GUICHET_PKI_URL) and who
    stamps (GUICHET_JOURNAL_TSA, GUICHET_JOURNAL_TSA_ROOTS).
    """
    from guichet.cli.base import django_set_up  # noqa: PLC0415 settings are read when it is called

    django_set_up()
    from django.conf import settings  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from guichet.processes import setup, signer, timestamping  # noqa: PLC0415 models after set-up
    from kit import seal as seals  # noqa: PLC0415

    environment, now = settings.GUICHET, timezone.now()
    setup.bring_up_to_date()
    _ensure_passphrase(signer.passphrase_path())
    seals.make_authorities(signer.open_signing_keystore(), environment.pki_url, now)
    made = seals.seal(content, version, signer.make_signer("release"), now)
    (folder / SIGNATURE).write_bytes(made.signature)
    (folder / AUTHORITY).write_text(bundles.pem(made.root))
    if environment.journal_tsa.url:
        ask = timestamping.asker(environment.journal_tsa)
        stamp = seals.time_stamp(made.signature, environment.journal_tsa, ask)
        (folder / STAMP).write_bytes(stamp)


def _ensure_passphrase(path: Path) -> None:
    """Make the authority's passphrase where nobody gave one."""
    if "GUICHET_KEYSTORE_PASSPHRASE_FILE" in os.environ or path.exists():
        return
    path.touch(mode=0o600)
    path.write_text(secrets.token_urlsafe(32))


def main(folder: Path) -> int:
    """Make the version; how many things hinder it."""
    found = list(hindrances(ROOT))
    if found:
        sys.stderr.write("\n".join(["No version was made:", *found, ""]))
        return len(found)
    folder.mkdir(parents=True)
    build(ROOT, folder)
    seal(folder, write_sums(folder), number(ROOT))
    sys.stdout.write("\n".join(f"{folder / one.name}" for one in packages.files(folder)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
