"""What a version is handed over as: wheels, sources, documentation; packed the same each time.

Names, order, modes and dates of what an archive holds come from the sources alone
(SOURCE_DATE_EPOCH): whoever packs the same files has the same SHA-256.
"""

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

HOOK = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
PROJECTS = (".", "client", "verify")
FRONT_END = "src/guichet/web/static/build"
PLAIN, PROGRAM, UMASK = 0o644, 0o755, 0o022


def stage(root: Path, folder: Path) -> None:
    """Write the last commit into a folder, with what the build added: front end and catalogues.

    A catalogue that another commit left behind, whose source is gone, is no part of this one.
    """
    held = subprocess.run(["git", "archive", "HEAD"], cwd=root, check=True, capture_output=True)
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-x", "-C", folder], input=held.stdout, check=True)
    front_end = folder / FRONT_END
    front_end.mkdir()
    for path in root.glob(f"{FRONT_END}/[!.]*"):
        shutil.copy(path, front_end)
    for source in folder.glob("src/**/*.po"):
        compiled = source.with_suffix(".mo")
        shutil.copy(root / compiled.relative_to(folder), compiled)
    for path in files(folder):
        path.chmod(PROGRAM if path.stat().st_mode & 0o100 else PLAIN)


def files(folder: Path) -> list[Path]:
    """What a folder holds, in the order of names."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def wheel(project: Path, folder: Path, epoch: int) -> Path:
    """The wheel of a project, by the hook that pip calls (PEP 517); `epoch` in Unix seconds.

    Raises OSError with what the hook told. The caller's umask is not in the modes of its files.
    """
    before = set(folder.glob("*.whl"))
    values = os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}
    command = [sys.executable, "-c", HOOK, str(folder.resolve())]
    done = subprocess.run(
        command, cwd=project, env=values, umask=UMASK, capture_output=True, check=False
    )
    if done.returncode:
        raise OSError(done.stderr.decode())
    (made,) = set(folder.glob("*.whl")) - before
    return made


def sources(source: Path, held: Iterable[Path], made: Path, epoch: int, commit: str = "") -> Path:
    """What is built from, beside its wheel, as pip and people unpack it (a sdist: PEP 625)."""
    name = "-".join(made.name.split("-")[:2])
    with zipfile.ZipFile(made) as opened:
        told = opened.read(f"{name}.dist-info/METADATA")
    (source / "PKG-INFO").write_bytes(told)
    target = made.with_name(f"{name}.tar.gz")
    every = (*held, source / "PKG-INFO")
    archive({f"{name}/{one.relative_to(source)}": one for one in every}, target, epoch, commit)
    return target


def archive(held: dict[str, Path], target: Path, epoch: int, commit: str = "") -> None:
    """A tar.gz of these files, by the names that they have in it; `epoch` in Unix seconds.

    The commit stands where `git archive` writes it: `git get-tar-commit-id` reads it.
    """
    told_first = {"comment": commit} if commit else {}
    with (
        target.open("wb") as stream,
        gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as packed,
        tarfile.open(
            fileobj=packed, mode="w", format=tarfile.PAX_FORMAT, pax_headers=told_first
        ) as opened,
    ):
        for name in sorted(held):
            told = tarfile.TarInfo(name)
            told.size, told.mtime = held[name].stat().st_size, epoch
            told.mode = PROGRAM if held[name].stat().st_mode & 0o100 else PLAIN
            with held[name].open("rb") as content:
                opened.addfile(told, content)
