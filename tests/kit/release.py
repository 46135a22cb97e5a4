"""`make release`: a version as it is handed over, built from the last commit, listed and sealed.

The sources must agree on what it is first, and the authority that seals must be there or asked
for; docs/adr/0054 says what is built and who seals it.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from guichet.keystore import Keystore
from guichet.keystore.file import synchronise, write_aside
from guichet.x509 import bundles
from kit import packages, sbom

ROOT: Final = Path(__file__).resolve().parents[2]
SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "SHA256SUMS.p7s"
STAMP: Final = "SHA256SUMS.p7s.tsr"
AUTHORITY: Final = "release-root.pem"
"""The root's certificate: in a version, and in the folder of the authority, whose mark it is."""
STATE: Final = "RELEASE_STATE"
NEW_ROOT: Final = "RELEASE_NEW_ROOT"
ADDRESS: Final = "GUICHET_PKI_URL"
# The counter's settings that a seal is made by, all in the table of the guide: a shell may hold
# those of a counter, whose database and keys have nothing to do with a version.
HEEDED: Final = frozenset(
    {
        ADDRESS,
        "GUICHET_KEYSTORE_PASSPHRASE_FILE",
        "GUICHET_JOURNAL_TSA",
        "GUICHET_JOURNAL_TSA_ROOTS",
    }
)
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


def unready(root: Path, values: Mapping[str, str]) -> Iterator[str]:
    """Why no authority can seal what is made of these sources, and what to set in `values`."""
    if not values.get(ADDRESS):
        yield f"{ADDRESS}: give the address that the authority's certificates bear for life"
    if not values.get(STATE):
        yield f"{STATE}: name the folder of the authority that seals versions"
        return
    state = Path(values[STATE]).resolve()
    if state.is_relative_to(root):
        yield f"{STATE}: {state} is among the sources, where `make clean` removes it"
    elif values.get(NEW_ROOT) != "1":
        if not (state / AUTHORITY).is_file():
            yield (
                f"{STATE}: {state} holds no authority of versions. Name the folder that sealed the "
                f"version before; or {NEW_ROOT}=1 makes a root there, which nobody trusts yet"
            )
    elif state.exists() and any(state.iterdir()):
        yield f"{NEW_ROOT}: {state} holds something already; name a new folder, or leave this out"


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.rstrip()


def build(root: Path, folder: Path) -> None:
    """Write into a folder all that a version is: packed again, it is the same octets."""
    commit, date = _git(root, "log", "-1", "--format=%H %ct").split()
    epoch = int(date)
    with tempfile.TemporaryDirectory() as place:
        source = Path(place)
        packages.stage(root, source)
        held = packages.files(source)
        made, *_ = [packages.wheel(source / one, folder, epoch) for one in packages.PROJECTS]
        packages.sources(source, held, made, epoch, commit)
        lock = (source / "requirements" / "base.txt").read_bytes()
    (folder / "requirements.txt").write_bytes(lock)
    sbom.write(folder, datetime.fromtimestamp(epoch, UTC))
    site, name = root / "build" / "docs", f"guichet-{number(root)}-docs"
    pages = {f"{name}/{one.relative_to(site)}": one for one in packages.files(site)}
    packages.archive(pages, folder / f"{name}.tar.gz", epoch, commit)


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

    The environment names the authority and who stamps, as the table of the guide says; `unready`
    must have found nothing in it. An authority is made in a folder that has none.
    """
    state = settle(os.environ)
    from guichet.cli.base import (  # noqa: PLC0415 settings are read when it is called
        State,
        django_set_up,
    )

    django_set_up(State.MADE)
    from django.conf import settings  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    # Models are imported after set-up.
    from guichet.processes import passphrases, setup, signer, timestamping  # noqa: PLC0415
    from kit import seal as seals  # noqa: PLC0415

    environment, now = settings.GUICHET, timezone.now()
    setup.bring_up_to_date()
    if not (state / AUTHORITY).exists():
        keystore = signer.open_signing_keystore()
        if (usual := passphrases.default_path(environment)) == passphrases.place(environment):
            ensure_passphrase(keystore, usual)
        root = seals.make_authorities(keystore, environment.pki_url, now)
        (state / AUTHORITY).write_text(bundles.pem(root))
    made = seals.seal(content, version, signer.make_signer("release"), now)
    (folder / SIGNATURE).write_bytes(made.signature)
    (folder / AUTHORITY).write_text(bundles.pem(made.root))
    if environment.journal_tsa.url:
        ask = timestamping.asker(environment.journal_tsa)
        stamp = seals.time_stamp(made.signature, environment.journal_tsa, ask)
        (folder / STAMP).write_bytes(stamp)
    for one in packages.files(folder):
        one.chmod(packages.PLAIN)  # the state folder's umask shuts others out, who read a version


def settle(values: MutableMapping[str, str]) -> Path:
    """Leave of a counter's settings those of the guide; set the authority's folder, returned."""
    for name in [one for one in values if one.startswith("GUICHET_") and one not in HEEDED]:
        del values[name]
    state = Path(values[STATE]).resolve()
    values.update({"GUICHET_STATE": str(state), "GUICHET_ENVIRONMENT": "test"})
    return state


def ensure_passphrase(keystore: Keystore, path: Path) -> None:
    """Write a passphrase drawn for a keystore without keys, whole or not at all.

    One that holds keys has its own, which a person may type.
    """
    if keystore.labels() or path.exists():
        return
    write_aside(path.parent, secrets.token_urlsafe(32).encode()).rename(path)
    synchronise(path.parent)


def main(folder: Path | None = None) -> int:
    """Make the version, or without a folder only look; return how many things hinder it."""
    found = [*hindrances(ROOT), *unready(ROOT, os.environ)]
    if found:
        sys.stderr.write("\n".join(["No version is made:", *found, ""]))
    if found or folder is None:
        return len(found)
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    build(ROOT, folder)
    seal(folder, write_sums(folder), number(ROOT))
    sys.stdout.write("\n".join(f"{folder / one.name}" for one in packages.files(folder)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
