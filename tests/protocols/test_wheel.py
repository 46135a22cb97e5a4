"""The wheel of `make wheel`: whole, and at work where there is neither source nor Node."""

import http.client
import os
import shutil
import socket
import subprocess
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from faults.publication_kit import wait
from kit import packages

ROOT = Path(__file__).resolve().parents[2]
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE", "requirements", "src")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.egg-info")
STOP_S = 30
EPOCH = 1_795_651_200


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, for other tests read the sources."""
    source = tmp_path_factory.mktemp("source")
    for name in BUILT_FROM:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        more = {"ignore": LEFT_OUT} if copy is shutil.copytree else {}
        copy(ROOT / name, source / name, **more)  # type: ignore[operator]
    return source


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make wheel` and `make release` do."""
    return packages.wheel(source, tmp_path_factory.mktemp("built"), EPOCH)


def test_sources_are_packed_the_same_each_time(source: Path, wheel: Path, tmp_path: Path) -> None:
    """Whenever a file was written, and whoever may write it; with what pip reads of it."""
    held = [source / "pyproject.toml", source / "LICENSE"]
    made = tmp_path / wheel.name
    shutil.copy(wheel, made)
    packed = []
    for mode in (0o640, 0o664):
        for one in held:
            one.chmod(mode)
            os.utime(one, (mode, mode))
        packed.append(packages.sources(source, held, made, EPOCH).read_bytes())
    assert packed[0] == packed[1]
    name = packages.sources(source, held, made, EPOCH).name.removesuffix(".tar.gz")
    with tarfile.open(fileobj=BytesIO(packed[0])) as opened:
        assert opened.getnames() == [
            f"{name}/{one}" for one in ("LICENSE", "PKG-INFO", "pyproject.toml")
        ]
        assert {one.mtime for one in opened} == {EPOCH}


def test_nothing_is_left_behind(source: Path, wheel: Path) -> None:
    """Templates, samples, profiles, catalogues and what the front end is built into."""
    with zipfile.ZipFile(wheel) as opened:
        held = set(opened.namelist())
    wanted = {
        path.relative_to(source / "src").as_posix()
        for path in (source / "src" / "guichet").rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    assert wanted - held == set()
    assert {"guichet/web/static/build/keys.js", "guichet/web/static/build/guichet.css"} <= held
    assert "guichet/web/locale/en/LC_MESSAGES/django.mo" in held


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its command, in an environment of its own that borrows the libraries of this one."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place, with_pip=False, symlinks=True)
    folder = next(place.glob("lib/python*/site-packages"))
    shutil.unpack_archive(wheel, folder, "zip")
    (folder / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    command = place / "bin" / "guichet"
    command.write_text(
        f"#!{place}/bin/python\nimport sys\nfrom guichet.cli import app\nsys.exit(app())\n"
    )
    command.chmod(0o755)
    return command


@contextmanager
def serving(program: Path, state: Path) -> Iterator[Path]:
    """The portal on a Unix socket, after `guichet init`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GUICHET_", "PYTHON"))}
    values = kept | {"GUICHET_STATE": str(state), "GUICHET_UNIX_SOCKETS": str(state)}
    subprocess.run([program, "init"], env=values, cwd=state, check=True)
    assert not (state / "guichet.db-wal").exists()  # a copy of the file alone is whole
    portal = subprocess.Popen([program, "serve", "portal"], env=values, cwd=state)
    try:
        wait("the portal", (state / "portal.sock").exists)
        yield state / "portal.sock"
    finally:
        portal.terminate()
        portal.wait(STOP_S)


def asked(path: str, at: Path) -> tuple[int, str]:
    """Status and text of an answer over a Unix socket."""
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(at))
    try:
        connection.request("GET", path, headers={"Accept-Language": "en"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_it_serves(program: Path, tmp_path: Path) -> None:
    """Alive, in English (a compiled catalogue), dressed (a built stylesheet)."""
    with serving(program, tmp_path) as at:
        assert asked("/healthz", at)[0] == 200
        status, page = asked("/", at)
        assert status == 200
        assert 'lang="en"' in page
        style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert asked(style, at)[0] == 200
